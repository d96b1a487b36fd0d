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
  event.connection = flow.report.id;
  event.direction = direction;
  event.verdict = verdict.name;
  event.offset = static_cast<std::uint64_t>(std::max<std::int64_t>(extent.offset, 0));
  event.length = static_cast<std::uint64_t>(std::max<std::int64_t>(extent.length, 0));
  event.rule = verdict.rule;
  event.confidence = name_of(verdict.confidence);
  event.evidence = std::move(evidence);
  context.sink.event(event);
}

std::string packet_text(std::uint64_t packet) { return "packet " + std::to_string(packet); }

std::string duration_text(Nanoseconds span) {
  std::string text = render_seconds(span);
  text.resize(text.size() - 3);  // microseconds are what captures have
  return text + " s";
}

}  // namespace plaintalk::analyzer
