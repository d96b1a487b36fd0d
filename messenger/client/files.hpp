// What a session needs from a disk, as interfaces: tests put memory there, disk_files.hpp a real folder.
#pragma once

#include <cstddef>
#include <cstdint>
#include <expected>
#include <memory>
#include <string>
#include <string_view>

namespace plaintalk::messenger::client {

// Errors are sentences for people: what went wrong and, where it helps, what to do.
class UploadSource {
 public:
  virtual ~UploadSource() = default;
  virtual const std::string& name() const = 0;  // without folders
  virtual std::uint64_t size() const = 0;
  virtual const std::string& sha256() const = 0;  // hexadecimal, of the whole file
  // Exactly `size` octets; a file that became shorter meanwhile is an error.
  virtual std::expected<std::string, std::string> read(std::uint64_t offset, std::size_t size) = 0;
};

// A file that arrives. Until keep() it exists under a temporary name only; destroyed before that, it
// vanishes.
class DownloadSink {
 public:
  virtual ~DownloadSink() = default;
  virtual std::expected<void, std::string> append(std::string_view octets) = 0;
  // Gives it its name; the path it got, which is never that of a file that was there before.
  virtual std::expected<std::string, std::string> keep() = 0;
};

class FileStore {
 public:
  virtual ~FileStore() = default;
  virtual std::expected<std::unique_ptr<UploadSource>, std::string> open_upload(const std::string& path) = 0;
  // `name` is the sender's and may be anything.
  virtual std::expected<std::unique_ptr<DownloadSink>, std::string> create_download(
      const std::string& name) = 0;
};

}  // namespace plaintalk::messenger::client
