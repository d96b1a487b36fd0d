#include "analyzer/stream/scoreboard.hpp"

#include <algorithm>
#include <array>
#include <random>

#include <gtest/gtest.h>

namespace plaintalk::analyzer::test {
namespace {

// Goal: the scoreboard is the union of all blocks above what was acknowledged. Method: random blocks and
// acknowledgements beside one flag a byte.
TEST(Scoreboard, AgreesWithOneFlagAByte) {
  std::mt19937 engine(7);
  const auto random = [&] { return static_cast<std::int64_t>(engine() >> 1U); };
  for (int round = 0; round < 200; ++round) {
    Scoreboard board;
    std::array<bool, 300> flags{};
    std::int64_t acknowledged = 0;
    for (int step = 0; step < 60; ++step) {
      const auto begin = std::max<std::int64_t>(acknowledged, random() % 290);
      const auto end = std::min<std::int64_t>(300, begin + 1 + random() % 20);
      if (random() % 8 == 0) {
        acknowledged = begin;
        board.forget_below(begin);
        std::fill_n(flags.begin(), begin, false);
        continue;
      }
      const bool is_new = std::find(flags.begin() + begin, flags.begin() + end, false) != flags.begin() + end;
      EXPECT_EQ(board.add({begin, end}), is_new);
      std::fill(flags.begin() + begin, flags.begin() + end, true);
      EXPECT_EQ(board.bytes_above(acknowledged), std::count(flags.begin(), flags.end(), true));
      const auto from = random() % 295;
      const auto to = from + 1 + random() % 5;
      EXPECT_EQ(board.covers(from, to),
                std::find(flags.begin() + from, flags.begin() + to, false) == flags.begin() + to);
    }
  }
}

TEST(Scoreboard, IsBoundedAndStillWidensWhatItHas) {
  Scoreboard board;
  for (std::int64_t block = 0; block < 1000; ++block) board.add({block * 10, block * 10 + 5});
  EXPECT_EQ(board.size(), Scoreboard::kRangeCountMax);
  EXPECT_TRUE(board.add({5, 12}));
  EXPECT_TRUE(board.covers(0, 15));
}

}  // namespace
}  // namespace plaintalk::analyzer::test
