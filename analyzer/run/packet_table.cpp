#include "analyzer/run/packet_table.hpp"

#include <algorithm>
#include <utility>

#include "base/check.hpp"

namespace plaintalk::analyzer {
namespace {

constexpr std::size_t kRingSizeMin = 64;
constexpr std::size_t kVerdictsSizeMax = 200;  // a hostile packet can be judged without end

std::uint64_t number_of(ConnectionId id) { return static_cast<std::uint64_t>(id); }

void mark(PacketResult& row, std::uint64_t pdu) {
  if (row.first_pdu == 0 || pdu < row.first_pdu) row.first_pdu = pdu;
  row.last_pdu = std::max(row.last_pdu, pdu);
}

bool holds_word(std::string_view words, std::string_view word) {
  for (std::size_t at = words.find(word); at != words.npos; at = words.find(word, at + 1)) {
    const bool begins = at == 0 || words[at - 1] == ',';
    const bool ends = at + word.size() == words.size() || words[at + word.size()] == ',';
    if (begins && ends) return true;
  }
  return false;
}

}  // namespace

PacketResult& PacketTable::add(const PacketRecord& record) {
  if (count_ == waiting_count_max_) write_first(true);
  if (count_ == ring_.size()) {
    std::vector<PacketResult> larger(std::max(kRingSizeMin, ring_.size() * 2));
    for (std::size_t index = 0; index < count_; ++index)
      larger[(first_packet_ + index) & (larger.size() - 1)] =
          std::move(ring_[(first_packet_ + index) & (ring_.size() - 1)]);
    ring_ = std::move(larger);
  }
  if (count_ == 0) first_packet_ = record.number;
  check(record.number == first_packet_ + count_, "packets are numbered without holes");
  PacketResult& row = ring_[record.number & (ring_.size() - 1)];
  row = PacketResult{};
  ++count_;
  row.packet = record.number;
  row.time = record.time;
  if (!start_) start_ = record.time;
  row.since_start = plausible_time(record.time) - plausible_time(*start_);
  row.frame_bytes = record.original_size;
  return row;
}

void PacketTable::packet(const PacketRecord& record, SkipReason reason) {
  add(record).no_segment = name_of(reason);
}

void PacketTable::packet(const PacketRecord& record, const TcpSegment& segment) {
  PacketResult& row = add(record);
  row.ip_bytes = segment.ip_size;
  row.payload_bytes = segment.payload_size;
  row.flags = segment.flags;
  row.raw_sequence = segment.sequence;
  row.raw_acknowledgement = segment.acknowledgement;
  row.window = segment.window;
  row.ttl = segment.ttl;
  if (!segment.source.address.is_v6) row.ip_id = segment.ip_id;
  row.mss = segment.mss;
  row.offered_shift = segment.window_shift;
  row.sack_permitted = segment.sack_permitted;
  row.timestamp_value = segment.timestamp_value;
  row.timestamp_echo = segment.timestamp_echo;
}

PacketResult* PacketTable::find(std::uint64_t packet) {
  if (packet < first_packet_ || packet >= first_packet_ + count_) return nullptr;
  return &ring_[packet & (ring_.size() - 1)];
}

void PacketTable::segment(const JudgedSegment& judged) {
  if (is_stopped_) return;
  PacketResult* const row = find(judged.segment.packet);
  if (row == nullptr) return;  // it waited too long for its connection, and was counted as early
  if (row->connection != ConnectionId{}) return further_segment(*row, judged);
  row->connection = judged.connection;
  row->direction = judged.direction;
  row->is_copy = judged.is_copy;
  row->sequence = judged.sequence;
  row->acknowledgement = judged.acknowledgement;
  row->window_shift = judged.window_shift;
  if (judged.acknowledgement) {
    row->sack_count = judged.segment.sack_count;
    for (std::size_t index = 0; index < row->sack_count; ++index) {
      const SackBlock& block = judged.segment.sack[index];
      const std::int64_t begin =
          *judged.acknowledgement + static_cast<std::int32_t>(block.left - judged.segment.acknowledgement);
      row->sack[index] = {begin, begin + static_cast<std::int32_t>(block.right - block.left)};
    }
  }
  Connection& connection = connections_[number_of(judged.connection)];
  ++connection.waiting_count;
  if (judged.is_copy) return;
  acknowledge(connection, *row);
  if (!row->flags.rst) take(connection, *row, judged);
}

// A frame can hold several segments (802.11 aggregates) and has one row, which shows the first. Of the others
// only their acknowledgement is taken; the bytes they bring are as if they had not been captured.
void PacketTable::further_segment(const PacketResult& row, const JudgedSegment& judged) {
  const auto known = connections_.find(number_of(judged.connection));
  if (known == connections_.end() || judged.is_copy) return;
  PacketResult other;
  other.packet = row.packet;
  other.time = row.time;
  other.direction = judged.direction;
  other.acknowledgement = judged.acknowledgement;
  acknowledge(known->second, other);
}

void PacketTable::acknowledge(Connection& connection, PacketResult& row) {
  if (!row.acknowledgement) return;
  Side& sender = connection.side(reverse(row.direction));
  sender.watch.acknowledged(*row.acknowledgement, row, acknowledged_);
  row.acks_packet = acknowledged_.highest;
  row.rtt = acknowledged_.rtt;
  for (const std::uint64_t packet : acknowledged_.packets)
    if (PacketResult* const acknowledged = find(packet)) acknowledged->acked_by_packet = row.packet;
}

void PacketTable::take(Connection& connection, PacketResult& row, const JudgedSegment& judged) {
  Side& side = connection.side(row.direction);
  const std::int64_t end =
      row.sequence + std::int64_t{row.payload_bytes} + (row.flags.syn ? 1 : 0) + (row.flags.fin ? 1 : 0);
  if (end == row.sequence) {
    side.watch.numbered(row.sequence);
  } else {
    side.watch.sent({{row.sequence, end}, row.packet, row.time}, judged.confirmed, row.flags.syn);
  }
  if (row.payload_bytes == 0) return;
  if (const auto bytes = side.watch.bytes_in_flight()) {
    // SYN and FIN stand for no byte.
    const std::uint64_t virtual_bytes = row.flags.syn || row.flags.fin ? 1 : 0;
    row.bytes_in_flight = *bytes > virtual_bytes ? *bytes - virtual_bytes : 0;
  }
  const std::int64_t offset = row.sequence + (row.flags.syn ? 1 : 0) - judged.first_byte;
  const std::uint64_t original =
      side.pdus.add_carrier({offset, offset + std::int64_t{row.payload_bytes}, row.packet},
                            row.first_pdu != 0, [&](std::uint64_t pdu) { mark(row, pdu); });
  if (original == 0) return;
  const PacketResult& first = *find(original);
  row.first_pdu = first.first_pdu;
  row.last_pdu = first.last_pdu;
}

void PacketTable::verdict(const TcpEvent& event) {
  PacketResult* const row = find(event.packet);
  if (row == nullptr || holds_word(row->verdicts, event.verdict)) return;
  if (row->verdicts.size() + event.verdict.size() >= kVerdictsSizeMax) return;
  if (!row->verdicts.empty()) row->verdicts += ',';
  row->verdicts += event.verdict;
}

void PacketTable::pdu(const PduResult& pdu) {
  // Without a waiting row there is none to mark, and of the frame that the packet at hand completes the last
  // one is.
  const auto known = connections_.find(number_of(pdu.connection));
  if (known == connections_.end() && find(pdu.last.packet) == nullptr) return;
  Side& side = connections_[number_of(pdu.connection)].side(pdu.direction);
  side.pdus.add_frame(pdu, [&](std::uint64_t packet, std::uint64_t number) {
    if (PacketResult* const row = find(packet)) mark(*row, number);
  });
}

void PacketTable::write_first(bool is_early) {
  PacketResult& row = ring_[first_packet_ & (ring_.size() - 1)];
  ++first_packet_;
  --count_;
  const auto found = connections_.find(number_of(row.connection));
  bool was_waiting = row.no_segment.empty() && row.connection == ConnectionId{};
  if (found != connections_.end()) {
    Connection& connection = found->second;
    Side& side = connection.side(row.direction);
    side.pdus.forget(row.packet);
    if (row.acked_by_packet == 0 && !row.is_copy) was_waiting = side.watch.forget(row.packet) || was_waiting;
    if (--connection.waiting_count == 0) connections_.erase(found);
  }
  if (is_early && was_waiting) ++early_count_;
  const Row cells = row_of(row);
  for (RowSink* const sink : sinks_) sink->row(cells);
}

void PacketTable::stop() {
  is_stopped_ = true;
  count_ = 0;
  ring_ = {};
  connections_ = {};
}

void PacketTable::finish() {
  while (count_ > 0) write_first(false);
}

}  // namespace plaintalk::analyzer
