#include "messenger/client/disk_files.hpp"

#include <cerrno>
#include <cstdio>
#include <system_error>
#include <utility>

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/text.hpp"
#include "base/write_all.hpp"
#include "messenger/client/file_hashing.hpp"
#include "messenger/client/part_file.hpp"
#include "protocol/frame_writer.hpp"

namespace plaintalk::messenger::client {
namespace {

constexpr std::size_t kNameSizeMax = 200;
constexpr std::size_t kEndingSizeMax = 24;  // with its dot
constexpr unsigned kNameTryCountMax = 1000;

std::string reason(int error) { return std::generic_category().message(error); }

class DiskSource : public UploadSource {
 public:
  DiskSource(Descriptor fd, std::string name, std::uint64_t size, std::function<void()> on_hashed)
      : fd_(std::move(fd)), name_(std::move(name)), size_(size), on_hashed_(std::move(on_hashed)) {}

  const std::string& name() const override { return name_; }
  std::uint64_t size() const override { return size_; }
  std::unique_ptr<Hashing> start_hashing() override {
    return std::make_unique<FileHashing>(fd_.get(), size_, name_, on_hashed_);
  }

  std::expected<std::string, std::string> read(std::uint64_t offset, std::size_t size) override {
    std::string bytes(size, '\0');
    for (std::size_t have = 0; have < size;) {
      const ssize_t got =
          ::pread(fd_.get(), bytes.data() + have, size - have, static_cast<off_t>(offset + have));
      if (got < 0 && errno == EINTR) continue;
      if (got < 0) return std::unexpected("cannot read " + name_ + ": " + reason(errno));
      if (got == 0) return std::unexpected(name_ + " became shorter while it was being sent; send it again");
      have += static_cast<std::size_t>(got);
    }
    return bytes;
  }

 private:
  Descriptor fd_;
  std::string name_;
  std::uint64_t size_;
  std::function<void()> on_hashed_;
};

class DiskSink : public DownloadSink {
 public:
  DiskSink(Descriptor folder, std::string folder_name, PartFile part, std::string name, std::string sha256,
           std::function<void()> on_hashed)
      : folder_(std::move(folder)),
        folder_name_(std::move(folder_name)),
        part_(std::move(part)),
        name_(std::move(name)),
        sha256_(std::move(sha256)),
        on_hashed_(std::move(on_hashed)),
        is_empty_(part_.size() == 0) {}
  DiskSink(const DiskSink&) = delete;
  DiskSink& operator=(const DiskSink&) = delete;
  ~DiskSink() override {
    if (is_empty_) discard();
  }

  std::uint64_t found_size() const override { return part_.size(); }
  std::unique_ptr<Hashing> start_hashing() override {
    return std::make_unique<FileHashing>(part_.fd(), part_.size(), "what has arrived of " + name_,
                                         on_hashed_);
  }

  std::expected<void, std::string> append(std::string_view bytes) override {
    if (!bytes.empty()) is_empty_ = false;
    if (const int error = write_all(part_.fd(), bytes); error != 0)
      return std::unexpected("cannot write to " + folder_name_ + ": " + reason(error));
    return {};
  }

  void discard() override {
    if (!std::exchange(is_gone_, true)) ::unlinkat(folder_.get(), part_.name().c_str(), 0);
  }

  std::expected<std::string, std::string> keep() override {
    const char* part = part_.name().c_str();
    for (unsigned number = 0; number < kNameTryCountMax; ++number) {
      const std::string name = numbered_file_name(name_, number);
      // A link never replaces what is there, which a plain rename would do. File systems without hard links
      // have the rename that refuses to replace.
      if (::linkat(folder_.get(), part, folder_.get(), name.c_str(), 0) == 0 ||
          (errno != EEXIST &&
           ::renameat2(folder_.get(), part, folder_.get(), name.c_str(), RENAME_NOREPLACE) == 0)) {
        discard();
        remove_parts(folder_.get(), sha256_);
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
  PartFile part_;
  std::string name_;
  std::string sha256_;
  std::function<void()> on_hashed_;
  bool is_empty_;
  bool is_gone_ = false;
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

DiskFiles::DiskFiles(std::string download_folder, std::function<void()> on_hashed)
    : download_folder_(std::move(download_folder)), on_hashed_(std::move(on_hashed)) {}

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
  return std::make_unique<DiskSource>(std::move(fd), name, static_cast<std::uint64_t>(about.st_size),
                                      on_hashed_);
}

std::expected<std::unique_ptr<DownloadSink>, std::string> DiskFiles::create_download(
    const std::string& name, const std::string& sha256, std::uint64_t size) {
  const auto failed = [this](const std::string& why) {
    return std::unexpected("cannot save files in " + download_folder_ + ": " + why +
                           "; give a folder with --download-dir");
  };
  Descriptor folder(::open(download_folder_.c_str(), O_PATH | O_DIRECTORY | O_CLOEXEC));
  if (folder.get() < 0) return failed(reason(errno));
  remove_old_parts(folder.get());
  auto part = PartFile::open(folder.get(), sha256, size);
  if (!part) return failed(part.error());
  return std::make_unique<DiskSink>(std::move(folder), download_folder_, std::move(*part),
                                    safe_file_name(name), sha256, on_hashed_);
}

}  // namespace plaintalk::messenger::client
