#include "analyzer/wire/defragmenter.hpp"

#include <algorithm>

namespace plaintalk::analyzer {
namespace {
constexpr std::size_t kDatagramSizeMax = 65535;
constexpr std::size_t kRangeCountMax = 1024;
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
  const std::size_t known_end = waiting.ranges.empty() ? 0 : waiting.ranges.back().end;
  const bool contradicts = piece.more ? waiting.total_size && end > *waiting.total_size
                                      : (waiting.total_size && end != *waiting.total_size) || end < known_end;
  if (contradicts || waiting.ranges.size() >= kRangeCountMax) {
    if (contradicts) note_conflict(piece.packet);
    return Verdict::bad;
  }
  if (!piece.more) waiting.total_size = end;
  if (piece.offset == 0) waiting.next_header = piece.next_header;
  waiting.packet_count += piece.packet_count;
  store(waiting, piece);

  const bool whole = waiting.total_size && waiting.ranges.size() == 1 && waiting.ranges.front().begin == 0 &&
                     waiting.ranges.front().end == *waiting.total_size;
  if (!whole) return Verdict::waiting;
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

void Defragmenter::store(Waiting& waiting, const FragmentPiece& piece) {
  const std::size_t end = piece.offset + piece.wire_size;
  if (waiting.bytes.size() < end) {
    held_bytes_ += end - waiting.bytes.size();
    waiting.bytes.resize(end);
  }
  // Copy only what is new: walk the ranges that are there already and fill the spaces between them.
  bool conflict = false;
  std::size_t at = piece.offset;
  const auto copy_until = [&](std::size_t until) {
    const std::size_t captured_end = piece.offset + piece.bytes.size();
    for (; at < until && at < captured_end; ++at) waiting.bytes[at] = piece.bytes[at - piece.offset];
    if (at < until) waiting.cut_at = std::min(waiting.cut_at, at);
    at = until;
  };
  for (const Range& range : waiting.ranges) {
    if (range.end <= at) continue;
    if (range.begin >= end) break;
    if (range.begin > at) copy_until(range.begin);
    const std::size_t overlap_end =
        std::min({range.end, end, piece.offset + piece.bytes.size(), waiting.cut_at});
    for (std::size_t index = at; index < overlap_end; ++index)
      conflict |= waiting.bytes[index] != piece.bytes[index - piece.offset];
    at = std::min(range.end, end);
  }
  if (at < end) copy_until(end);
  if (conflict) note_conflict(piece.packet);

  waiting.ranges.push_back({piece.offset, end});
  std::ranges::sort(waiting.ranges, {}, &Range::begin);
  std::vector<Range> merged;
  for (const Range& range : waiting.ranges) {
    if (!merged.empty() && range.begin <= merged.back().end) {
      merged.back().end = std::max(merged.back().end, range.end);
    } else {
      merged.push_back(range);
    }
  }
  waiting.ranges = std::move(merged);
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
