// What a session needs from a disk, as interfaces: tests put memory there, disk_files.hpp a real folder.
#pragma once

#include <cstddef>
#include <cstdint>
#include <expected>
#include <memory>
#include <optional>
#include <string>
#include <string_view>

#include "base/crypto/digest.hpp"

namespace plaintalk::messenger::client {

// The SHA-256 of what lies on a disk, computed beside the loop; destroyed before its end, it gives up.
class Hashing {
 public:
  virtual ~Hashing() = default;
  virtual std::uint64_t done() const = 0;  // bytes so far
  // Nothing yet; once: the hash of all of them, to be finished or continued, or why they cannot be read.
  virtual std::optional<std::expected<Sha256, std::string>> take_result() = 0;
};

// Errors are sentences for people: what went wrong and, where it helps, what to do.
class UploadSource {
 public:
  virtual ~UploadSource() = default;
  virtual const std::string& name() const = 0;  // without folders
  virtual std::uint64_t size() const = 0;
  // Of the whole file. The source outlives it.
  virtual std::unique_ptr<Hashing> start_hashing() = 0;
  // Exactly `size` bytes; a file that became shorter meanwhile is an error.
  virtual std::expected<std::string, std::string> read(std::uint64_t offset, std::size_t size) = 0;
};

// A file that arrives. Until keep() it exists under a temporary name only. Destroyed before that, what has
// arrived stays for whoever fetches the same file again, unless discard() was called.
class DownloadSink {
 public:
  virtual ~DownloadSink() = default;
  // How much was there from before when it was made.
  virtual std::uint64_t found_size() const = 0;
  // Of what was there from before. The sink outlives it.
  virtual std::unique_ptr<Hashing> start_hashing() = 0;
  virtual std::expected<void, std::string> append(std::string_view bytes) = 0;
  // Gives it its name; the path it got, which is never that of a file that was there before.
  virtual std::expected<std::string, std::string> keep() = 0;
  // It is of no use: it vanishes.
  virtual void discard() = 0;
};

class FileStore {
 public:
  virtual ~FileStore() = default;
  virtual std::expected<std::unique_ptr<UploadSource>, std::string> open_upload(const std::string& path) = 0;
  // `name` is the sender's and may be anything. `sha256`, in 64 hexadecimal digits, tells one file from
  // another.
  virtual std::expected<std::unique_ptr<DownloadSink>, std::string> create_download(const std::string& name,
                                                                                    const std::string& sha256,
                                                                                    std::uint64_t size) = 0;
};

}  // namespace plaintalk::messenger::client
