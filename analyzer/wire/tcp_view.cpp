#include "analyzer/wire/tcp_view.hpp"

namespace plaintalk::analyzer {
namespace {

enum Option : std::uint8_t {
  end_of_list = 0,
  no_operation = 1,
  maximum_segment_size = 2,
  window_scale = 3,
  sack_permitted = 4,
  sack = 5,
  timestamps = 8,
};

void read_sack(Bytes value, TcpSegment& segment) {
  if (value.size() % 8 != 0) return;
  const std::size_t count = std::min(value.size() / 8, segment.sack.size());
  for (std::size_t index = 0; index < count; ++index)
    segment.sack[index] = {be32(value, index * 8), be32(value, index * 8 + 4)};
  segment.sack_count = static_cast<std::uint8_t>(count);
}

void read_option(std::uint8_t kind, Bytes value, TcpSegment& segment) {
  switch (kind) {
    case maximum_segment_size:
      if (value.size() == 2) segment.mss = be16(value, 0);
      break;
    case window_scale:
      if (value.size() == 1) segment.window_shift = value[0];
      break;
    case sack_permitted: segment.sack_permitted = value.empty(); break;
    case sack: read_sack(value, segment); break;
    case timestamps:
      if (value.size() != 8) break;
      segment.timestamp_value = be32(value, 0);
      segment.timestamp_echo = be32(value, 4);
      break;
    default: break;
  }
}

}  // namespace

void read_tcp_options(Bytes options, TcpSegment& segment) {
  // The layout of nearly every segment of an established connection: two NOPs, then the timestamps (RFC 7323,
  // appendix A).
  if (options.size() == 12 && be32(options, 0) == 0x0101080a) {
    segment.timestamp_value = be32(options, 4);
    segment.timestamp_echo = be32(options, 8);
    return;
  }
  std::size_t at = 0;
  while (at < options.size()) {
    const std::uint8_t kind = options[at];
    if (kind == end_of_list) return;
    if (kind == no_operation) {
      ++at;
      continue;
    }
    if (at + 1 >= options.size() || options[at + 1] < 2 || at + options[at + 1] > options.size()) {
      segment.options_cut = true;
      return;
    }
    read_option(kind, options.subspan(at + 2, options[at + 1] - 2U), segment);
    at += options[at + 1];
  }
}

}  // namespace plaintalk::analyzer
