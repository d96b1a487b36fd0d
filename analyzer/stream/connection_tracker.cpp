#include "analyzer/stream/connection_tracker.hpp"

#include "analyzer/stream/tracker_state.hpp"

namespace plaintalk::analyzer {

ConnectionTracker::ConnectionTracker(TrackerLimits limits, StreamSink& sink, SegmentSink* segments)
    : state_(std::make_unique<TrackerState>(limits, sink, segments)) {}
ConnectionTracker::~ConnectionTracker() = default;
void ConnectionTracker::segment(const TcpSegment& segment) { state_->segment(segment); }
void ConnectionTracker::finish() { state_->finish(); }

}  // namespace plaintalk::analyzer
