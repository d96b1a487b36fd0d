// The fragments of one datagram that have come, and what becomes of one that overlaps them, by policy:
//
//   first, last  the earlier, the later fragment
//   bsd          the later one where it begins below the earlier one
//   windows      the later one where it begins below and ends above the earlier one
//   solaris      the same, or ends with it
//   linux        what lies in bytes that came before is left out; any other overlap loses the whole datagram
//                (Linux since 4.20, net/ipv4/inet_fragment.c; RFC 5722 asks for it in IPv6). Bytes that came
//                in order are one run; those that came below others are not joined to them.
#pragma once

#include <cstddef>
#include <cstdint>
#include <vector>

#include "analyzer/wire/overlap_policy.hpp"

namespace plaintalk::analyzer {

struct FragmentRange {
  std::size_t begin = 0;
  std::size_t end = 0;
};

class FragmentRanges {
 public:
  enum class Outcome : std::uint8_t { taken, datagram_lost };
  struct Decision {
    Outcome outcome = Outcome::taken;
    std::vector<FragmentRange> from_new;  // which bytes of the new fragment count
  };

  Decision add(OverlapPolicy policy, FragmentRange added);

  std::size_t count() const { return ranges_.size(); }
  std::size_t bytes() const { return bytes_; }  // distinct ones
  std::size_t end() const { return ranges_.empty() ? 0 : ranges_.back().end; }
  // Sorted, disjoint.
  const std::vector<FragmentRange>& all() const { return ranges_; }

 private:
  bool add_as_linux(FragmentRange added, Decision& decision);
  void add_by_winner(OverlapPolicy policy, FragmentRange added, Decision& decision);
  void join_neighbours();

  std::vector<FragmentRange> ranges_;
  std::size_t bytes_ = 0;
};

}  // namespace plaintalk::analyzer
