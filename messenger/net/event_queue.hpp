// Events on their way from the event loop to the log thread: copied as bytes into one buffer, because what
// they point at is gone when the loop goes on.
//
// Waking a thread costs a system call: the first event after a quiet time wakes the log's thread, and those
// that follow within kGatherTime wait for the end of it, or until there is a batch's worth.
//
// Bounded and never waiting: what does not fit is counted by kind and reported as soon as there is room
// again. Messages give way first, so that connections, logins and errors are still complete when a burst of
// chat is not.
#pragma once

#include <algorithm>
#include <chrono>
#include <condition_variable>
#include <cstddef>
#include <cstdint>
#include <functional>
#include <mutex>
#include <string>
#include <string_view>

#include "messenger/core/server_events.hpp"

namespace plaintalk::messenger {

// How many events did not fit since the last batch.
struct LostEvents {
  std::uint64_t routed = 0;
  std::uint64_t other = 0;
};

class EventQueue {
 public:
  static constexpr std::size_t kBytesMax = 64 << 20;
  static constexpr std::chrono::milliseconds kGatherTime{20};
  // What the loop has written is still in the processor's cache when the log reads it.
  static constexpr std::size_t kBatchBytes = 128 << 10;

  explicit EventQueue(std::size_t bytes_max = kBytesMax) : bytes_max_(bytes_max) {}

  // On the loop's thread.
  void push(const ServerEvent& event, WallTime time);
  void close();

  // On the log's thread: waits until there is something, and kGatherTime after the batch before, unless there
  // are kBatchBytes or the queue is half full; false when the queue is closed and nothing is left.
  struct Batch {
    std::string bytes;  // for each_event()
    LostEvents lost;
  };
  bool take(Batch& batch);

  // What the queue holds of the heap.
  std::size_t capacity() const { return pending_.capacity(); }

  // How often push() had to wake the log's thread.
  std::uint64_t wakes() const { return wakes_; }

 private:
  void make_place(std::size_t size);
  bool is_batch_full() const { return pending_.size() >= std::min(bytes_max_ / 2, kBatchBytes); }

  const std::size_t bytes_max_;
  std::mutex mutex_;
  std::condition_variable wake_;
  std::string pending_;
  LostEvents lost_;
  bool waiting_ = false;    // take() sleeps until there is something
  bool gathering_ = false;  // take() sleeps until the gathering time is over
  std::uint64_t wakes_ = 0;
  std::chrono::steady_clock::time_point gathered_until_{};
  bool closed_ = false;
};

void encode_event(const ServerEvent& event, WallTime time, std::string& out);
// The event is borrowed: it is valid during the call.
void each_event(std::string_view bytes, const std::function<void(const ServerEvent&, WallTime)>& visit);

}  // namespace plaintalk::messenger
