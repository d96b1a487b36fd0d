#include "tests/generated/sender.hpp"

#include <algorithm>
#include <array>
#include <iterator>
#include <utility>

#include "tests/generated/tcp_options.hpp"
#include "tests/golden/lab.hpp"

namespace plaintalk::generated {
namespace {

namespace flag = capture::tcp_flag;
using std::chrono::microseconds;
using std::chrono::milliseconds;

constexpr microseconds kBetweenSegments(10);
constexpr microseconds kToAcknowledge(200);  // from the segment at the tap to its acknowledgement there
constexpr milliseconds kTimeout(250);
constexpr microseconds kCopyDelay(5);

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
         has(FaultKind::repeated_shifted) || has(FaultKind::contradicted);
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

std::string Wire::packet(WallTime sent, std::size_t from, std::uint64_t at, std::uint8_t flags,
                         std::string_view bytes, const std::vector<Block>& blocks) {
  Side& side = sides_[from];
  Side& other = sides_[1 - from];
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
  if ((flags & flag::kRst) != 0) return result;
  TcpOptions options;
  options.sack_permitted = plan_.has_sack && (flags & flag::kSyn) != 0;
  options.has_stamps = plan_.has_stamps;
  // A clock of milliseconds that began at another time on each side.
  options.stamp =
      static_cast<std::uint32_t>(std::chrono::floor<milliseconds>(sent).time_since_epoch().count() +
                                 static_cast<std::int64_t>(from) * 1'000'000);
  if ((flags & flag::kAck) != 0) options.echo = side.last_stamp;
  for (const Block& block : blocks)
    options.blocks.emplace_back(other.first + 1 + static_cast<std::uint32_t>(block.begin),
                                other.first + 1 + static_cast<std::uint32_t>(block.end));
  add_options(result, options);
  if ((flags & flag::kSyn) != 0) other.last_stamp = options.stamp;
  return result;
}

void Wire::open(WallTime& now) {
  const bool has_syn = !(plan_.misses_syn && index_ == 0);
  const bool has_answer = !(plan_.misses_syn_ack && index_ == 0);
  const auto send_syn = [&](std::size_t from, WallTime time) {
    std::string syn = packet(time, from, 0, from == 0 ? flag::kSyn : flag::kSyn | flag::kAck, {});
    if (!(from == 0 ? has_syn : has_answer)) return;
    truth(from).first_sequence = sides_[from].first;
    capture(time, std::move(syn));
  };
  const auto send_all = [&](std::size_t from, bool again) {
    send_syn(from, now);
    if (!again) return;
    now += std::chrono::seconds(1);
    send_syn(from, now);
    if (from == 0 ? has_syn : has_answer) ++generated_.connections[index_].repeated_flags;
  };
  send_all(0, plan_.repeats_syn);
  now += kToAcknowledge;
  send_all(1, plan_.repeats_syn_ack);
  now += kToAcknowledge;
  capture(now, packet(now, 0, 0, flag::kAck, {}));
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

void Wire::acknowledge(WallTime time, std::size_t from, bool is_missed, const std::vector<Block>& blocks) {
  std::string bytes = packet(time, from, sides_[from].sent, flag::kAck, {}, blocks);
  if (!is_missed) capture(time, std::move(bytes));
}

void Wire::transmit(WallTime time, std::size_t from, const Segment& segment) {
  Side& side = sides_[from];
  std::string bytes = packet(time, from, segment.begin, flag::kAck | flag::kPsh, segment.bytes);
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
    capture(time + kCopyDelay, bytes);
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
    if (segment.has(FaultKind::contradicted)) {
      bytes[bytes.size() / 2] = static_cast<char>(bytes[bytes.size() / 2] ^ 1);
      ++generated_.connections[index_].contradictions;
    }
    ++own.retransmitted_packets;
    own.retransmitted_bytes += bytes.size();
  }
  capture(time, packet(time, from, begin, flag::kAck | flag::kPsh, bytes));
}

void Wire::stay_silent(WallTime& now) {
  now += std::chrono::seconds(60);
  Side& client = sides_[0];
  ++truth(0).keep_alives;
  capture(now, packet(now, 0, client.sent - 1, flag::kAck, {}));
  acknowledge(now + kToAcknowledge, 1, false);
  now += milliseconds(1);
}

// RFC 2018, section 4: the block with the segment that has just come first, then others, as many as fit
// beside a time stamp.
std::vector<Wire::Block> Wire::blocks_of(const std::vector<Segment>& segments,
                                         const std::vector<bool>& arrived, std::size_t latest,
                                         std::uint64_t received) const {
  std::vector<Block> blocks;
  if (!plan_.has_sack) return blocks;
  constexpr std::size_t kBlockCountMax = 3;
  for (std::size_t index = 0; index < segments.size(); ++index) {
    if (!arrived[index] || segments[index].begin < received) continue;
    if (blocks.empty() || blocks.back().end != segments[index].begin)
      blocks.push_back({segments[index].begin, segments[index].begin});
    blocks.back().end = segments[index].end();
  }
  const auto own = std::ranges::find_if(blocks, [&](const Block& block) {
    return block.begin <= segments[latest].begin && segments[latest].end() <= block.end;
  });
  if (own != blocks.end()) std::rotate(blocks.begin(), own, blocks.end());
  if (blocks.size() > kBlockCountMax) blocks.resize(kBlockCountMax);
  return blocks;
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
    const bool is_next = segments[index].begin == receiver.received;
    for (std::size_t next = 0; next < segments.size(); ++next)
      if (arrived[next] && segments[next].begin == receiver.received)
        receiver.received = segments[next].end();
    // What is echoed is the stamp of the latest packet that brought what was next (RFC 7323, section 4.3).
    if (is_next)
      receiver.last_stamp =
          static_cast<std::uint32_t>(std::chrono::floor<milliseconds>(time).time_since_epoch().count() +
                                     static_cast<std::int64_t>(from) * 1'000'000);
    const bool is_missed = segments[index].has(FaultKind::missed_ack);
    const std::vector<Block> blocks = blocks_of(segments, arrived, index, receiver.received);
    acknowledge(time + kToAcknowledge, 1 - from, is_missed, blocks);
    if (!segments[index].has(FaultKind::network_copy) || !plan_.has_sack) return;
    std::vector<Block> again = {{segments[index].begin, segments[index].end()}};
    again.insert(again.end(), blocks.begin(),
                 blocks.begin() + std::min<std::ptrdiff_t>(2, std::ssize(blocks)));
    acknowledge(time + kCopyDelay + kToAcknowledge, 1 - from, is_missed, again);
    if (!is_missed) ++truth(from).told_copies;
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
  if (resets) {
    capture(now, packet(now, first, sides_[first].sent, flag::kRst | flag::kAck, {}));
  } else {
    finish_first(now, first);
    sides_[1 - first].fin_received = true;
    capture(now + kToAcknowledge,
            packet(now + kToAcknowledge, 1 - first, sides_[1 - first].sent, flag::kFin | flag::kAck, {}));
    sides_[first].fin_received = true;
    capture(now + 2 * kToAcknowledge,
            packet(now + 2 * kToAcknowledge, first, sides_[first].sent + 1, flag::kAck, {}));
  }
  now += milliseconds(5);
}

void Wire::finish_first(WallTime& now, std::size_t first) {
  const auto fin = [&](WallTime time) {
    return packet(time, first, sides_[first].sent, flag::kFin | flag::kAck, {});
  };
  std::string original = fin(now);
  if (plan_.fin == FinFate::once) return capture(now, std::move(original));
  ++generated_.connections[index_].repeated_flags;
  const WallTime sent = now;
  now += kTimeout;
  std::string repeat = fin(now);
  // Where every packet comes twice and nothing but its bytes tells it, one of two equal FINs is a copy.
  const bool is_undecidable = plan_.is_ipv6 && !plan_.has_stamps && plan_.copies != Copies::none;
  if (plan_.fin == FinFate::repeated || is_undecidable) {
    capture(sent, std::move(original));
    return capture(now, std::move(repeat));
  }
  capture(now, std::move(repeat));
  now += milliseconds(
      5);  // sooner, and nothing but an IP-ID would tell it from a packet that was captured twice
  capture(now, std::move(original));
}

}  // namespace plaintalk::generated
