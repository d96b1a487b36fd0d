#include "labs/files/temporary_folder.hpp"

#include <algorithm>
#include <cerrno>
#include <cstdlib>
#include <string>
#include <system_error>

#include <fcntl.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

namespace plaintalk::labs {
namespace {

namespace fs = std::filesystem;

constexpr std::string_view kPrefix = "plaintalk-";
constexpr std::string_view kLockName = ".in-use";
constexpr std::string_view kNewLockName = ".in-use.new";
constexpr int kLockFlags = O_RDWR | O_CLOEXEC | O_NOFOLLOW | O_NONBLOCK;

// Locked before it has its name: whoever finds it free knows that its owner is gone.
FileDescriptor make_lock(const fs::path& folder) {
  const fs::path fresh = folder / kNewLockName;
  FileDescriptor lock(::open(fresh.c_str(), kLockFlags | O_CREAT | O_EXCL, 0600));
  if (!lock.is_open() || ::flock(lock.number(), LOCK_EX | LOCK_NB) != 0 ||
      ::rename(fresh.c_str(), (folder / kLockName).c_str()) != 0)
    throw std::system_error(errno, std::generic_category(), "cannot use the folder " + folder.string());
  return lock;
}

bool has_our_name(const std::string& name) {
  // plaintalk-PURPOSE-XXXXXX
  const std::size_t dash = name.rfind('-');
  return name.starts_with(kPrefix) && dash >= kPrefix.size() && name.size() - dash == 7;
}

bool is_ours(const fs::path& folder) {
  struct stat status {};
  return ::lstat(folder.c_str(), &status) == 0 && S_ISDIR(status.st_mode) && status.st_uid == ::geteuid() &&
         (status.st_mode & 0077) == 0;
}

// While the lock is ours, nobody else removes it.
void remove_if_left(const fs::path& folder) {
  const FileDescriptor lock(::open((folder / kLockName).c_str(), kLockFlags));
  if (!lock.is_open() || ::flock(lock.number(), LOCK_EX | LOCK_NB) != 0) return;
  std::error_code ignored;
  fs::remove_all(folder, ignored);
}

}  // namespace

void remove_left_folders() {
  std::error_code error;
  const fs::path base = fs::temp_directory_path(error);
  if (error) return;
  for (fs::directory_iterator entry(base, error), end; !error && entry != end; entry.increment(error))
    if (has_our_name(entry->path().filename().string()) && is_ours(entry->path()))
      remove_if_left(entry->path());
}

TemporaryFolder::TemporaryFolder(std::string_view purpose) {
  static const bool is_clean = (remove_left_folders(), true);
  static_cast<void>(is_clean);
  std::string pattern =
      (fs::temp_directory_path() / (std::string(kPrefix) + std::string(purpose) + "-XXXXXX")).string();
  if (::mkdtemp(pattern.data()) == nullptr)
    throw std::system_error(errno, std::generic_category(), "cannot make a folder: " + pattern);
  path_ = pattern;
  try {
    lock_ = make_lock(path_);
  } catch (const std::system_error&) {
    std::error_code ignored;
    fs::remove_all(path_, ignored);
    throw;
  }
}

TemporaryFolder::~TemporaryFolder() {
  std::error_code ignored;
  fs::remove_all(path_, ignored);
}

}  // namespace plaintalk::labs
