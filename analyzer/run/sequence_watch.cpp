#include "analyzer/run/sequence_watch.hpp"

#include <algorithm>

namespace plaintalk::analyzer {
namespace {

constexpr std::int64_t kPlausibleJumpMax = std::int64_t{1} << 30;  // as in rule 11
constexpr Nanoseconds kSampleMax = std::chrono::hours(1);          // as in rule 22
constexpr std::size_t kSlackMax = 64;

}  // namespace

void SequenceWatch::take_first(std::size_t count) {
  first_ += count;
  if (first_ == unacknowledged_.size()) {
    unacknowledged_.clear();
    first_ = 0;
    are_disjoint_ = true;
  } else if (first_ > kSlackMax && first_ * 2 > unacknowledged_.size()) {
    unacknowledged_.erase(unacknowledged_.begin(),
                          unacknowledged_.begin() + static_cast<std::ptrdiff_t>(first_));
    first_ = 0;
  }
}

void SequenceWatch::acknowledged(std::int64_t number, const PacketResult& by, Acknowledged& result) {
  result.packets.clear();
  result.highest = 0;
  result.rtt.reset();
  is_known_ = true;
  note_blocks(number, by);
  if (high_ && number > *high_ + kPlausibleJumpMax) return;
  std::size_t count = 0;
  const Sent* last = nullptr;
  while (first_ + count < unacknowledged_.size() && unacknowledged_[first_ + count].range.end <= number) {
    const Sent& sent = unacknowledged_[first_ + count++];
    result.packets.push_back(sent.packet);
    if (last == nullptr || sent.range.end > last->range.end) last = &sent;
  }
  // Above all that was captured it is another packet that it acknowledges.
  if (last != nullptr && number <= *high_) {
    result.highest = last->packet;
    const bool is_repeated = last->range.end > repeated_.begin && last->range.end <= repeated_.end;
    if (!is_repeated && by.time >= last->time && by.time - last->time <= kSampleMax)
      result.rtt = by.time - last->time;
  }
  if (number >= repeated_.end) repeated_ = {};
  take_first(count);
  if (first_ < unacknowledged_.size()) {
    Range& next = unacknowledged_[first_].range;
    next.begin = std::max(next.begin, number);
  } else {
    has_forgotten_ = false;
  }
}

void SequenceWatch::note_blocks(std::int64_t number, const PacketResult& by) {
  block_count_ = 0;
  for (std::size_t index = 0; index < by.sack_count; ++index) {
    const Range block{std::max(by.sack[index].begin, number), by.sack[index].end};
    // The first block of a D-SACK lies inside the second (RFC 2883).
    const bool is_inside = index == 0 && by.sack_count > 1 && by.sack[0].begin >= by.sack[1].begin &&
                           by.sack[0].end <= by.sack[1].end;
    if (!is_inside && block.end > block.begin && high_ && block.end <= *high_)
      blocks_[block_count_++] = block;
  }
}

void SequenceWatch::numbered(std::int64_t at) {
  if (!high_ || at <= *high_) return;
  is_known_ = false;
  high_ = at;
}

void SequenceWatch::sent(const Sent& packet, std::optional<std::int64_t> confirmed, bool is_syn) {
  const Range& range = packet.range;
  is_known_ = is_known_ || is_syn;
  if (confirmed && range.end <= *confirmed) return;
  if (high_ && range.begin > *high_) is_known_ = false;  // a hole
  if (high_ && range.begin < *high_) {
    repeated_.begin = repeated_.end > repeated_.begin ? std::min(repeated_.begin, range.begin) : range.begin;
    repeated_.end = std::max({repeated_.end, *high_, range.end});
  }
  high_ = std::max(high_.value_or(range.end), range.end);
  const auto place =
      std::upper_bound(unacknowledged_.begin() + static_cast<std::ptrdiff_t>(first_), unacknowledged_.end(),
                       range.end, [](std::int64_t end, const Sent& other) { return end < other.range.end; });
  const bool goes_on = place == unacknowledged_.end() &&
                       (first_ == unacknowledged_.size() || unacknowledged_.back().range.end <= range.begin);
  are_disjoint_ = are_disjoint_ && goes_on;
  if (unacknowledged_.size() - first_ >= kUnacknowledgedCountMax) {
    has_forgotten_ = true;
  } else {
    unacknowledged_.insert(place, packet);
  }
}

SequenceWatch::Range SequenceWatch::span() const {
  if (first_ == unacknowledged_.size()) return {};
  Range span{unacknowledged_[first_].range.begin, unacknowledged_.back().range.end};
  if (are_disjoint_) return span;
  for (std::size_t index = first_; index < unacknowledged_.size(); ++index)
    span.begin = std::min(span.begin, unacknowledged_[index].range.begin);
  return span;
}

std::optional<std::uint64_t> SequenceWatch::bytes_in_flight() const {
  if (!is_known_ || has_forgotten_) return std::nullopt;
  const Range whole = span();
  std::int64_t bytes = whole.end - whole.begin;
  for (std::size_t index = 0; index < block_count_; ++index)
    bytes -= blocks_[index].end - blocks_[index].begin;
  return static_cast<std::uint64_t>(std::max<std::int64_t>(bytes, 0));
}

bool SequenceWatch::forget(std::uint64_t packet) {
  const auto begin = unacknowledged_.begin() + static_cast<std::ptrdiff_t>(first_);
  const auto found =
      std::find_if(begin, unacknowledged_.end(), [&](const Sent& sent) { return sent.packet == packet; });
  if (found == unacknowledged_.end()) return false;
  has_forgotten_ = true;
  if (found == begin) {
    take_first(1);
  } else {
    unacknowledged_.erase(found);
  }
  return true;
}

}  // namespace plaintalk::analyzer
