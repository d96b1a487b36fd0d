#include "analyzer/stream/overlap.hpp"

#include <algorithm>
#include <iterator>

namespace plaintalk::analyzer {

bool newer_segment_wins(OverlapPolicy policy, StreamRange newer, StreamRange older) {
  switch (policy) {
    case OverlapPolicy::last: return true;
    case OverlapPolicy::bsd:
    case OverlapPolicy::windows: return newer.begin < older.begin;
    case OverlapPolicy::solaris:
      return newer.begin <= older.begin ? newer.end >= older.end : newer.end > older.end;
    case OverlapPolicy::first:
    case OverlapPolicy::linux_kernel: return false;
  }
  return false;
}

std::int64_t LinuxQueue::counts_from(StreamRange added) const {
  const auto above = ends_.upper_bound(added.begin);
  if (above == ends_.begin()) return added.begin;
  const auto& [begin, end] = *std::prev(above);
  if (added.end <= end) return added.end;
  if (begin != added.begin) return std::max(end, added.begin);
  // It takes the place of that one, whose beginning may have been hidden by the one below.
  const auto replaced = std::prev(above);
  return replaced == ends_.begin() ? added.begin : std::max(std::prev(replaced)->second, added.begin);
}

void LinuxQueue::add(StreamRange added) {
  const auto above = ends_.upper_bound(added.begin);
  auto place = ends_.end();
  if (above != ends_.begin()) {
    const auto below = std::prev(above);
    if (added.end <= below->second) return;
    if (below->first == added.begin || below->second == added.begin) place = below;
  }
  if (place == ends_.end()) {
    place = ends_.emplace_hint(above, added.begin, added.end);
  } else {
    place->second = added.end;
  }
  auto covered = std::next(place);
  while (covered != ends_.end() && covered->second <= added.end) covered = ends_.erase(covered);
}

void LinuxQueue::read_to(std::int64_t offset) {
  while (!ends_.empty() && ends_.begin()->second <= offset) ends_.erase(ends_.begin());
}

}  // namespace plaintalk::analyzer
