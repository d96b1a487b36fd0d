// One file on its way here: GET, DATA within the credit we grant, DONE, and the SHA-256 of what really
// arrived.
//
// After a lost connection GET from= goes on where the last octet was stored. Nothing appears under its name
// before the hash is right.
#pragma once

#include <cstdint>
#include <expected>
#include <memory>
#include <string>
#include <string_view>

#include "base/crypto/digest.hpp"
#include "messenger/client/files.hpp"

namespace plaintalk::messenger::client {

inline constexpr std::uint64_t kDownloadCredit = 256 << 10;

class Download {
 public:
  explicit Download(std::string file);

  const std::string& file() const { return file_; }
  const std::string& name() const { return name_; }
  const std::string& sha256() const { return sha256_; }
  std::uint64_t size() const { return size_; }
  std::uint64_t received() const { return received_; }
  bool running() const { return running_; }

  void write_get(std::string& out);
  // Errors are sentences for people; the download is over then.
  std::expected<void, std::string> accepted(std::string name, std::uint64_t size, std::string sha256,
                                            std::uint64_t from, FileStore& files);
  // Stores one DATA frame and appends a CREDIT frame to `out` when half of what was granted is used.
  std::expected<void, std::string> data(std::uint64_t offset, std::string_view octets, std::string& out);
  // DONE: the path of the whole, verified file.
  std::expected<std::string, std::string> finish(std::string_view announced_sha256);
  void connection_lost() { running_ = false; }

 private:
  std::string file_;
  std::string name_;
  std::string sha256_;
  std::uint64_t size_ = 0;
  std::uint64_t received_ = 0;
  std::uint64_t ungranted_ = 0;  // arrived since the last CREDIT
  bool running_ = false;
  std::unique_ptr<DownloadSink> sink_;
  Sha256 hash_;
};

}  // namespace plaintalk::messenger::client
