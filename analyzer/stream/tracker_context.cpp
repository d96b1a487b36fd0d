#include "analyzer/stream/tracker_context.hpp"

namespace plaintalk::analyzer {

std::string_view name_of(GapCause cause) {
  switch (cause) {
    case GapCause::truncated: return "truncated";
    case GapCause::capture_loss: return "capture loss";
    case GapCause::open: return "open";
    case GapCause::skipped_by_limit: return "skipped by limit";
    case GapCause::before_start: return "before start";
  }
  return "unknown";
}

std::string_view name_of(TcpConfidence confidence) {
  switch (confidence) {
    case TcpConfidence::certain: return "certain";
    case TcpConfidence::likely: return "likely";
    case TcpConfidence::ambiguous: return "ambiguous";
  }
  return "unknown";
}

void report(TrackerContext& context, const Flow& flow, Direction direction, const TcpSegment& segment,
            const TcpVerdict& verdict, StreamExtent extent, std::string evidence) {
  TcpEvent event;
  event.time = segment.time;
  event.packet = segment.packet;
  event.connection = flow.id;
  event.direction = direction;
  event.verdict = verdict.name;
  event.offset = static_cast<std::uint64_t>(std::max<std::int64_t>(extent.offset, 0));
  event.length = static_cast<std::uint64_t>(std::max<std::int64_t>(extent.length, 0));
  event.rule = verdict.rule;
  event.confidence = name_of(verdict.confidence);
  event.evidence = std::move(evidence);
  context.sink.event(event);
}

PacketSummary summary_of(const TcpSegment& segment) {
  return {segment.packet, segment.time, segment.ip_id, segment.timestamp_value};
}

SendOrder order_of(const PacketSummary& reference, const TcpSegment& segment, std::uint8_t ip_id_trust,
                   std::string* evidence) {
  const auto with = [&](SendOrder order, const std::string& text) {
    if (evidence != nullptr) *evidence = text + packet_text(reference.packet);
    return order;
  };
  if (segment.ip_id != 0 && reference.ip_id != 0 && segment.ip_id != reference.ip_id &&
      ip_id_trust >= kIdTrustMin) {
    const bool lower = static_cast<std::int16_t>(segment.ip_id - reference.ip_id) < 0;
    return with(lower ? SendOrder::before : SendOrder::after, "IP-ID " + std::to_string(segment.ip_id) +
                                                                  (lower ? " is below " : " is above ") +
                                                                  std::to_string(reference.ip_id) + " of ");
  }
  if (segment.timestamp_value && reference.timestamp && *segment.timestamp_value != *reference.timestamp) {
    const bool lower = static_cast<std::int32_t>(*segment.timestamp_value - *reference.timestamp) < 0;
    return with(lower ? SendOrder::before : SendOrder::after,
                std::string("its time stamp is ") + (lower ? "older" : "newer") + " than that of ");
  }
  return SendOrder::unknown;
}

std::string packet_text(std::uint64_t packet) { return "packet " + std::to_string(packet); }

std::string duration_text(Nanoseconds span) {
  std::string text = render_seconds(span);
  text.resize(text.size() - 3);  // microseconds are what captures have
  return text + " s";
}

}  // namespace plaintalk::analyzer
