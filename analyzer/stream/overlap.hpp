// Rule 20: which bytes count where two segments that wait behind a hole say different things, by policy. What
// has been delivered or acknowledged is never replaced: no receiver can take it back.
//
//   first, last  the earlier, the later segment
//   bsd, windows the later one where it begins below the earlier one
//   solaris      the later one where it ends with the earlier one or above, but only what covers it whole
//                replaces it from below
//   linux        net/ipv4/tcp_input.c, tcp_data_queue_ofo(), since 4.9: see LinuxQueue
//
// bsd, windows and solaris as in Novak and Sturges (2007), Snort and Suricata. Systems cut what they have, so
// an earlier segment there is what is left of it.
#pragma once

#include <cstddef>
#include <cstdint>
#include <map>

#include "analyzer/stream/scoreboard.hpp"
#include "analyzer/wire/overlap_policy.hpp"

namespace plaintalk::analyzer {

// For the policies that judge two segments by themselves: all but linux.
bool newer_segment_wins(OverlapPolicy policy, StreamRange newer, StreamRange older);

// The out-of-order queue of Linux. A segment that lies in one of the queue is dropped; one that begins with
// it and is longer replaces it; one that begins where it ends is joined to it; and what a new one covers
// wholly goes. Others stay as they are, and of bytes that two of them have, those of the lower one are read.
// So both the beginnings and the ends in the queue rise, and a new segment counts from one offset on.
//
// Not to be known from outside: where a segment begins exactly at the end of one and also in another, Linux
// joins it to the first or compares it with the second, by the shape of its tree. The second is taken here.
class LinuxQueue {
 public:
  // Where the bytes of such a segment would begin to count, against all that waits; its end if nowhere.
  std::int64_t counts_from(StreamRange added) const;
  void add(StreamRange added);
  // Everything below has been read.
  void read_to(std::int64_t offset);
  std::size_t size() const { return ends_.size(); }

 private:
  using Ends = std::map<std::int64_t, std::int64_t>;  // of the segments, by their beginnings
  Ends ends_;
};

}  // namespace plaintalk::analyzer
