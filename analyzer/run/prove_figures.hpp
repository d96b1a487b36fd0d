// The numbers of an analysis that --prove compares.
#pragma once

#include <cstdint>
#include <functional>
#include <map>
#include <string>
#include <string_view>
#include <vector>

#include "analyzer/run/merged_capture.hpp"
#include "analyzer/wire/overlap_policy.hpp"

namespace plaintalk::analyzer {

enum class Figure : std::uint8_t {
  packets,
  segments,
  connections,
  bytes,
  gap_bytes,
  truncated_bytes,
  retransmitted_packets,
  out_of_order_packets,
  ambiguous_packets,
  copies,
  pdus,
  broken_pdus,
  messages,
  deliveries,
  missing_deliveries,
  logins,
  files,
  high_findings,
  rtt_samples,
};
inline constexpr std::size_t kFigureCount = 19;
std::string_view name_of(Figure figure);

struct Figures {
  std::map<Figure, std::uint64_t> values;
  // Of each message: room, number, sender and text.
  std::vector<std::string> messages;
  // Files that were put together by time are then no longer in the order of the original.
  bool has_times_that_go_back = false;
  bool has_equal_times = false;

  std::uint64_t operator[](Figure figure) const {
    const auto found = values.find(figure);
    return found == values.end() ? 0 : found->second;
  }
};

Figures figures_of(MergedCapture& capture, std::uint16_t server_port, OverlapPolicy overlap,
                   const std::function<void()>& keep_going);

}  // namespace plaintalk::analyzer
