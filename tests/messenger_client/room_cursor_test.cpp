#include "messenger/client/room_cursor.hpp"

#include <random>

#include <gtest/gtest.h>

namespace plaintalk::messenger::client {
namespace {

RoomFrame frame(std::uint64_t seq) {
  MessageCame message;
  message.seq = seq;
  return message;
}

// Goal: whatever the server sheds, repeats or pages in small pieces, the room is shown in order and once.
// Method: random live frames with losses and repeats against a model server that keeps the last 40 frames.
TEST(RoomCursor, ShowsEveryKeptFrameOnceAndInOrderWhateverIsLost) {
  for (unsigned seed = 0; seed < 300; ++seed) {
    SCOPED_TRACE(seed);
    std::mt19937 random(seed);
    RoomCursor cursor;
    cursor.start(0);
    std::vector<RoomFrame> shown;
    std::uint64_t missed_count = 0;
    std::uint64_t last = 0;
    const auto page = [&] {
      for (unsigned pages = 0; cursor.behind(); ++pages) {
        ASSERT_LT(pages, 100U) << "paging must end";
        const std::uint64_t after = cursor.cursor();
        const std::uint64_t oldest = last > 40 ? last - 39 : 1;
        const std::uint64_t first = std::max(after + 1, oldest);
        const std::uint64_t end = std::min(last, first + random() % 7);
        for (std::uint64_t seq = first; seq <= end; ++seq) cursor.take(seq, frame(seq), shown);
        const auto settled = cursor.settle(after, first > last ? last : end, end < last, oldest, shown);
        for (const auto& [from, to] : settled.missed) missed_count += to - from + 1;
        if (!settled.page_again) return;
      }
    };
    for (unsigned step = 0; step < 200; ++step) {
      ++last;
      if (random() % 4 != 0) cursor.take(last, frame(last), shown);
      if (random() % 8 == 0) cursor.take(random() % last + 1, frame(last), shown);
      if (random() % 10 == 0) cursor.announce(last);
      if (random() % 60 == 0) page();
    }
    cursor.announce(last);
    page();
    EXPECT_FALSE(cursor.behind());
    EXPECT_EQ(cursor.cursor(), last);
    EXPECT_EQ(shown.size() + missed_count, last);
  }
}

TEST(RoomCursor, EndsPagingAlthoughTheServerKeepsNothing) {
  RoomCursor cursor;
  cursor.start(5);
  std::vector<RoomFrame> shown;
  cursor.announce(9);
  const auto settled = cursor.settle(5, 9, true, 0, shown);
  ASSERT_EQ(settled.missed.size(), 1U);
  EXPECT_EQ(settled.missed[0], std::make_pair(std::uint64_t{6}, std::uint64_t{9}));
  EXPECT_FALSE(settled.page_again);
}

TEST(RoomCursor, HoldsOnlySoManyFramesThatCameTooEarly) {
  RoomCursor cursor;
  cursor.start(0);
  std::vector<RoomFrame> shown;
  for (std::uint64_t seq = 2; seq < 2 + 2 * kHeldFrameCountMax; ++seq) cursor.take(seq, frame(seq), shown);
  EXPECT_TRUE(shown.empty());
  cursor.take(1, frame(1), shown);
  EXPECT_EQ(shown.size(), kHeldFrameCountMax + 1);
  EXPECT_TRUE(cursor.behind()) << "the rest is paged, not lost";
}

TEST(RoomCursor, HoldsFramesUpToTheLastByteOfItsBound) {
  for (const std::size_t over : {0U, 1U}) {
    RoomCursor cursor;
    cursor.start(0);
    std::vector<RoomFrame> shown;
    MessageCame large;
    large.text.assign(kHeldBytesMax + over, 'x');
    cursor.take(2, large, shown);
    cursor.take(1, frame(1), shown);
    EXPECT_EQ(shown.size(), over == 0 ? 2U : 1U);
    EXPECT_EQ(cursor.behind(), over == 1);
  }
}

TEST(RoomCursor, SurvivesNumbersAtTheEndOfTheirRange) {
  RoomCursor cursor;
  std::vector<RoomFrame> shown;
  cursor.take(~std::uint64_t{0}, frame(0), shown);
  cursor.take(0, frame(0), shown);
  cursor.announce(~std::uint64_t{0});
  EXPECT_FALSE(cursor.behind());
  EXPECT_EQ(shown.size(), 1U);
}

}  // namespace
}  // namespace plaintalk::messenger::client
