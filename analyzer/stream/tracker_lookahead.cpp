// What the tracker does for packets that are still to come.
#include "analyzer/stream/prefetch.hpp"
#include "analyzer/stream/tracker_state.hpp"

namespace plaintalk::analyzer {

// First the place in the table; some packets later it says where the connection is; and when that has come,
// where its parts are.
void TrackerState::expect(const TcpSegment& segment) {
  constexpr std::size_t kTableAhead = 8;
  constexpr std::size_t kFlowAhead = 16;
  const FlowPlace place = FlowPlace::of(segment, table);
  lookahead.expect(segment.packet, place);
  table.prefetch(place.hash);
  const auto flow_of = [&](std::size_t count) -> const Flow* {
    const FlowPlace* const before = lookahead.before_newest(count);
    const auto index = before != nullptr ? table.probable(before->hash) : std::nullopt;
    return index && !is_attempt(*index) ? &flows[*index] : nullptr;
  };
  if (const Flow* const flow = flow_of(kTableAhead)) prefetch(flow);
  if (const Flow* const flow = flow_of(kFlowAhead))
    for (const DirectionState& state : flow->directions) state.prefetch_cold();
}

}  // namespace plaintalk::analyzer
