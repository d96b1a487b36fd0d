#include "analyzer/stream/scoreboard.hpp"

#include <algorithm>

namespace plaintalk::analyzer {

bool Scoreboard::add(StreamRange range) {
  if (range.begin >= range.end || covers(range.begin, range.end)) return false;
  const auto first = std::ranges::lower_bound(ranges_, range.begin, {}, &StreamRange::end);
  auto last = first;
  while (last != ranges_.end() && last->begin <= range.end) {
    range.begin = std::min(range.begin, last->begin);
    range.end = std::max(range.end, last->end);
    ++last;
  }
  if (first != last) {
    *first = range;
    ranges_.erase(first + 1, last);
  } else if (ranges_.size() < kRangeCountMax) {
    ranges_.insert(first, range);
  }
  return true;
}

void Scoreboard::forget_below(std::int64_t offset) {
  if (ranges_.empty() || ranges_.front().begin >= offset) return;
  ranges_.erase(ranges_.begin(), std::ranges::upper_bound(ranges_, offset, {}, &StreamRange::end));
  if (!ranges_.empty()) ranges_.front().begin = std::max(ranges_.front().begin, offset);
}

bool Scoreboard::covers(std::int64_t begin, std::int64_t end) const {
  const auto around = std::ranges::upper_bound(ranges_, begin, {}, &StreamRange::end);
  return around != ranges_.end() && around->begin <= begin && end <= around->end;
}

std::int64_t Scoreboard::bytes_above(std::int64_t offset) const {
  std::int64_t bytes = 0;
  for (const StreamRange& range : ranges_)
    bytes += std::max<std::int64_t>(0, range.end - std::max(range.begin, offset));
  return bytes;
}

}  // namespace plaintalk::analyzer
