#include "analyzer/wire/defragmenter.hpp"

#include <algorithm>

namespace plaintalk::analyzer {
namespace {
constexpr std::size_t kDatagramSizeMax = 65535;
constexpr std::size_t kRangeCountMax = 2048;  // a datagram of the largest size and the smallest MTU has 1366
}  // namespace

Defragmenter::Verdict Defragmenter::add(const DatagramKey& key, const FragmentPiece& piece, WallTime now) {
  const std::size_t end = piece.offset + piece.wire_size;
  if (piece.wire_size == 0 || end > kDatagramSizeMax) return Verdict::bad;
  if (piece.more && piece.wire_size % 8 != 0) return Verdict::bad;

  make_room(piece.wire_size, now);
  auto [entry, is_new] = table_.try_emplace(key);
  Waiting& waiting = entry->second;
  if (is_new) {
    waiting.first_seen = now;
    waiting.order = next_order_++;
    by_age_.emplace_back(waiting.order, key);
    if (by_age_.size() > 4 * limits_.datagram_count_max) drop_finished_entries();
  }
  const bool is_wrong_size = contradicts_size(waiting, piece);
  if (is_wrong_size || waiting.ranges.count() >= kRangeCountMax) {
    if (is_wrong_size) {
      note_conflict(piece.packet);
      if (limits_.overlap == OverlapPolicy::linux_kernel) return lose(entry);
    }
    return Verdict::bad;
  }
  if (!piece.more) waiting.total_size = end;
  if (piece.offset == 0) waiting.next_header = piece.next_header;
  waiting.packet_count += piece.packet_count;
  if (!store(waiting, piece)) return lose(entry);
  if (!waiting.total_size || waiting.ranges.bytes() != *waiting.total_size) return Verdict::waiting;
  held_bytes_ -= waiting.bytes.size();
  finished_ = std::move(waiting);
  table_.erase(entry);
  datagram_ = {Bytes(finished_.bytes).first(std::min(*finished_.total_size, finished_.cut_at)),
               *finished_.total_size, finished_.next_header, finished_.packet_count};
  return Verdict::complete;
}

void Defragmenter::note_conflict(std::uint64_t packet) {
  if (conflicts_.count++ == 0) conflicts_.first_packet = packet;
}

// Whether it says something else about where the datagram ends.
bool Defragmenter::contradicts_size(const Waiting& waiting, const FragmentPiece& piece) {
  const std::size_t end = piece.offset + piece.wire_size;
  if (piece.more) return waiting.total_size && end > *waiting.total_size;
  return (waiting.total_size && end != *waiting.total_size) || end < waiting.ranges.end();
}

// False: the datagram is lost.
bool Defragmenter::store(Waiting& waiting, const FragmentPiece& piece) {
  const std::size_t end = piece.offset + piece.wire_size;
  const std::size_t captured_end = piece.offset + piece.bytes.size();
  if (waiting.bytes.size() < end) {
    held_bytes_ += end - waiting.bytes.size();
    waiting.bytes.resize(end);
  }
  bool conflict = false;
  for (const FragmentRange& range : waiting.ranges.all()) {
    const std::size_t common_end = std::min({range.end, captured_end, waiting.cut_at});
    for (std::size_t at = std::max(range.begin, piece.offset); at < common_end; ++at)
      conflict |= waiting.bytes[at] != piece.bytes[at - piece.offset];
  }
  const FragmentRanges::Decision decision = waiting.ranges.add(limits_.overlap, {piece.offset, end});
  const bool is_lost = decision.outcome == FragmentRanges::Outcome::datagram_lost;
  if (conflict || is_lost) note_conflict(piece.packet);
  for (const FragmentRange& range : decision.from_new) {
    std::size_t at = range.begin;
    for (; at < range.end && at < captured_end; ++at) waiting.bytes[at] = piece.bytes[at - piece.offset];
    if (at < range.end) waiting.cut_at = std::min(waiting.cut_at, at);
  }
  return !is_lost;
}

Defragmenter::Verdict Defragmenter::lose(Table::iterator entry) {
  ++conflicts_.lost_count;
  forget(entry);
  return Verdict::lost;
}

void Defragmenter::make_room(std::size_t size, WallTime now) {
  while (!by_age_.empty()) {
    const auto& [order, key] = by_age_.front();
    const auto entry = table_.find(key);
    const bool stale = entry == table_.end() || entry->second.order != order;
    const bool too_old = !stale && now - entry->second.first_seen > limits_.age_max;
    const bool too_much =
        table_.size() >= limits_.datagram_count_max || held_bytes_ + size > limits_.bytes_max;
    if (!stale && !too_old && !too_much) return;
    if (!stale) {
      ++given_up_count_;
      forget(entry);
    }
    by_age_.pop_front();
  }
}

// While the oldest datagram waits, younger ones come and go; their entries must not pile up behind it.
void Defragmenter::drop_finished_entries() {
  std::erase_if(by_age_, [&](const auto& aged) {
    const auto entry = table_.find(aged.second);
    return entry == table_.end() || entry->second.order != aged.first;
  });
}

void Defragmenter::forget(Table::iterator entry) {
  held_bytes_ -= entry->second.bytes.size();
  table_.erase(entry);
}

}  // namespace plaintalk::analyzer
