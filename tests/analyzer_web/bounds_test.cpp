// What the live view holds is bounded, whatever passes, and it says what it does not hold any more.
#include <chrono>
#include <string>

#include <gtest/gtest.h>

#include "analyzer/web/live_state.hpp"
#include "tests/analyzer_web/events.hpp"
#include "tests/support/heap.hpp"

namespace plaintalk::analyzer::web::test {
namespace {

using plaintalk::test::heap_bytes;
using std::chrono::milliseconds;
using Kind = LiveEvent::Kind;

// Goal: the heap never holds more than the bound, whoever fills it: long texts, many copies, new names and
// rooms all the time, secrets, frames, connections.
TEST(WebBounds, AllOfItIsHeldWithinTheBytesItWasGiven) {
  constexpr std::size_t kBytesMax = 2 << 20;
  constexpr std::uint64_t kCount = 6'000;
  const std::size_t before = heap_bytes();
  LiveState state(kBytesMax);
  Cursor cursor;
  std::size_t most = 0;
  std::size_t most_counted = 0;
  PduResult frame;
  frame.status = "ok";
  for (std::uint64_t number = 1; number <= kCount; ++number) {
    const std::string who = "somebody-with-a-long-name-" + std::to_string(number);
    const std::string room = "#room-with-a-long-name-" + std::to_string(number / 3);
    ConnectionRecord connection;
    connection.id = ConnectionId{number};
    state.opened(connection);
    state.live_event(session(Kind::login, who, number));
    state.live_event(session(Kind::joined, who, number, room));
    state.live_event(session(Kind::joined, who, number, "#all"));
    const std::string text(number % 2000, 'x');
    const LiveEvent message = said(number, who, room, text);
    state.live_event(message);
    for (std::uint64_t copy = 0; copy < number % 40; ++copy)
      state.live_event(copy_of(message, who + std::to_string(copy), copy, milliseconds(1)));
    state.credential(secret(who, std::string(80, 's')));
    frame.number = number;
    frame.verb = "SAY";
    frame.arguments = std::string(number % 400, 'a');
    state.pdu(frame);
    state.packet(at(static_cast<std::int64_t>(number) * 500), 100);
    most = std::max(most, heap_bytes() - before);
    most_counted = std::max(most_counted, state.bytes());
  }
  EXPECT_LE(most, kBytesMax);
  EXPECT_LE(most_counted, kBytesMax);
  // Most of the room is used: it is no bound of something else.
  EXPECT_GE(most, kBytesMax / 2);
  Update update = state.collect(cursor, true);
  EXPECT_GT(update.forgotten_people, 0u);
  EXPECT_GT(update.forgotten_rooms, 0u);
  EXPECT_GT(update.forgotten_secrets, 0u);
  EXPECT_GT(update.forgotten_connections, 0u);
}

TEST(WebBounds, TheBeginningStaysAndTheHoleIsTold) {
  LiveState state(LiveState::kBytesMin);
  constexpr std::uint64_t kCount = 20'000;
  for (std::uint64_t number = 1; number <= kCount; ++number)
    state.live_event(said(number, "alice", "#lab", "message " + std::to_string(number)));
  EntryPage page = state.page_after(0, 200);
  ASSERT_EQ(page.entries.size(), LiveState::kEntriesPerPage);
  EXPECT_EQ(page.entries.front().text, "message 1");
  EXPECT_GT(page.hole.count, kCount / 2);
  EXPECT_EQ(page.hole.before - page.hole.after - 1, page.hole.count);
  // Everything else is there, page by page: what was said last, too.
  std::uint64_t held = 0;
  std::uint64_t last = 0;
  for (page = state.page_after(0, 200); !page.entries.empty(); page = state.page_after(last, 200)) {
    for (const Entry& entry : page.entries) {
      EXPECT_TRUE(entry.id == last + 1 || last == page.hole.after);
      EXPECT_EQ(entry.text, "message " + std::to_string(entry.id));
      last = entry.id;
      ++held;
    }
  }
  EXPECT_EQ(last, kCount);
  EXPECT_EQ(held + page.hole.count, kCount);
  page = state.page_before(last + 1, 10);
  ASSERT_EQ(page.entries.size(), 10u);
  EXPECT_EQ(page.entries.back().id, kCount);
}

// The beginning is closed early; what its lines grow by later must not push everything else out.
TEST(WebBounds, CopiesForTheFirstLinesDoNotPushOutTheLatest) {
  LiveState state(LiveState::kBytesMin);
  constexpr std::uint64_t kCount = 1500;
  for (std::uint64_t number = 1; number <= kCount; ++number)
    state.live_event(said(number, "alice", "#lab", "message"));
  for (std::uint64_t number = 1; number <= kCount; ++number)
    for (std::uint64_t copy = 0; copy < 40; ++copy)
      state.live_event(copy_of(said(number, "alice", "#lab", "message"),
                               "a-recipient-with-a-long-name-" + std::to_string(copy), copy,
                               milliseconds(1)));
  EXPECT_LE(state.bytes(), LiveState::kBytesMin);
  const EntryPage latest = state.page_before(~std::uint64_t{0}, 50);
  EXPECT_EQ(latest.entries.size(), 50u);
  EXPECT_EQ(latest.entries.back().id, kCount);
  // However few are held one by one, all are counted.
  EXPECT_EQ(latest.entries.back().copy_count, 40u);
  EXPECT_EQ(state.page_after(0, 1).entries.front().copy_count, 40u);
}

}  // namespace
}  // namespace plaintalk::analyzer::web::test
