// Follows every TCP connection of a capture: finds its roles, puts its bytes in order, judges its packets
// (docs/TCP_RULES.md).
//
// Memory is bounded: each direction, each connection and the whole have a byte budget for what waits behind a
// hole; the connection table has a size. At a bound the oldest waiting data is released with a typed gap, or
// the longest idle connection is closed and marked evicted.
#pragma once

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
  // The capture has ended: releases what waits and closes every connection, in the order of their ids.
  void finish();

 private:
  std::unique_ptr<TrackerState> state_;
};

}  // namespace plaintalk::analyzer
