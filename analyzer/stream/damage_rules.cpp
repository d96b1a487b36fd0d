// Rule 29. A wrong checksum proves little by itself: offloading leaves it unfinished and merging of segments
// spoils it. But a receiver drops what is damaged, and an attacker sends such packets to fool analyzers. So
// where other packets of the direction are right, a wrong one is held until the receiver acknowledges its
// octets: then it was good enough for the only judge that counts.
#include "analyzer/stream/reassembly.hpp"
#include "analyzer/stream/rules.hpp"

namespace plaintalk::analyzer {
namespace {
constexpr std::size_t kSuspectCountMax = 16;
constexpr std::size_t kSuspectBytesMax = 65536;
}  // namespace

bool hold_suspect(TrackerContext& context, Flow& flow, Direction direction, const TcpSegment& segment) {
  Half& half = flow.half(direction);
  if (segment.checksum == ChecksumState::good) ++half.good_checksums;
  if (segment.checksum != ChecksumState::bad) return false;
  ++half.bad_checksums;
  // Mostly wrong ones mean that the capture was taken before they were filled in, or was rewritten.
  if (half.bad_checksums > half.good_checksums || !half.base_known) return false;
  report(context, flow, direction, segment, {29, "wrong checksum", TcpConfidence::certain},
         {half.offset_of(segment.sequence), segment.payload_size},
         std::to_string(half.good_checksums) +
             " other packets of this side are right; held until the receiver confirms");
  ++flow.side(direction).damaged_packets;
  if (segment.payload_size == 0 && !segment.flags.fin) return true;
  if (half.suspects.size() >= kSuspectCountMax) half.suspects.erase(half.suspects.begin());
  const std::int64_t begin = half.offset_of(segment.sequence + (segment.flags.syn ? 1U : 0U));
  const Bytes kept = segment.payload.first(std::min(segment.payload.size(), kSuspectBytesMax));
  half.suspects.push_back({begin,
                           begin + std::int64_t{segment.payload_size},
                           segment.flags.fin,
                           {kept.begin(), kept.end()},
                           segment.packet,
                           segment.time});
  return true;
}

namespace {

void admit(TrackerContext& context, Flow& flow, Direction direction, const Suspect& suspect) {
  Half& half = flow.half(direction);
  const std::int64_t begin = std::max<std::int64_t>(suspect.begin, 0);
  const std::int64_t end = half.fin ? std::min(suspect.end, *half.fin) : suspect.end;
  if (begin < end && seen_octets(half, begin, end) < end - begin) {
    --flow.side(direction).damaged_packets;
    const Bytes octets =
        Bytes(suspect.octets)
            .subspan(std::min(suspect.octets.size(), static_cast<std::size_t>(begin - suspect.begin)));
    accept(context, flow, direction, {begin, end, octets, suspect.packet, suspect.time});
  }
  if (suspect.fin && !half.fin && suspect.end >= half.high) {
    half.fin = suspect.end;
    flow.side(direction).has_fin = true;
  }
}

template <typename Wanted>
void admit_if(TrackerContext& context, Flow& flow, Direction direction, const Wanted& wanted) {
  // Taken out first: accepting calls the sink, and what waits must be consistent by then.
  std::vector<Suspect> admitted;
  std::erase_if(flow.half(direction).suspects, [&](Suspect& suspect) {
    if (!wanted(suspect)) return false;
    admitted.push_back(std::move(suspect));
    return true;
  });
  for (const Suspect& suspect : admitted) admit(context, flow, direction, suspect);
}

}  // namespace

void admit_confirmed_suspects(TrackerContext& context, Flow& flow, Direction direction) {
  const std::int64_t confirmed = flow.half(direction).una;
  admit_if(context, flow, direction,
           [&](const Suspect& suspect) { return suspect.end + (suspect.fin ? 1 : 0) <= confirmed; });
}

void admit_last_suspects(TrackerContext& context, Flow& flow, Direction direction) {
  const Half& receiver = flow.half(reverse(direction));
  admit_if(context, flow, direction, [&](const Suspect& suspect) {
    return !receiver.sent_any || receiver.last_packet < suspect.packet;
  });
}

}  // namespace plaintalk::analyzer
