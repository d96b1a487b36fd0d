// Events on their way from the event loop to the log thread: copied as octets into one buffer, because what
// they point at is gone when the loop goes on.
//
// Bounded and never waiting: what does not fit is counted by kind and reported as soon as there is room
// again. Messages give way first, so that connections, logins and errors are still complete when a burst of
// chat is not.
#pragma once

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

  explicit EventQueue(std::size_t bytes_max = kBytesMax) : bytes_max_(bytes_max) {}

  // On the loop's thread.
  void push(const ServerEvent& event, WallTime time);
  void close();

  // On the log's thread: waits until there is something; false when the queue is closed and nothing is left.
  struct Batch {
    std::string octets;  // for each_event()
    LostEvents lost;
  };
  bool take(Batch& batch);

 private:
  const std::size_t bytes_max_;
  std::mutex mutex_;
  std::condition_variable wake_;
  std::string pending_;
  LostEvents lost_;
  bool waiting_ = false;
  bool closed_ = false;
};

void encode_event(const ServerEvent& event, WallTime time, std::string& out);
// The event is borrowed: it is valid during the call.
void each_event(std::string_view octets, const std::function<void(const ServerEvent&, WallTime)>& visit);

}  // namespace plaintalk::messenger
