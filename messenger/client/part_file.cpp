#include "messenger/client/part_file.hpp"

#include <cerrno>
#include <ctime>
#include <memory>
#include <optional>
#include <system_error>
#include <utility>

#include <dirent.h>
#include <fcntl.h>
#include <sys/file.h>
#include <sys/stat.h>

namespace plaintalk::messenger::client {
namespace {

constexpr std::string_view kPartPrefix = ".plaintalk-";
constexpr std::string_view kPartSuffix = ".part";
constexpr std::size_t kHashTextSize = 64;
constexpr unsigned kPartCountMax = 16;  // of one file
constexpr std::time_t kPartAgeMax_s = 7 * 24 * 60 * 60;

std::string part_name(std::string_view sha256, unsigned number) {
  std::string name(kPartPrefix);
  name += sha256;
  if (number > 0) name += "-" + std::to_string(number);
  return name.append(kPartSuffix);
}

bool is_part_name(std::string_view name) {
  if (!name.starts_with(kPartPrefix) || !name.ends_with(kPartSuffix)) return false;
  name.remove_prefix(kPartPrefix.size());
  name.remove_suffix(kPartSuffix.size());
  constexpr std::string_view kDigits = "0123456789abcdef";
  const std::string_view hash = name.substr(0, kHashTextSize);
  const std::string_view number = name.substr(hash.size());
  return hash.size() == kHashTextSize && hash.find_first_not_of(kDigits) == std::string_view::npos &&
         (number.empty() || (number.size() <= 3 && number[0] == '-'));
}

struct CloseFolder {
  void operator()(DIR* folder) const { ::closedir(folder); }
};

bool is_ours(const struct stat& about) { return S_ISREG(about.st_mode) && about.st_uid == ::geteuid(); }

// Open and locked, when it is a part of ours that nobody writes and that still has this name.
std::optional<Descriptor> lock_part(int folder, const std::string& name, int flags, struct stat& about) {
  // Not blocking: a FIFO may have the name.
  Descriptor fd(::openat(folder, name.c_str(), O_RDWR | O_NOFOLLOW | O_CLOEXEC | O_NONBLOCK | flags, 0666));
  if (fd.get() < 0) return std::nullopt;
  struct stat named {};
  if (::flock(fd.get(), LOCK_EX | LOCK_NB) != 0 || ::fstat(fd.get(), &about) != 0 || !is_ours(about) ||
      ::fstatat(folder, name.c_str(), &named, AT_SYMLINK_NOFOLLOW) != 0 || named.st_ino != about.st_ino ||
      named.st_dev != about.st_dev) {
    errno = EBUSY;
    return std::nullopt;
  }
  return fd;
}

}  // namespace

std::expected<PartFile, std::string> PartFile::open(int folder, std::string_view sha256,
                                                    std::uint64_t size_max) {
  int error = EEXIST;
  for (unsigned number = 0; number < kPartCountMax; ++number) {
    std::string name = part_name(sha256, number);
    struct stat about {};
    auto fd = lock_part(folder, name, O_CREAT, about);
    if (fd && about.st_nlink > 1) {
      // Killed after the whole file had got its name and before this one was gone.
      ::unlinkat(folder, name.c_str(), 0);
      fd.reset();
      if (auto fresh = lock_part(folder, name, O_CREAT | O_EXCL, about)) fd.emplace(std::move(*fresh));
    }
    if (!fd) {
      error = errno;
      // Somebody else's, or not to be opened by us; a folder that takes no files will not take the next one.
      if (error == EBUSY || error == ELOOP || error == EEXIST || error == EISDIR || error == ENXIO) continue;
      struct stat there {};
      if (::fstatat(folder, name.c_str(), &there, AT_SYMLINK_NOFOLLOW) == 0) continue;
      break;
    }
    const auto size = static_cast<std::uint64_t>(about.st_size);
    if (size > size_max) continue;
    if (::lseek(fd->get(), 0, SEEK_END) < 0) continue;
    return PartFile(std::move(*fd), std::move(name), size);
  }
  return std::unexpected(std::generic_category().message(error));
}

void remove_parts(int folder, std::string_view sha256) {
  for (unsigned number = 0; number < kPartCountMax; ++number) {
    const std::string name = part_name(sha256, number);
    struct stat about {};
    if (const auto fd = lock_part(folder, name, 0, about)) ::unlinkat(folder, name.c_str(), 0);
  }
}

void remove_old_parts(int folder) {
  const int list = ::openat(folder, ".", O_RDONLY | O_DIRECTORY | O_CLOEXEC);
  if (list < 0) return;
  const std::unique_ptr<DIR, CloseFolder> entries(::fdopendir(list));
  if (entries == nullptr) {
    ::close(list);
    return;
  }
  const std::time_t now = std::time(nullptr);
  while (const dirent* entry = ::readdir(entries.get())) {
    const std::string name = entry->d_name;
    if (!is_part_name(name)) continue;
    struct stat about {};
    const auto fd = lock_part(folder, name, 0, about);
    if (fd && now - about.st_mtime > kPartAgeMax_s) ::unlinkat(folder, name.c_str(), 0);
  }
}

}  // namespace plaintalk::messenger::client
