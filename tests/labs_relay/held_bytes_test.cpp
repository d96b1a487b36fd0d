#include "labs/relay/held_bytes.hpp"

#include <algorithm>
#include <random>
#include <string>

#include <gtest/gtest.h>

#include "tests/support/heap.hpp"

namespace plaintalk::relay {
namespace {

constexpr Instant kStart{};

std::size_t put(HeldBytes& held, std::string_view text, Instant leaves, bool may_move = true) {
  const std::span<char> room = held.room(may_move);
  const std::size_t size = std::min(room.size(), text.size());
  std::copy_n(text.begin(), size, room.begin());
  if (size > 0) held.add(size, kStart, leaves);
  return size;
}

TEST(HeldBytes, HasRoomForItsSizeAndNoMore) {
  HeldBytes held(8);
  EXPECT_EQ(put(held, "0123456789", kStart), 8U);
  EXPECT_TRUE(held.room(true).empty());
  held.drop(3);
  EXPECT_TRUE(held.room(false).empty()) << "what is being written must stay where it is";
  EXPECT_EQ(held.room(true).size(), 3U);
  EXPECT_EQ(held.front(5), "34567");
  EXPECT_EQ(put(held, "abc", kStart), 3U);
  EXPECT_EQ(held.front(8), "34567abc");
  held.drop(8);
  EXPECT_EQ(held.size(), 0U);
  EXPECT_EQ(held.most(), 8U);
}

// Goal: what is read while everything before leaves lands where it belongs.
TEST(HeldBytes, MovesNothingWhileSomebodyReads) {
  HeldBytes held(8);
  put(held, "abc", kStart);
  const std::span<char> room = held.room(true);
  held.drop(3);
  room[0] = 'd';
  held.add(1, kStart, kStart);
  EXPECT_EQ(held.front(1), "d");
}

TEST(HeldBytes, LetsNothingOvertake) {
  HeldBytes held(100);
  put(held, "late", kStart + Milliseconds(50));
  put(held, "soon", kStart + Milliseconds(10));
  EXPECT_EQ(held.due(kStart + Milliseconds(49)), 0U);
  EXPECT_EQ(held.due(kStart + Milliseconds(50)), 8U);
  held.drop(6);
  EXPECT_EQ(held.front(2), "on");
  EXPECT_EQ(held.first_leaves(), kStart + Milliseconds(50));
}

TEST(HeldBytes, BoundsThePiecesToo) {
  HeldBytes held(1 << 20);
  std::size_t count = 0;
  while (put(held, "x", kStart) == 1) ++count;
  EXPECT_EQ(count, 1024U);
}

// docs/LIMITS.md says how much that is.
TEST(HeldBytes, HoldsNoMoreOfTheHeapThanIsSaid) {
  const std::size_t before = test::heap_bytes();
  HeldBytes held(16 << 10);
  while (put(held, "x", kStart) == 1) {
  }
  EXPECT_LE(test::heap_bytes() - before, (16U << 10) + (26U << 10));
}

TEST(HeldBytes, KeepsAllBytesInOrder) {
  std::mt19937 random(11);  // NOLINT: a fixed sequence on purpose
  HeldBytes held(64);
  std::string sent;
  std::string received;
  while (received.size() < 10'000) {
    std::string text(random() % 40, '\0');
    for (char& c : text) c = static_cast<char>(random());
    sent += text.substr(0, put(held, text, kStart, random() % 2 == 0));
    const std::size_t now = held.size() == 0 ? 0 : random() % (held.size() + 1);
    if (now > 0) {
      received += held.front(now);
      held.drop(now);
    }
  }
  EXPECT_EQ(received, sent.substr(0, received.size()));
}

}  // namespace
}  // namespace plaintalk::relay
