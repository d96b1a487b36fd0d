// One file on its way here: GET, DATA within the credit we grant, DONE, and the SHA-256 of what really
// arrived.
//
// After a lost connection GET from= goes on where the last byte was stored. What an earlier fetch of the same
// file left behind is hashed, beside the loop, and gone on with. Nothing appears under its name before the
// hash is right.
#pragma once

#include <cstdint>
#include <expected>
#include <memory>
#include <optional>
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
  // Whether the data may come: not when there is a part from before to be hashed first. Errors are sentences
  // for people; the download is over then.
  std::expected<bool, std::string> accepted(std::string name, std::uint64_t size, std::string sha256,
                                            std::uint64_t from, FileStore& files);
  // Stores one DATA frame and appends a CREDIT frame to `out` when half of what was granted is used.
  std::expected<void, std::string> data(std::uint64_t offset, std::string_view bytes, std::string& out);
  // Starts hashing the part from before, or looks how far it is: whether it is done.
  std::expected<bool, std::string> hash();
  std::uint64_t hashed() const { return hashing_ == nullptr ? 0 : hashing_->done(); }
  // The part from before is the whole file, as far as its size tells.
  bool is_whole() const { return sink_ != nullptr && received_ == size_; }
  // DONE: the path of the whole, verified file. Nothing when the part from before was a wrong one, which is
  // gone now: it has to be fetched from its beginning.
  std::expected<std::optional<std::string>, std::string> finish(std::string_view announced_sha256);
  // It will not be gone on with: nothing is left of it.
  void discard();
  void connection_lost() { running_ = false; }

 private:
  std::string file_;
  std::string name_;
  std::string sha256_;
  std::uint64_t size_ = 0;
  std::uint64_t received_ = 0;
  std::uint64_t ungranted_ = 0;  // arrived since the last CREDIT
  bool running_ = false;
  bool goes_on_with_part_ = false;
  std::unique_ptr<DownloadSink> sink_;
  std::unique_ptr<Hashing> hashing_;  // of sink_, so it goes first
  Sha256 hash_;
};

}  // namespace plaintalk::messenger::client
