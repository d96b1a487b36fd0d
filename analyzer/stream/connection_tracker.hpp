// Follows every TCP connection of a capture: finds its roles, puts its bytes in order, judges its packets
// (docs/TCP_RULES.md).
//
// Memory is bounded: each direction, each connection and the whole have a byte budget for what waits behind a
// hole; the connection table has a size. At a bound the oldest waiting data is released with a typed gap, or
// the longest idle connection is closed and marked evicted.
#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>

#include "analyzer/stream/segment_sink.hpp"
#include "analyzer/stream/stream_sink.hpp"
#include "analyzer/stream/tracker_limits.hpp"
#include "analyzer/wire/tcp_segment.hpp"

namespace plaintalk::analyzer {

class TrackerState;

class ConnectionTracker {
 public:
  // `segments`, if there is one, hears about every segment.
  ConnectionTracker(TrackerLimits limits, StreamSink& sink, SegmentSink* segments = nullptr);
  ~ConnectionTracker();

  void segment(const TcpSegment& segment);
  // The segment will come after those that are expected already and at most Lookahead::kCount calls from now.
  // Calling it or not changes nothing but the time that segment() takes.
  void expect(const TcpSegment& segment);
  // The capture has ended: releases what waits and closes every connection, in the order of their ids.
  void finish();

  // For whoever minds the memory: how many connections are open, how many ever were, what the places that
  // are free hold, and to close those that have been idle for longest, marked as evicted.
  std::size_t open_count() const;
  std::uint64_t opened_count() const;
  std::size_t spare_bytes() const;
  void give_up_longest_idle(std::size_t count);

 private:
  std::unique_ptr<TrackerState> state_;
};

}  // namespace plaintalk::analyzer
