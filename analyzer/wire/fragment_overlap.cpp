#include "analyzer/wire/fragment_overlap.hpp"

#include <algorithm>

namespace plaintalk::analyzer {
namespace {

bool newer_fragment_wins(OverlapPolicy policy, FragmentRange newer, FragmentRange older) {
  switch (policy) {
    case OverlapPolicy::last: return true;
    case OverlapPolicy::bsd: return newer.begin < older.begin;
    case OverlapPolicy::windows: return newer.begin < older.begin && newer.end > older.end;
    case OverlapPolicy::solaris: return newer.begin < older.begin && newer.end >= older.end;
    case OverlapPolicy::first:
    case OverlapPolicy::linux_kernel: return false;
  }
  return false;
}

void append(std::vector<FragmentRange>& ranges, FragmentRange range) {
  if (range.begin < range.end) ranges.push_back(range);
}

}  // namespace

FragmentRanges::Decision FragmentRanges::add(OverlapPolicy policy, FragmentRange added) {
  Decision decision;
  if (policy == OverlapPolicy::linux_kernel) {
    if (!add_as_linux(added, decision)) decision.outcome = Outcome::datagram_lost;
  } else {
    add_by_winner(policy, added, decision);
    if (policy == OverlapPolicy::first || policy == OverlapPolicy::last) join_neighbours();
  }
  return decision;
}

// False: the datagram is lost.
bool FragmentRanges::add_as_linux(FragmentRange added, Decision& decision) {
  const auto above =
      std::ranges::find_if(ranges_, [&](const FragmentRange& range) { return range.end > added.begin; });
  if (above != ranges_.end() && above->begin < added.end)
    return above->begin <= added.begin && added.end <= above->end;
  decision.from_new.push_back(added);
  bytes_ += added.end - added.begin;
  if (!ranges_.empty() && above == ranges_.end() && ranges_.back().end == added.begin) {
    ranges_.back().end = added.end;
  } else {
    ranges_.insert(above, added);
  }
  return true;
}

void FragmentRanges::add_by_winner(OverlapPolicy policy, FragmentRange added, Decision& decision) {
  std::vector<FragmentRange> result;
  std::vector<FragmentRange>& won = decision.from_new;
  std::size_t at = added.begin;
  for (const FragmentRange& range : ranges_) {
    const FragmentRange common{std::max(range.begin, added.begin), std::min(range.end, added.end)};
    if (common.begin >= common.end) {
      result.push_back(range);
      continue;
    }
    append(won, {at, common.begin});
    at = common.end;
    if (newer_fragment_wins(policy, added, range)) {
      won.push_back(common);
      append(result, {range.begin, common.begin});
      append(result, {common.end, range.end});
    } else {
      result.push_back(range);
    }
  }
  append(won, {at, added.end});
  for (std::size_t index = 0; index < won.size(); ++index) {
    const std::size_t begin = won[index].begin;
    while (index + 1 < won.size() && won[index].end == won[index + 1].begin) ++index;
    result.push_back({begin, won[index].end});
  }
  std::ranges::sort(result, {}, &FragmentRange::begin);
  ranges_ = std::move(result);
  bytes_ = 0;
  for (const FragmentRange& range : ranges_) bytes_ += range.end - range.begin;
}

// Who came first with a byte does not matter for what comes later.
void FragmentRanges::join_neighbours() {
  std::size_t last = 0;
  for (std::size_t index = 1; index < ranges_.size(); ++index) {
    if (ranges_[index].begin == ranges_[last].end) {
      ranges_[last].end = ranges_[index].end;
    } else {
      ranges_[++last] = ranges_[index];
    }
  }
  if (!ranges_.empty()) ranges_.resize(last + 1);
}

}  // namespace plaintalk::analyzer
