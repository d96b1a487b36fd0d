#include "analyzer/tables/analysis_folder.hpp"

#include <algorithm>
#include <cerrno>
#include <cstring>
#include <filesystem>
#include <memory>
#include <stdexcept>
#include <utility>

#include <dirent.h>
#include <fcntl.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

#include "analyzer/tables/table.hpp"
#include "base/write_all.hpp"

namespace plaintalk::analyzer {
namespace {

constexpr std::size_t kCopyBlockSize = 256 << 10;
constexpr mode_t kFileMode = 0600;  // an analysis shows what people said
constexpr std::string_view kMarkerText =
    "This folder was written by plaintalk-analyze, which will replace its files when run again.\n";

// Of a run, and of the copy of a run that writes tables in between.
std::string run_name(const std::string& name) { return '.' + name + ".new"; }
std::string copy_name(const std::string& name) { return '.' + name + ".interim"; }

// The first `left` bytes. The kernel copies without us where it can; else by hand. Returns 0 or an errno.
int copy_file(int source, int target, std::uint64_t left) {
  std::string block(kCopyBlockSize, '\0');
  bool by_kernel = true;
  while (left > 0) {
    const std::size_t wanted = std::min<std::uint64_t>(left, by_kernel ? std::size_t{1} << 30 : block.size());
    const ssize_t count = by_kernel ? ::copy_file_range(source, nullptr, target, nullptr, wanted, 0)
                                    : ::read(source, block.data(), wanted);
    if (count == 0) return EIO;  // somebody has made it shorter
    if (count < 0 && errno == EINTR) continue;
    if (count < 0 && by_kernel && errno != ENOSPC && errno != EFBIG && errno != EDQUOT && errno != EIO) {
      by_kernel = false;  // another file system, an old kernel: the places in both files are still the same
      continue;
    }
    if (count < 0) return errno;
    left -= static_cast<std::uint64_t>(count);
    if (by_kernel) continue;
    const int error = write_all(target, std::string_view(block).substr(0, static_cast<std::size_t>(count)));
    if (error != 0) return error;
  }
  return 0;
}

bool is_unfinished(std::string_view carved_name) { return carved_name.starts_with(".carving-"); }

std::vector<std::string> names_in(int folder) {
  std::vector<std::string> names;
  const int copy = ::openat(folder, ".", O_RDONLY | O_DIRECTORY | O_CLOEXEC);
  if (copy < 0) return names;
  const std::unique_ptr<DIR, int (*)(DIR*)> stream(::fdopendir(copy), &::closedir);
  if (!stream) {
    ::close(copy);
    return names;
  }
  while (const dirent* entry = ::readdir(stream.get())) {
    const std::string name = entry->d_name;
    if (name != "." && name != "..") names.push_back(name);
  }
  std::sort(names.begin(), names.end());
  return names;
}

}  // namespace

void fail_system(const std::string& what) { throw std::runtime_error(what + ": " + std::strerror(errno)); }

OutputFile::OutputFile(OutputFile&& other) noexcept
    : descriptor_(std::exchange(other.descriptor_, -1)),
      name_(std::move(other.name_)),
      waiting_(std::move(other.waiting_)) {}

OutputFile::~OutputFile() {
  if (descriptor_ >= 0) ::close(descriptor_);
}

void OutputFile::write(std::string_view bytes) {
  waiting_ += bytes;
  if (waiting_.size() >= kBufferSize) flush();
}

void OutputFile::flush() {
  errno = write_all(descriptor_, waiting_);
  if (errno != 0) fail_system("cannot write " + name_);
  waiting_.clear();
}

void OutputFile::close() {
  flush();
  if (::close(std::exchange(descriptor_, -1)) != 0) fail_system("cannot write " + name_);
}

OutputFile create_file(const std::string& path) {
  ::unlink(path.c_str());
  const int file = ::open(path.c_str(), O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW | O_CLOEXEC, kFileMode);
  if (file < 0) fail_system("cannot create " + path);
  return {file, path};
}

AnalysisFolder::AnalysisFolder(std::string path) : path_(std::move(path)) {
  try {
    make_folders();
    descriptor_ = ::open(path_.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    if (descriptor_ < 0) fail_system("cannot use the folder " + path_);
    accept_or_throw();
  } catch (...) {
    if (descriptor_ >= 0) ::close(std::exchange(descriptor_, -1));
    remove_made_folders();
    throw;
  }
}

// Remembers which of them were not there before.
void AnalysisFolder::make_folders() {
  std::error_code error;
  std::filesystem::path path = path_;
  std::vector<std::string> missing;
  for (; !path.empty() && !std::filesystem::exists(path, error); path = path.parent_path())
    if (path.has_filename()) missing.push_back(path.string());
  for (auto folder = missing.rbegin(); folder != missing.rend(); ++folder) {
    const bool is_made = std::filesystem::create_directory(*folder, error);
    if (is_made) made_folders_.push_back(*folder);
    // The reason why it could not be made says more than that it is not there.
    if (error && !std::filesystem::exists(*folder))
      throw std::runtime_error("cannot create the folder " + path_ + ": " + error.message());
  }
}

void AnalysisFolder::remove_made_folders() {
  for (auto folder = made_folders_.rbegin(); folder != made_folders_.rend(); ++folder)
    ::rmdir(folder->c_str());
  made_folders_.clear();
}

void AnalysisFolder::accept_or_throw() {
  const auto names = names_in(descriptor_);
  const bool ours = std::find(names.begin(), names.end(), kMarker) != names.end();
  if (!names.empty() && !ours)
    throw std::runtime_error(
        "the folder " + path_ +
        " holds files that no analysis wrote: choose another one with --out, or remove it first");
  // Also kept by a copy of the process. A file system without locks does without.
  if (::flock(descriptor_, LOCK_EX | LOCK_NB) != 0 && errno == EWOULDBLOCK)
    throw std::runtime_error("another analysis is writing to the folder " + path_ +
                             ": choose another one with --out");
  is_new_ = std::none_of(names.begin(), names.end(), [](const std::string& name) { return name[0] != '.'; });
  if (!ours) write_marker();
}

void AnalysisFolder::write_marker() {
  const int marker = ::openat(descriptor_, std::string(kMarker).c_str(),
                              O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW | O_CLOEXEC, kFileMode);
  if (marker < 0) fail_system("cannot write in the folder " + path_);
  OutputFile file(marker, path_ + '/' + std::string(kMarker));
  try {
    file.write(kMarkerText);
    file.close();
  } catch (...) {
    ::unlinkat(descriptor_, std::string(kMarker).c_str(), 0);
    throw;
  }
}

AnalysisFolder::~AnalysisFolder() {
  discard();
  if (files_descriptor_ >= 0) ::close(files_descriptor_);
  if (descriptor_ >= 0) ::close(descriptor_);
}

void AnalysisFolder::discard() {
  for (const Pending& pending : pending_) {
    const std::string name = temporary_name(pending.name);
    ::unlinkat(descriptor_, name.c_str(), 0);
    ::unlinkat(descriptor_, (name + std::string(kSmallerSuffix)).c_str(), 0);
  }
  pending_.clear();
  if (!written_.empty()) return;
  for (const std::string& name : std::exchange(new_carved_, {}))
    ::unlinkat(files_descriptor_, name.c_str(), 0);
  if (writes_copies_) return;
  ::unlinkat(descriptor_, "files", AT_REMOVEDIR);  // only when it is empty
  // A folder that this run could not fill is left as it was found.
  if (!is_new_) return;
  const auto left = names_in(descriptor_);
  if (left.size() != 1 || left.front() != kMarker) return;
  ::unlinkat(descriptor_, std::string(kMarker).c_str(), 0);
  remove_made_folders();
}

void AnalysisFolder::keep_carved(const std::string& name, bool is_new) {
  carved_.insert(name);
  if (is_new) new_carved_.insert(name);
}

std::string AnalysisFolder::temporary_name(const std::string& name) const {
  return writes_copies_ ? copy_name(name) : run_name(name);
}

int AnalysisFolder::make_file(const std::string& name) {
  const std::string temporary = temporary_name(name);
  ::unlinkat(descriptor_, temporary.c_str(), 0);
  const int file = ::openat(descriptor_, temporary.c_str(),
                            O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW | O_CLOEXEC, kFileMode);
  if (file < 0) fail_system("cannot create " + path_ + '/' + name);
  return file;
}

OutputFile AnalysisFolder::create(const std::string& name) {
  const int file = make_file(name);
  pending_.push_back({name, file, 0});
  return {file, path_ + '/' + name};
}

std::string AnalysisFolder::create_path(const std::string& name) {
  ::close(make_file(name));
  pending_.push_back({name, -1, 0});
  return copied_path(name);
}

void AnalysisFolder::abandon(const std::string& name) {
  ::unlinkat(descriptor_, temporary_name(name).c_str(), 0);
  std::erase_if(pending_, [&](const Pending& pending) { return pending.name == name; });
}

void AnalysisFolder::before_copies() {
  for (Pending& pending : pending_) {
    struct stat status {};
    if (::fstatat(descriptor_, run_name(pending.name).c_str(), &status, AT_SYMLINK_NOFOLLOW) != 0)
      fail_system("cannot read " + path_ + '/' + run_name(pending.name));
    pending.size = static_cast<std::uint64_t>(status.st_size);
  }
  copied_carved_ = new_carved_;
}

void AnalysisFolder::after_copies() {
  for (const std::string& name : copied_carved_) new_carved_.erase(name);
}

void AnalysisFolder::write_copies() {
  writes_copies_ = true;
  new_carved_.clear();  // what the original carved is not this process's to remove
  for (const Pending& pending : pending_) copy(pending, run_name(pending.name));
}

void AnalysisFolder::copy(const Pending& pending, const std::string& from) {
  const int source = ::openat(descriptor_, from.c_str(), O_RDONLY | O_NOFOLLOW | O_CLOEXEC);
  if (source < 0) fail_system("cannot read " + path_ + '/' + from);
  const int target = make_file(pending.name);
  const int error = copy_file(source, target, pending.size);
  ::close(source);
  // Whoever holds the descriptor goes on at the end of the copy.
  const bool is_open = pending.descriptor >= 0;
  const bool is_moved = error == 0 && is_open && ::dup3(target, pending.descriptor, O_CLOEXEC) >= 0;
  if (error != 0 || (is_open && !is_moved)) {
    errno = error != 0 ? error : errno;
    fail_system("cannot write " + path_ + '/' + pending.name);
  }
  ::close(target);
}

int AnalysisFolder::files_descriptor() {
  if (files_descriptor_ >= 0) return files_descriptor_;
  if (::mkdirat(descriptor_, "files", 0700) != 0 && errno != EEXIST)
    fail_system("cannot create " + path_ + "/files");
  files_descriptor_ = ::openat(descriptor_, "files", O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC);
  if (files_descriptor_ < 0) fail_system("cannot use " + path_ + "/files");
  return files_descriptor_;
}

void AnalysisFolder::commit() {
  for (const Pending& pending : pending_) {
    const std::string& name = pending.name;
    if (::renameat(descriptor_, temporary_name(name).c_str(), descriptor_, name.c_str()) != 0)
      fail_system("cannot create " + path_ + '/' + name);
    written_.insert(name);
  }
  pending_.clear();
  remove_stale();
}

void AnalysisFolder::remove_stale() {
  std::set<std::string> ours{"analysis.sqlite", "summary.md", "report.html"};
  for (const Table& table : tables()) ours.insert(std::string(table.name) + ".csv");
  for (const std::string& name : ours) {
    if (!written_.contains(name)) ::unlinkat(descriptor_, name.c_str(), 0);
    if (writes_copies_) continue;
    // Of a run that was killed.
    ::unlinkat(descriptor_, run_name(name).c_str(), 0);
    ::unlinkat(descriptor_, copy_name(name).c_str(), 0);
    for (const std::string& temporary : {run_name(name), copy_name(name)})
      ::unlinkat(descriptor_, (temporary + std::string(kSmallerSuffix)).c_str(), 0);
  }
  const int files = ::openat(descriptor_, "files", O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC);
  if (files < 0) return;
  for (const std::string& name : names_in(files))
    if (is_carved_name(name) && !carved_.contains(name) && !(writes_copies_ && is_unfinished(name)))
      ::unlinkat(files, name.c_str(), 0);
  ::close(files);
  ::unlinkat(descriptor_, "files", AT_REMOVEDIR);  // only when it is empty
}

std::string AnalysisFolder::what_stays() const {
  if (is_new_) return "; no table was written";
  return "; the tables that were in " + path_ + " before stay as they are";
}

bool is_carved_name(std::string_view name) {
  if (is_unfinished(name)) return true;
  if (name.ends_with(".holes")) name.remove_suffix(6);
  if (name.ends_with(".partial")) name.remove_suffix(8);
  return name.size() == 64 && name.find_first_not_of("0123456789abcdef") == name.npos;
}

}  // namespace plaintalk::analyzer
