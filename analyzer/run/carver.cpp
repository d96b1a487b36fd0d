#include "analyzer/run/carver.hpp"

#include <algorithm>
#include <cerrno>
#include <utility>
#include <vector>

#include <fcntl.h>
#include <stdio.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/crypto/digest.hpp"
#include "base/text.hpp"

namespace plaintalk::analyzer {
namespace {

constexpr std::size_t kBlockSize = 64 << 10;

std::string carving_name(std::uint64_t file) { return ".carving-" + std::to_string(file); }

}  // namespace

Carver::~Carver() {
  if (descriptor_ >= 0) ::close(descriptor_);
  for (const auto& [file, ranges] : stored_)
    ::unlinkat(folder_.files_descriptor(), carving_name(file).c_str(), 0);
}

void Carver::open(std::uint64_t file) {
  if (descriptor_ >= 0 && open_file_ == file) return;
  if (descriptor_ >= 0) ::close(std::exchange(descriptor_, -1));
  const std::string name = carving_name(file);
  int flags = O_RDWR | O_NOFOLLOW | O_CLOEXEC;
  if (!stored_.contains(file)) {
    ::unlinkat(folder_.files_descriptor(), name.c_str(), 0);
    flags |= O_CREAT | O_EXCL;
  }
  descriptor_ = ::openat(folder_.files_descriptor(), name.c_str(), flags, 0600);
  if (descriptor_ < 0) fail_system("cannot create a file in " + folder_.path() + "/files");
  open_file_ = file;
  stored_.try_emplace(file);
}

void Carver::store(std::uint64_t offset, std::string_view bytes) {
  while (!bytes.empty()) {
    const ssize_t size = ::pwrite(descriptor_, bytes.data(), bytes.size(), static_cast<off_t>(offset));
    if (size < 0 && errno == EINTR) continue;
    if (size < 0) fail_system("cannot write in " + folder_.path() + "/files");
    offset += static_cast<std::uint64_t>(size);
    bytes.remove_prefix(static_cast<std::size_t>(size));
  }
}

bool Carver::same(std::uint64_t offset, std::string_view bytes) {
  std::string before(bytes.size(), '\0');
  const ssize_t size = ::pread(descriptor_, before.data(), before.size(), static_cast<off_t>(offset));
  return size == static_cast<ssize_t>(bytes.size()) && before == bytes;
}

ContentStore::Written Carver::write(std::uint64_t file, std::uint64_t offset, std::string_view bytes) {
  if (bytes.empty()) return Written::stored;
  if (offset > kFileSizeMax || bytes.size() > kFileSizeMax - offset) return Written::refused;
  open(file);
  RangeSet& ranges = stored_[file];
  const std::uint64_t end = offset + bytes.size();
  bool differs = false;
  for (std::uint64_t at = offset; at < end;) {
    const bool known = ranges.contains(at);
    const std::uint64_t until = std::min(end, known ? ranges.end_of(at) : ranges.next_member(at, end));
    const std::string_view part = bytes.substr(at - offset, until - at);
    if (!known) {
      store(at, part);
    } else if (!same(at, part)) {
      differs = true;
    }
    at = until;
  }
  ranges.add(offset, end);
  return differs ? Written::differs : Written::stored;
}

template <typename Take>
void Carver::read(std::uint64_t begin, std::uint64_t end, Take take) const {
  std::string block(kBlockSize, '\0');
  while (begin < end) {
    const auto wanted = static_cast<std::size_t>(std::min<std::uint64_t>(block.size(), end - begin));
    const ssize_t got = ::pread(descriptor_, block.data(), wanted, static_cast<off_t>(begin));
    if (got <= 0) fail_system("cannot read in " + folder_.path() + "/files");
    take(std::string_view(block).substr(0, static_cast<std::size_t>(got)));
    begin += static_cast<std::uint64_t>(got);
  }
}

std::string Carver::digest(std::uint64_t size) const {
  Sha256 hash;
  read(0, size, [&](std::string_view bytes) { hash.update(bytes); });
  return hex(hash.finish());
}

// Whether a run that fails has to remove what it makes under that name.
bool Carver::is_new(const std::string& name) const {
  struct stat status {};
  return ::fstatat(folder_.files_descriptor(), name.c_str(), &status, AT_SYMLINK_NOFOLLOW) != 0;
}

void Carver::publish_as(const std::string& temporary, const std::string& name) {
  const int folder = folder_.files_descriptor();
  folder_.keep_carved(name, is_new(name));
  // Whatever bears the name was left by an earlier run: it goes, and is not written through.
  ::unlinkat(folder, name.c_str(), 0);
  if (::renameat2(folder, temporary.c_str(), folder, name.c_str(), RENAME_NOREPLACE) == 0) return;
  const bool not_supported = errno == EINVAL || errno == ENOSYS;
  if (!not_supported || ::renameat(folder, temporary.c_str(), folder, name.c_str()) != 0)
    fail_system("cannot create " + folder_.path() + "/files/" + name);
}

ContentStore::Outcome Carver::finish_copy(std::uint64_t file, std::uint64_t size) {
  const auto stored = stored_.find(file);
  if (size > kFileSizeMax || (size > 0 && (stored == stored_.end() || stored->second.size() < size)))
    return {};
  open(file);
  Outcome outcome{digest(size), {}};
  // A second name, for the original goes on with the first. Where files have one name only, it comes later.
  const int folder = folder_.files_descriptor();
  const bool was_missing = is_new(outcome.sha256);
  ::unlinkat(folder, outcome.sha256.c_str(), 0);
  if (::linkat(folder, carving_name(file).c_str(), folder, outcome.sha256.c_str(), 0) == 0) {
    folder_.keep_carved(outcome.sha256, was_missing);
    outcome.path = "files/" + outcome.sha256;
  }
  return outcome;
}

ContentStore::Outcome Carver::finish(std::uint64_t file, std::uint64_t size) {
  if (finishes_copies_) return finish_copy(file, size);
  before_naming_();
  if (size > kFileSizeMax) {
    if (stored_.contains(file)) ::unlinkat(folder_.files_descriptor(), carving_name(file).c_str(), 0);
    stored_.erase(file);
    return {};
  }
  open(file);
  const RangeSet ranges = std::exchange(stored_[file], {});  // removed by the destructor if this fails
  const std::string temporary = carving_name(file);
  Outcome outcome;
  if (ranges.size() >= size) {
    outcome.sha256 = digest(size);
    publish_as(temporary, outcome.sha256);
    outcome.path = "files/" + outcome.sha256;
  } else {
    outcome = finish_partial(file, ranges, size);
  }
  ::close(std::exchange(descriptor_, -1));
  stored_.erase(file);
  return outcome;
}

ContentStore::Outcome Carver::finish_partial(std::uint64_t number, const RangeSet& ranges,
                                             std::uint64_t size) {
  const std::string temporary = carving_name(number);
  const std::uint64_t missing = size - ranges.size();
  if (missing > kHoleSizeMax || missing > kHoleSizeAlways + kHoleFactorMax * ranges.size()) {
    ::unlinkat(folder_.files_descriptor(), temporary.c_str(), 0);
    return {};
  }
  Sha256 hash;
  std::string holes;
  for (std::uint64_t at = 0; at < size;) {
    const std::uint64_t begin = ranges.next_member(at, size);
    const std::uint64_t end = begin < size ? ranges.end_of(begin) : size;
    if (begin > at) holes += std::to_string(at) + ' ' + std::to_string(begin) + '\n';
    hash.update(std::to_string(begin) + ' ' + std::to_string(end) + '\n');
    if (begin < size) read(begin, end, [&](std::string_view bytes) { hash.update(bytes); });
    at = end;
  }
  const std::string name = hex(hash.finish()) + ".partial";
  write_map(number, name + ".holes", holes);
  publish_as(temporary, name);
  return {{}, "files/" + name};
}

// Takes its name when it is whole: an earlier run may have left the same.
void Carver::write_map(std::uint64_t number, const std::string& name, const std::string& holes) {
  const int folder = folder_.files_descriptor();
  const std::string temporary = carving_name(number) + ".holes";
  ::unlinkat(folder, temporary.c_str(), 0);
  const int descriptor =
      ::openat(folder, temporary.c_str(), O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW | O_CLOEXEC, 0600);
  if (descriptor < 0) fail_system("cannot create a file in " + folder_.path() + "/files");
  try {
    OutputFile file(descriptor, folder_.path() + "/files/" + name);
    file.write(holes);
    file.close();
    publish_as(temporary, name);
  } catch (...) {
    ::unlinkat(folder, temporary.c_str(), 0);
    throw;
  }
}

}  // namespace plaintalk::analyzer
