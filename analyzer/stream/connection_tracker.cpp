#include "analyzer/stream/connection_tracker.hpp"

#include "analyzer/stream/tracker_state.hpp"

namespace plaintalk::analyzer {

ConnectionTracker::ConnectionTracker(TrackerLimits limits, StreamSink& sink, SegmentSink* segments)
    : state_(std::make_unique<TrackerState>(limits, sink, segments)) {}
ConnectionTracker::~ConnectionTracker() = default;
void ConnectionTracker::expect(const TcpSegment& segment) { state_->expect(segment); }
void ConnectionTracker::segment(const TcpSegment& segment) { state_->segment(segment); }
void ConnectionTracker::finish() { state_->finish(); }

std::size_t ConnectionTracker::open_count() const { return state_->flow_count(); }
std::uint64_t ConnectionTracker::opened_count() const { return state_->opened_count(); }
std::size_t ConnectionTracker::spare_bytes() const { return state_->spare_bytes(); }
void ConnectionTracker::give_up_longest_idle(std::size_t count) {
  while (count-- > 0 && state_->give_up_longest_idle()) {
  }
}

}  // namespace plaintalk::analyzer
