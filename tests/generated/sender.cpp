#include "tests/generated/sender.hpp"

#include <algorithm>
#include <array>
#include <utility>

#include "tests/golden/lab.hpp"

namespace plaintalk::generated {
namespace {

namespace flag = capture::tcp_flag;
using std::chrono::microseconds;
using std::chrono::milliseconds;

constexpr microseconds kBetweenSegments(10);
constexpr microseconds kToAcknowledge(200);  // from the segment at the tap to its acknowledgement there
constexpr milliseconds kTimeout(250);

Endpoint as_ipv6(const Endpoint& endpoint) {
  std::array<std::uint8_t, 16> bytes{0x20, 0x01, 0x0d, 0xb8};
  bytes[15] = static_cast<std::uint8_t>(endpoint.port & 0xFF);
  bytes[14] = static_cast<std::uint8_t>(endpoint.port >> 8);
  return {IpAddress::v6(Bytes(bytes)), endpoint.port};
}

}  // namespace

bool Wire::Segment::has(FaultKind kind) const { return std::ranges::find(faults, kind) != faults.end(); }
bool Wire::Segment::is_lost() const {
  return has(FaultKind::lost_before) || has(FaultKind::lost_after) || has(FaultKind::repeated_merged) ||
         has(FaultKind::repeated_shifted);
}

Wire::Wire(const Plan& plan, std::size_t index, const Conversation& conversation, Generated& generated,
           std::vector<CapturedPacket>& packets)
    : plan_(plan), index_(index), generated_(generated), packets_(packets) {
  sides_[0].endpoint = conversation.clients[index];
  sides_[1].endpoint = golden::server_endpoint();
  if (plan.is_ipv6)
    for (Side& side : sides_) side.endpoint = as_ipv6(side.endpoint);
  const auto number = static_cast<std::uint32_t>(index);
  sides_[0].first = plan.wraps ? 0xFFFFFF80U - 7 * number : 1'000'000 + 50'000'000 * number;
  sides_[1].first = plan.wraps ? 0xFFFFFFC0U + 3 * number : 3'000'000'000U + 50'000'000 * number;
  sides_[1].ip_id = 20'000;
}

std::string Wire::packet(std::size_t from, std::uint64_t at, std::uint8_t flags, std::string_view bytes) {
  Side& side = sides_[from];
  const Side& other = sides_[1 - from];
  std::string result;
  capture::append_ip_packet(
      {.source = side.endpoint,
       .target = other.endpoint,
       .sequence = side.first + ((flags & flag::kSyn) != 0 ? 0 : 1) + static_cast<std::uint32_t>(at),
       .acknowledgement =
           (flags & flag::kAck) == 0
               ? 0
               : other.first + 1 + static_cast<std::uint32_t>(side.received) + (side.fin_received ? 1 : 0),
       .flags = flags,
       .maximum_segment_size = static_cast<std::uint16_t>((flags & flag::kSyn) != 0 ? 1400 : 0),
       .ip_id = side.ip_id++,
       .payload = bytes},
      result);
  return result;
}

void Wire::open(WallTime& now) {
  std::string syn = packet(0, 0, flag::kSyn, {});
  std::string answer = packet(1, 0, flag::kSyn | flag::kAck, {});
  const bool has_syn = !(plan_.misses_syn && index_ == 0);
  const bool has_answer = !(plan_.misses_syn_ack && index_ == 0);
  if (has_syn) {
    truth(0).first_sequence = sides_[0].first;
    capture(now, std::move(syn));
  }
  if (has_answer) {
    truth(1).first_sequence = sides_[1].first;
    capture(now + kToAcknowledge, std::move(answer));
  }
  capture(now + 2 * kToAcknowledge, packet(0, 0, flag::kAck, {}));
  now += milliseconds(1);
}

std::vector<Wire::Segment> Wire::cut(const Burst& burst, std::uint64_t begin,
                                     const std::vector<Fault>& faults) {
  std::vector<Segment> segments;
  for (std::size_t at = 0; at < burst.bytes.size(); at += plan_.segment_size)
    segments.push_back({begin + at, std::string_view(burst.bytes).substr(at, plan_.segment_size), {}});
  for (const Fault& fault : faults) {
    Segment& segment = segments[fault.segment % segments.size()];
    const bool is_own = fault.kind != FaultKind::keep_alive && fault.kind != FaultKind::clock_back &&
                        fault.kind != FaultKind::clock_forward;
    const bool is_ack = fault.kind == FaultKind::missed_ack;
    // One fate a segment, besides that of its acknowledgement.
    const bool is_free =
        std::ranges::none_of(segment.faults, [](FaultKind kind) { return kind != FaultKind::missed_ack; });
    if (is_own && (is_ack || is_free)) segment.faults.push_back(fault.kind);
  }
  return segments;
}

void Wire::acknowledge(WallTime time, std::size_t from, bool is_missed) {
  std::string bytes = packet(from, sides_[from].sent, flag::kAck, {});
  if (!is_missed) capture(time, std::move(bytes));
}

void Wire::transmit(WallTime time, std::size_t from, const Segment& segment) {
  Side& side = sides_[from];
  std::string bytes = packet(from, segment.begin, flag::kAck | flag::kPsh, segment.bytes);
  if (segment.has(FaultKind::missed)) {
    truth(from).gap_bytes += segment.bytes.size();
    generated_.is_complete = false;
    return;
  }
  if (segment.has(FaultKind::lost_before)) return;
  truth(from).bytes += segment.bytes.size();
  side.captured_high = std::max(side.captured_high, segment.end());
  if (segment.has(FaultKind::network_copy)) {
    ++truth(from).network_copies;
    capture(time + microseconds(5), bytes);
  }
  capture(time, std::move(bytes));
}

void Wire::repair(WallTime time, std::size_t from, const Segment& segment, const Segment* next) {
  Side& side = sides_[from];
  SideTruth& own = truth(from);
  std::string bytes(segment.bytes);
  std::uint64_t begin = segment.begin;
  if (segment.has(FaultKind::lost_before)) {
    own.bytes += segment.bytes.size();
    // Nobody can tell a repeat from a first transmission when nothing above was captured before.
    if (side.captured_high > segment.begin) ++own.retransmitted_packets;
    side.captured_high = std::max(side.captured_high, segment.end());
  } else {
    if (segment.has(FaultKind::repeated_shifted)) {
      begin += segment.bytes.size() / 2;
      bytes.erase(0, segment.bytes.size() / 2);
    }
    // Only where the next one had been captured: then all of it is a repeat.
    if (next && segment.has(FaultKind::repeated_merged) && next->faults.empty()) bytes += next->bytes;
    ++own.retransmitted_packets;
    own.retransmitted_bytes += bytes.size();
  }
  capture(time, packet(from, begin, flag::kAck | flag::kPsh, bytes));
}

void Wire::stay_silent(WallTime& now) {
  now += std::chrono::seconds(60);
  Side& client = sides_[0];
  ++truth(0).keep_alives;
  capture(now, packet(0, client.sent - 1, flag::kAck, {}));
  acknowledge(now + kToAcknowledge, 1, false);
  now += milliseconds(1);
}

void Wire::send(WallTime& now, const Burst& burst, const std::vector<Fault>& faults) {
  const auto from = static_cast<std::size_t>(burst.direction);
  Side& side = sides_[from];
  Side& receiver = sides_[1 - from];
  for (const Fault& fault : faults) {
    if (fault.kind == FaultKind::keep_alive && sides_[0].sent > 0) stay_silent(now);
    if (fault.kind == FaultKind::clock_back) step_ -= std::chrono::seconds(3);
    if (fault.kind == FaultKind::clock_forward) step_ += std::chrono::seconds(3);
    if (step_ != Nanoseconds(0)) generated_.has_clock_steps = true;
  }
  std::vector<Segment> segments = cut(burst, side.sent, faults);
  side.sent += burst.bytes.size();
  std::vector<std::size_t> order(segments.size());
  for (std::size_t index = 0; index < order.size(); ++index) order[index] = index;
  for (std::size_t index = 0; index + 1 < order.size(); ++index) {
    if (!segments[index].has(FaultKind::exchanged)) continue;
    // Only packets that are both captured overtake each other visibly.
    if (!segments[index + 1].faults.empty()) continue;
    ++truth(from).exchanged_packets;
    std::swap(order[index], order[index + 1]);
    ++index;
  }
  // The sender numbers its packets as it sends them, the network changes their order.
  const WallTime start = now;
  std::vector<WallTime> times(segments.size());
  for (std::size_t place = 0; place < order.size(); ++place)
    times[order[place]] = start + static_cast<std::int64_t>(place) * kBetweenSegments;
  for (std::size_t index = 0; index < segments.size(); ++index) transmit(times[index], from, segments[index]);
  std::vector<bool> arrived(segments.size());
  const auto receive = [&](WallTime time, std::size_t index) {
    arrived[index] = true;
    for (std::size_t next = 0; next < segments.size(); ++next)
      if (arrived[next] && segments[next].begin == receiver.received)
        receiver.received = segments[next].end();
    acknowledge(time + kToAcknowledge, 1 - from, segments[index].has(FaultKind::missed_ack));
  };
  for (const std::size_t index : order)
    if (!segments[index].is_lost()) receive(times[index], index);
  now = times[order.back()] + milliseconds(1);
  for (std::size_t index = 0; index < segments.size(); ++index) {
    if (!segments[index].is_lost()) continue;
    now += kTimeout;
    repair(now, from, segments[index], index + 1 < segments.size() ? &segments[index + 1] : nullptr);
    receive(now, index);
  }
  now += milliseconds(2);
}

void Wire::close(WallTime& now) {
  ConnectionTruth& connection = generated_.connections[index_];
  const bool resets = plan_.close == Close::client_reset;
  const std::size_t first = plan_.close == Close::server_fin ? 1 : 0;
  connection.first_ending = resets ? analyzer::Ending::rst : analyzer::Ending::fin;
  connection.first_to_end = static_cast<analyzer::Direction>(first);
  capture(now,
          packet(first, sides_[first].sent, resets ? flag::kRst | flag::kAck : flag::kFin | flag::kAck, {}));
  if (!resets) {
    sides_[1 - first].fin_received = true;
    capture(now + kToAcknowledge, packet(1 - first, sides_[1 - first].sent, flag::kFin | flag::kAck, {}));
    sides_[first].fin_received = true;
    capture(now + 2 * kToAcknowledge, packet(first, sides_[first].sent + 1, flag::kAck, {}));
  }
  now += milliseconds(5);
}

}  // namespace plaintalk::generated
