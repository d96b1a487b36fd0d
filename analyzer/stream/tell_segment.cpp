#include "analyzer/stream/rules.hpp"

namespace plaintalk::analyzer {
namespace {

// Which of the two numbers in FlowKey's order a direction has.
std::size_t place_of(const Flow& flow, Direction direction) {
  return (direction == Direction::client_to_server) == flow.client_is_lower ? 0 : 1;
}

// The relative number of stream offset 0.
std::int64_t first_byte_of(const Flow& flow, Direction direction) {
  const DirectionState& state = flow.state(direction);
  const std::uint32_t zero = flow.wireshark.base[place_of(flow, direction)];
  return state.base_known ? static_cast<std::int32_t>(state.base_seq - zero) : 1;
}

std::int64_t relative(const Flow& flow, Direction direction, std::uint32_t number) {
  const DirectionState& state = flow.state(direction);
  if (state.base_known) return state.offset_of(number) + first_byte_of(flow, direction);
  return static_cast<std::int32_t>(number - flow.wireshark.base[place_of(flow, direction)]);
}

}  // namespace

void tell_segment(SegmentSink& sink, const Flow& flow, Direction direction, const TcpSegment& segment,
                  bool is_copy) {
  const DirectionState& state = flow.state(direction);
  JudgedSegment judged{.segment = segment,
                       .connection = flow.id,
                       .direction = direction,
                       .is_copy = is_copy,
                       .sequence = 0,
                       .acknowledgement = {},
                       .first_byte = 1,
                       .window_shift = {},
                       .confirmed = {}};
  judged.sequence = relative(flow, direction, segment.sequence);
  judged.first_byte = first_byte_of(flow, direction);
  if (segment.flags.ack) judged.acknowledgement = relative(flow, reverse(direction), segment.acknowledgement);
  if (segment.flags.syn) {
    judged.window_shift = std::uint8_t{0};
  } else if (state.shift_known) {
    judged.window_shift = state.shift;
  }
  if (state.una_known) judged.confirmed = state.confirmed() + judged.first_byte;
  sink.segment(judged);
}

}  // namespace plaintalk::analyzer
