#include "messenger/store/disk_spool.hpp"

#include <algorithm>
#include <memory>
#include <system_error>
#include <vector>

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

namespace plaintalk::messenger {
namespace {

constexpr std::size_t kOpenCountMax = 32;
constexpr std::size_t kHandleSizeMax = 16;
constexpr mode_t kFileMode = 0600;
constexpr std::string_view kSuffix = ".spool";

[[noreturn]] void fail(const std::filesystem::path& folder, int error, const char* why) {
  throw std::system_error(error, std::generic_category(), "spool folder " + folder.string() + ": " + why);
}

FileSpool::Error error_of(std::string_view action, std::string_view file, int error) {
  return {std::string(action) + " " + std::string(file) + ": " + std::generic_category().message(error)};
}

bool is_handle(std::string_view text) {
  const auto is_allowed = [](char c) { return (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9'); };
  return !text.empty() && text.size() <= kHandleSizeMax && std::ranges::all_of(text, is_allowed);
}

std::string name_of(std::string_view file) { return std::string(file) + std::string(kSuffix); }

bool is_spool_name(std::string_view name) {
  return name.ends_with(kSuffix) && is_handle(name.substr(0, name.size() - kSuffix.size()));
}

}  // namespace

DiskSpool::DiskSpool(const std::filesystem::path& folder) {
  std::filesystem::create_directories(folder);
  folder_ = ::open(folder.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC);
  if (folder_ < 0) fail(folder, errno, "cannot be opened");
  if (::flock(folder_, LOCK_EX | LOCK_NB) != 0) {
    const int error = errno;
    ::close(folder_);
    fail(folder, error, "another server uses it; give this one another --spool");
  }
  if (::faccessat(folder_, ".", W_OK | X_OK, AT_EACCESS) != 0) {
    const int error = errno;
    ::close(folder_);
    fail(folder, error, "cannot be written to");
  }
  remove_leftovers();
}

DiskSpool::~DiskSpool() {
  for (const auto& [file, descriptor] : open_) ::close(descriptor);
  remove_leftovers();
  ::close(folder_);
}

void DiskSpool::remove_leftovers() {
  const int descriptor = ::openat(folder_, ".", O_RDONLY | O_DIRECTORY | O_CLOEXEC);
  if (descriptor < 0) return;
  const std::unique_ptr<DIR, int (*)(DIR*)> listing(::fdopendir(descriptor), ::closedir);
  if (!listing) {
    ::close(descriptor);
    return;
  }
  std::vector<std::string> names;
  while (const dirent* entry = ::readdir(listing.get()))
    if (is_spool_name(entry->d_name)) names.emplace_back(entry->d_name);
  for (const std::string& name : names) ::unlinkat(folder_, name.c_str(), 0);
}

std::expected<void, FileSpool::Error> DiskSpool::create(std::string_view file) {
  if (!is_handle(file)) return std::unexpected(Error{"not a file handle"});
  const int descriptor =
      ::openat(folder_, name_of(file).c_str(), O_RDWR | O_CREAT | O_EXCL | O_NOFOLLOW | O_CLOEXEC, kFileMode);
  if (descriptor < 0) return std::unexpected(error_of("creating", file, errno));
  remember(file, descriptor);
  return {};
}

std::expected<void, FileSpool::Error> DiskSpool::append(std::string_view file, std::uint64_t offset,
                                                        std::string_view octets) {
  const auto descriptor = descriptor_of(file);
  if (!descriptor) return std::unexpected(descriptor.error());
  while (!octets.empty()) {
    const ssize_t size = ::pwrite(*descriptor, octets.data(), octets.size(), static_cast<off_t>(offset));
    if (size < 0 && errno == EINTR) continue;
    if (size < 0) return std::unexpected(error_of("writing", file, errno));
    offset += static_cast<std::uint64_t>(size);
    octets.remove_prefix(static_cast<std::size_t>(size));
  }
  return {};
}

std::expected<void, FileSpool::Error> DiskSpool::read(std::string_view file, std::uint64_t offset,
                                                      std::size_t size, std::string& out) {
  const auto descriptor = descriptor_of(file);
  if (!descriptor) return std::unexpected(descriptor.error());
  out.resize(size);
  for (std::size_t done = 0; done < size;) {
    const ssize_t part =
        ::pread(*descriptor, out.data() + done, size - done, static_cast<off_t>(offset + done));
    if (part < 0 && errno == EINTR) continue;
    if (part < 0) return std::unexpected(error_of("reading", file, errno));
    if (part == 0)
      return std::unexpected(Error{"reading " + std::string(file) + ": it is shorter than expected"});
    done += static_cast<std::size_t>(part);
  }
  return {};
}

void DiskSpool::remove(std::string_view file) {
  if (!is_handle(file)) return;
  if (const auto found = open_.find(file); found != open_.end()) {
    ::close(found->second);
    open_.erase(found);
  }
  ::unlinkat(folder_, name_of(file).c_str(), 0);
}

std::expected<int, FileSpool::Error> DiskSpool::descriptor_of(std::string_view file) {
  if (const auto found = open_.find(file); found != open_.end()) return found->second;
  if (!is_handle(file)) return std::unexpected(Error{"not a file handle"});
  const int descriptor = ::openat(folder_, name_of(file).c_str(), O_RDWR | O_NOFOLLOW | O_CLOEXEC);
  if (descriptor < 0) return std::unexpected(error_of("opening", file, errno));
  remember(file, descriptor);
  return descriptor;
}

void DiskSpool::remember(std::string_view file, int descriptor) {
  if (open_.size() >= kOpenCountMax) {
    ::close(open_.begin()->second);
    open_.erase(open_.begin());
  }
  open_.emplace(std::string(file), descriptor);
}

}  // namespace plaintalk::messenger
