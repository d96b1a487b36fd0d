// Segments that contradict each other behind a hole, and what an application then reads, by policy. The first
// byte of the stream comes last, so all of them wait. `linux` was measured: linux_truth_test.cpp asks the
// kernel again.
#pragma once

#include <cstdint>
#include <string_view>
#include <vector>

namespace plaintalk::analyzer::test {

struct WaitingSegment {
  std::uint32_t begin = 0;  // 1 is the first byte behind the hole
  std::string_view bytes;
};

struct OverlapCase {
  std::string_view name;
  std::vector<WaitingSegment> segments;
  // What follows the first byte.
  std::string_view first;
  std::string_view last;
  std::string_view linux_kernel;
  std::string_view bsd;  // and windows
  std::string_view solaris;
};

inline const std::vector<OverlapCase>& overlap_cases() {
  static const std::vector<OverlapCase> cases = {
      {"begins below, ends inside",
       {{3, "AAAA"}, {1, "BBBB"}},
       "BBAAAA",
       "BBBBAA",
       "BBBBAA",
       "BBBBAA",
       "BBAAAA"},
      {"begins below, ends with it",
       {{3, "AAAA"}, {1, "BBBBBB"}},
       "BBAAAA",
       "BBBBBB",
       "BBBBBB",
       "BBBBBB",
       "BBBBBB"},
      {"covers it", {{3, "AA"}, {1, "BBBBBB"}}, "BBAABB", "BBBBBB", "BBBBBB", "BBBBBB", "BBBBBB"},
      {"begins with it, ends inside", {{1, "AAAA"}, {1, "BB"}}, "AAAA", "BBAA", "AAAA", "AAAA", "AAAA"},
      {"the same place", {{1, "AAAA"}, {1, "BBBB"}}, "AAAA", "BBBB", "AAAA", "AAAA", "BBBB"},
      {"begins with it, ends above",
       {{1, "AAAA"}, {1, "BBBBBB"}},
       "AAAABB",
       "BBBBBB",
       "BBBBBB",
       "AAAABB",
       "BBBBBB"},
      {"lies inside", {{1, "AAAAAA"}, {3, "BB"}}, "AAAAAA", "AABBAA", "AAAAAA", "AAAAAA", "AAAAAA"},
      {"begins inside, ends with it",
       {{1, "AAAAAA"}, {3, "BBBB"}},
       "AAAAAA",
       "AABBBB",
       "AAAAAA",
       "AAAAAA",
       "AAAAAA"},
      {"begins inside, ends above",
       {{1, "AAAA"}, {3, "BBBB"}},
       "AAAABB",
       "AABBBB",
       "AAAABB",
       "AAAABB",
       "AABBBB"},
      {"two, and one over both",
       {{1, "AA"}, {5, "CC"}, {1, "BBBBBB"}},
       "AABBCC",
       "BBBBBB",
       "BBBBBB",
       "AABBBB",
       "BBBBBB"},
      // Linux joins what follows directly, so the second of these is no segment of its own any more.
      {"joined, then from its middle on",
       {{1, "AA"}, {3, "CC"}, {3, "BBBB"}},
       "AACCBB",
       "AABBBB",
       "AACCBB",
       "AACCBB",
       "AABBBB"},
      // BSD cuts the second where the first ends, so the third begins below what is left of it; Linux keeps a
      // segment whole whose beginning nobody reads.
      {"a third between",
       {{1, "AAAA"}, {3, "BBBB"}, {4, "CCCCC"}},
       "AAAABBCC",
       "AABCCCCC",
       "AAAABBCC",
       "AAAACCCC",
       "AABCCCCC"},
      {"a third with the hidden beginning",
       {{1, "AAAA"}, {3, "BBBB"}, {3, "CCCCCC"}},
       "AAAABBCC",
       "AACCCCCC",
       "AAAACCCC",
       "AAAACCCC",
       "AACCCCCC"},
  };
  return cases;
}

}  // namespace plaintalk::analyzer::test
