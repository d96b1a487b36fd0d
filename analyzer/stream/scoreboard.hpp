// Which bytes above the cumulative acknowledgement the receiver says it has (RFC 2018, RFC 6675 section 3):
// the union of all selective blocks, for one block list names four ranges at most and forgets the others.
//
// Bounded, for a capture can name ranges without end: when full, a new range that touches no other is not
// kept.
#pragma once

#include <cstdint>
#include <vector>

namespace plaintalk::analyzer {

struct StreamRange {
  std::int64_t begin = 0;
  std::int64_t end = 0;
};

class Scoreboard {
 public:
  static constexpr std::size_t kRangeCountMax = 256;

  // True when it tells something new.
  bool add(StreamRange range);
  // Everything below `offset` is acknowledged: nobody asks for it any more.
  void forget_below(std::int64_t offset);

  bool covers(std::int64_t begin, std::int64_t end) const;
  std::int64_t bytes_above(std::int64_t offset) const;
  std::int64_t high() const { return ranges_.empty() ? 0 : ranges_.back().end; }
  bool empty() const { return ranges_.empty(); }
  std::size_t size() const { return ranges_.size(); }

 private:
  std::vector<StreamRange> ranges_;  // sorted, disjoint, not touching
};

}  // namespace plaintalk::analyzer
