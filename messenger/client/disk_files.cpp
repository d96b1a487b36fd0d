#include "messenger/client/disk_files.hpp"

#include <algorithm>
#include <array>
#include <cerrno>
#include <cstdio>
#include <system_error>
#include <utility>

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/crypto/digest.hpp"
#include "base/text.hpp"
#include "base/write_all.hpp"
#include "protocol/frame_writer.hpp"

namespace plaintalk::messenger::client {
namespace {

constexpr std::size_t kNameSizeMax = 200;
constexpr std::size_t kEndingSizeMax = 24;  // with its dot
constexpr unsigned kNameTryCountMax = 1000;

std::string reason(int error) { return std::generic_category().message(error); }

class Descriptor {
 public:
  explicit Descriptor(int fd) : fd_(fd) {}
  Descriptor(Descriptor&& other) noexcept : fd_(std::exchange(other.fd_, -1)) {}
  Descriptor& operator=(Descriptor&&) = delete;
  ~Descriptor() {
    if (fd_ >= 0) ::close(fd_);
  }
  int get() const { return fd_; }

 private:
  int fd_;
};

class DiskSource : public UploadSource {
 public:
  DiskSource(Descriptor fd, std::string name, std::uint64_t size)
      : fd_(std::move(fd)), name_(std::move(name)), size_(size) {}

  // Reads the whole file once; false when it got shorter or cannot be read.
  bool hash() {
    Sha256 hash;
    for (std::uint64_t offset = 0; offset < size_;) {
      const auto part =
          read(offset, static_cast<std::size_t>(std::min<std::uint64_t>(size_ - offset, 1 << 18)));
      if (!part) return false;
      hash.update(*part);
      offset += part->size();
    }
    sha256_ = hex(hash.finish());
    return true;
  }

  const std::string& name() const override { return name_; }
  std::uint64_t size() const override { return size_; }
  const std::string& sha256() const override { return sha256_; }

  std::expected<std::string, std::string> read(std::uint64_t offset, std::size_t size) override {
    std::string octets(size, '\0');
    for (std::size_t have = 0; have < size;) {
      const ssize_t got =
          ::pread(fd_.get(), octets.data() + have, size - have, static_cast<off_t>(offset + have));
      if (got < 0 && errno == EINTR) continue;
      if (got < 0) return std::unexpected("cannot read " + name_ + ": " + reason(errno));
      if (got == 0) return std::unexpected(name_ + " became shorter while it was being sent; send it again");
      have += static_cast<std::size_t>(got);
    }
    return octets;
  }

 private:
  Descriptor fd_;
  std::string name_;
  std::uint64_t size_;
  std::string sha256_;
};

class DiskSink : public DownloadSink {
 public:
  DiskSink(Descriptor folder, std::string folder_name, Descriptor fd, std::string temporary, std::string name)
      : folder_(std::move(folder)),
        folder_name_(std::move(folder_name)),
        fd_(std::move(fd)),
        temporary_(std::move(temporary)),
        name_(std::move(name)) {}
  DiskSink(const DiskSink&) = delete;
  DiskSink& operator=(const DiskSink&) = delete;
  ~DiskSink() override {
    if (!temporary_.empty()) ::unlinkat(folder_.get(), temporary_.c_str(), 0);
  }

  std::expected<void, std::string> append(std::string_view octets) override {
    if (const int error = write_all(fd_.get(), octets); error != 0)
      return std::unexpected("cannot write to " + folder_name_ + ": " + reason(error));
    return {};
  }

  std::expected<std::string, std::string> keep() override {
    for (unsigned number = 0; number < kNameTryCountMax; ++number) {
      const std::string name = numbered_file_name(name_, number);
      // A link never replaces what is there, which a plain rename would do.
      if (::linkat(folder_.get(), temporary_.c_str(), folder_.get(), name.c_str(), 0) == 0) {
        ::unlinkat(folder_.get(), temporary_.c_str(), 0);
        temporary_.clear();
        return folder_name_ + "/" + name;
      }
      if (errno == EEXIST) continue;
      // File systems without hard links have the rename that refuses to replace.
      if (::renameat2(folder_.get(), temporary_.c_str(), folder_.get(), name.c_str(), RENAME_NOREPLACE) ==
          0) {
        temporary_.clear();
        return folder_name_ + "/" + name;
      }
      if (errno != EEXIST)
        return std::unexpected("cannot save " + name + " in " + folder_name_ + ": " + reason(errno));
    }
    return std::unexpected("there are too many files called " + name_ + " in " + folder_name_ +
                           "; give another folder with --download-dir");
  }

 private:
  Descriptor folder_;
  std::string folder_name_;
  Descriptor fd_;
  std::string temporary_;
  std::string name_;
};

// Bytes that terminal_safe() leaves alone are safe in a name as well; it is asked for one character at a
// time.
std::string without_unsafe_characters(std::string_view name) {
  std::string safe;
  for (std::size_t at = 0; at < name.size();) {
    std::size_t size = 1;
    while (at + size < name.size() && (static_cast<unsigned char>(name[at + size]) & 0xC0U) == 0x80U) ++size;
    const std::string_view character = name.substr(at, size);
    safe += terminal_safe(character) == character ? character : std::string_view("_");
    at += size;
  }
  return safe;
}

}  // namespace

std::string safe_file_name(std::string_view name) {
  if (const auto slash = name.find_last_of("/\\"); slash != std::string_view::npos)
    name.remove_prefix(slash + 1);
  std::string safe = without_unsafe_characters(name);
  const auto first = safe.find_first_not_of(".- ");
  safe.erase(0, first == std::string::npos ? safe.size() : first);
  if (safe.size() > kNameSizeMax) {
    // What the file is, its ending says.
    const auto dot = safe.rfind('.');
    const bool has_ending = dot != std::string::npos && safe.size() - dot <= kEndingSizeMax;
    const std::string ending = has_ending ? safe.substr(dot) : "";
    std::size_t size = kNameSizeMax - ending.size();
    while (size > 0 && (static_cast<unsigned char>(safe[size]) & 0xC0U) == 0x80U) --size;
    safe.resize(size);
    safe += ending;
  }
  return safe.empty() ? "file" : safe;
}

std::string numbered_file_name(const std::string& name, unsigned number) {
  if (number == 0) return name;
  const std::string suffix = " (" + std::to_string(number) + ")";
  const auto dot = name.rfind('.');
  if (dot == std::string::npos || dot == 0) return name + suffix;
  return name.substr(0, dot) + suffix + name.substr(dot);
}

DiskFiles::DiskFiles(std::string download_folder) : download_folder_(std::move(download_folder)) {}

std::expected<std::unique_ptr<UploadSource>, std::string> DiskFiles::open_upload(const std::string& path) {
  // Not blocking: a FIFO would stop the whole client.
  Descriptor fd(::open(path.c_str(), O_RDONLY | O_CLOEXEC | O_NONBLOCK));
  if (fd.get() < 0) return std::unexpected("cannot open " + path + ": " + reason(errno));
  struct stat about {};
  if (::fstat(fd.get(), &about) != 0) return std::unexpected("cannot open " + path + ": " + reason(errno));
  if (!S_ISREG(about.st_mode)) return std::unexpected(path + " is not a file; only plain files can be sent");
  char byte = 0;
  if (about.st_size == 0 && ::pread(fd.get(), &byte, 1, 0) > 0)
    return std::unexpected(path + " has no size of its own, as files in /proc; copy it and send the copy");
  const auto slash = path.rfind('/');
  const std::string name = slash == std::string::npos ? path : path.substr(slash + 1);
  if (!is_inline_text(name))
    return std::unexpected("the name of " + path +
                           " is not UTF-8 or has a line break in it; rename it and send it again");
  auto source = std::make_unique<DiskSource>(std::move(fd), name, static_cast<std::uint64_t>(about.st_size));
  if (!source->hash()) return std::unexpected("cannot read " + path + " to its end");
  return source;
}

std::expected<std::unique_ptr<DownloadSink>, std::string> DiskFiles::create_download(
    const std::string& name) {
  Descriptor folder(::open(download_folder_.c_str(), O_PATH | O_DIRECTORY | O_CLOEXEC));
  if (folder.get() < 0)
    return std::unexpected("cannot save files in " + download_folder_ + ": " + reason(errno) +
                           "; give a folder with --download-dir");
  std::string temporary = ".plaintalk-" + hex(random_bytes(8)) + ".part";
  Descriptor fd(
      ::openat(folder.get(), temporary.c_str(), O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW | O_CLOEXEC, 0666));
  if (fd.get() < 0)
    return std::unexpected("cannot save files in " + download_folder_ + ": " + reason(errno) +
                           "; give a folder with --download-dir");
  return std::make_unique<DiskSink>(std::move(folder), download_folder_, std::move(fd), std::move(temporary),
                                    safe_file_name(name));
}

}  // namespace plaintalk::messenger::client
