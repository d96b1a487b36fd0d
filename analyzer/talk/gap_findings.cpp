#include "analyzer/talk/gap_findings.hpp"

#include <algorithm>
#include <string>

namespace plaintalk::analyzer {
namespace {

std::string place_of(const StreamGap& gap) {
  return std::to_string(gap.size) + " bytes from the " +
         (gap.direction == Direction::client_to_server ? "client" : "server") + " at offset " +
         std::to_string(gap.offset) + " of connection " +
         std::to_string(static_cast<std::uint64_t>(gap.connection));
}

}  // namespace

void GapFindings::gap(const StreamGap& gap, Findings& findings) {
  if (gap.cause == GapCause::before_start) return;
  const auto finding =
      findings.add("capture-gap", gap.time, gap.connection, {gap.packet},
                   place_of(gap) + " are not in the capture (" + std::string(name_of(gap.cause)) + ")");
  if (finding && entries_.size() < kCountMax) entries_.push_back({gap, *finding, 0});
}

void GapFindings::event(const TcpEvent& event, Findings& findings) {
  // What fills a hole is a late capture, out of order, or a repeat of what was not captured.
  if (event.rule != 14 && event.rule != 15 && event.rule != 30) return;
  for (Entry& entry : entries_) {
    if (entry.gap.direction != event.direction) continue;
    const std::uint64_t begin = std::max(entry.gap.offset, event.offset);
    const std::uint64_t end = std::min(entry.gap.offset + entry.gap.size, event.offset + event.length);
    if (begin >= end) continue;
    entry.found = std::min(entry.gap.size, entry.found + (end - begin));
    findings.change(
        entry.finding, event.packet,
        place_of(entry.gap) + " were missing when they were needed; " + std::to_string(entry.found) +
            " of them were captured too late to be read, the last in packet " + std::to_string(event.packet));
  }
}

}  // namespace plaintalk::analyzer
