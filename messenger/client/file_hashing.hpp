// The SHA-256 of a file, computed by a thread of its own, so that nobody waits for a disk or a gigabyte.
#pragma once

#include <atomic>
#include <functional>
#include <string>
#include <thread>

#include "messenger/client/files.hpp"

namespace plaintalk::messenger::client {

// Files up to this size are hashed at once: that takes a millisecond.
inline constexpr std::uint64_t kHashedAtOnceMax = 256 << 10;

class FileHashing : public Hashing {
 public:
  // Borrows `fd`, of which the first `size` bytes are hashed; `name` is for the text of an error. `on_result`
  // is called by the thread when there is a result.
  FileHashing(int fd, std::uint64_t size, std::string name, std::function<void()> on_result);
  ~FileHashing() override;

  std::uint64_t done() const override { return done_; }
  std::optional<std::expected<Sha256, std::string>> take_result() override;

 private:
  void run();

  int fd_;
  std::uint64_t size_;
  std::string name_;
  std::function<void()> on_result_;
  std::atomic<std::uint64_t> done_ = 0;
  std::atomic<bool> is_given_up_ = false;
  std::atomic<bool> is_finished_ = false;
  Sha256 hash_;        // the thread's until is_finished_
  std::string error_;  // the same
  std::thread thread_;
};

}  // namespace plaintalk::messenger::client
