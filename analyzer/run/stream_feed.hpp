// Connections followed in a thread of their own, some blocks of packets ahead of whoever wants to know what
// was found: with PacketFeed before it, an analysis of a file is three stages on as many processors as there
// are. What comes out is what would have come out without threads, in the same order.
#pragma once

#include <cstddef>
#include <functional>
#include <memory>
#include <thread>

#include "analyzer/run/hand_over.hpp"
#include "analyzer/run/packet_feed.hpp"
#include "analyzer/run/stream_log.hpp"
#include "analyzer/run/stream_relay.hpp"
#include "analyzer/stream/connection_tracker.hpp"

namespace plaintalk::analyzer {

class StreamFeed {
 public:
  static constexpr std::size_t kLogCount = 6;

  // `tracker` tells `relay`. All of them belong to the feed until it has gone; `after_segment` is called in
  // its thread. Throws std::system_error when there is no thread to be had.
  StreamFeed(PacketFeed& packets, ConnectionTracker& tracker, StreamRelay& relay,
             std::function<void()> after_segment);
  // From here on the relay passes on what it is told.
  ~StreamFeed();
  StreamFeed(const StreamFeed&) = delete;
  StreamFeed& operator=(const StreamFeed&) = delete;

  // What is told next, valid until the next call; nullptr at the end. Throws what stopped the reading or the
  // following.
  const StreamLog* next();

 private:
  void follow_all();
  void follow(const PacketBlock& block);
  StreamLog* begin_log();

  PacketFeed& packets_;
  ConnectionTracker& tracker_;
  StreamRelay& relay_;
  std::function<void()> after_segment_;
  // Used in the feed's thread.
  const PacketBlock* block_ = nullptr;
  std::unique_ptr<StreamLog> log_;

  HandOver<StreamLog> logs_{kLogCount};
  std::unique_ptr<StreamLog> current_;
  std::thread thread_;

  // Each of three threads may wait for kCountToGoOn items and find one less. There must be more, or all of
  // them would wait.
  static constexpr std::size_t kWaitedFor = HandOver<StreamLog>::kCountToGoOn - 1;
  static_assert(kLogCount > 2 * kWaitedFor && PacketFeed::kBlockCount > 3 * kWaitedFor);
};

}  // namespace plaintalk::analyzer
