// What every rule needs besides the connection: limits, the sink, the clock of the capture, and the shared
// memory budget.
#pragma once

#include <algorithm>
#include <cstdint>
#include <functional>
#include <initializer_list>
#include <string>
#include <string_view>
#include <type_traits>

#include "analyzer/stream/byte_history.hpp"
#include "analyzer/stream/flow.hpp"
#include "analyzer/stream/packet_memory.hpp"
#include "analyzer/stream/segment_sink.hpp"
#include "analyzer/stream/stream_sink.hpp"
#include "analyzer/stream/tracker_limits.hpp"

namespace plaintalk::analyzer {

struct TrackerContext {
  TrackerContext(const TrackerLimits& tracker_limits, StreamSink& stream_sink, SegmentSink* segment_sink)
      : limits(tracker_limits),
        sink(stream_sink),
        segments(segment_sink),
        history(tracker_limits.history_bytes) {}

  const TrackerLimits limits;
  StreamSink& sink;
  SegmentSink* const segments;  // nullptr: nobody asks
  ByteHistory history;
  PacketMemory packets;
  WallTime now;  // never goes back, unlike the times of packets
  std::uint64_t waiting_bytes = 0;
  std::size_t sacked_range_count = 0;  // in all scoreboards
};

enum class TcpConfidence : std::uint8_t { certain, likely, ambiguous };
std::string_view name_of(TcpConfidence confidence);

struct TcpVerdict {
  unsigned rule = 0;
  std::string_view name;
  TcpConfidence confidence = TcpConfidence::certain;
};

// Where in the stream a verdict is about.
struct StreamExtent {
  std::int64_t offset = 0;
  std::int64_t length = 0;
};

void report(TrackerContext& context, const Flow& flow, Direction direction, const TcpSegment& segment,
            const TcpVerdict& verdict, StreamExtent extent, std::string evidence);
// The same with a function that makes the evidence: called only if somebody reads it.
template <typename MakeEvidence>
requires std::is_invocable_r_v<std::string, MakeEvidence>
void report(TrackerContext& context, const Flow& flow, Direction direction, const TcpSegment& segment,
            const TcpVerdict& verdict, StreamExtent extent, const MakeEvidence& make_evidence) {
  report(context, flow, direction, segment, verdict, extent,
         context.sink.wants_evidence(verdict.rule) ? std::string(make_evidence()) : std::string());
}

PacketSummary summary_of(const TcpSegment& segment);

// Which of two packets of one side was sent first, by the time stamp or the IP-ID, if they tell. The IP-ID
// does where it counts up: `ip_id_trust` says for how many packets it has.
enum class SendOrder : std::uint8_t { unknown, before, after };
inline constexpr std::uint8_t kIdTrustMin = 3;
SendOrder order_of(const PacketSummary& reference, const TcpSegment& segment, std::uint8_t ip_id_trust,
                   std::string* evidence = nullptr);

// "packet 12", for evidence.
std::string packet_text(std::uint64_t packet);
// "0.002041 s"
std::string duration_text(Nanoseconds span);

// Time from `earlier` to `later`, not less than 0: captures do go backwards.
inline Nanoseconds elapsed(WallTime earlier, WallTime later) {
  return later > earlier ? later - earlier : Nanoseconds(0);
}

}  // namespace plaintalk::analyzer
