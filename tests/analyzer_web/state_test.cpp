// What the live view knows, and what each browser is told of it.
#include <chrono>
#include <string>

#include <gtest/gtest.h>
#include <nlohmann/json.hpp>

#include "analyzer/web/live_state.hpp"
#include "analyzer/web/render.hpp"
#include "tests/analyzer_web/events.hpp"

namespace plaintalk::analyzer::web::test {
namespace {

using nlohmann::json;
using std::chrono::milliseconds;
using Kind = LiveEvent::Kind;

struct State : testing::Test {
  LiveState state{LiveState::kBytesMin};
  Cursor cursor;

  json news(bool with_tables = true) { return json::parse(render_json(state.collect(cursor, with_tables))); }
  void say(std::uint64_t number, std::string_view text) {
    state.live_event(said(number, "alice", "#lab", text));
  }
};

TEST_F(State, AMessageIsOneLineWithItsCopies) {
  const LiveEvent hello = said(1, "alice", "#lab", "hello");
  state.live_event(hello);
  state.live_event(copy_of(hello, "bob", 2, milliseconds(3)));
  state.live_event(copy_of(hello, "carol", 3, milliseconds(5)));
  const json update = news();
  ASSERT_EQ(update["entries"].size(), 1u);
  const json& line = update["entries"][0];
  EXPECT_EQ(line["kind"], "message");
  EXPECT_EQ(line["text"], "hello");
  EXPECT_EQ(line["in_packet"], 10);
  EXPECT_EQ(line["copy_count"], 2);
  EXPECT_EQ(line["copies"][1]["who"], "carol");
  EXPECT_EQ(line["copies"][1]["packet"], 11);
  EXPECT_DOUBLE_EQ(line["copies"][1]["latency"], 5.0);
  EXPECT_DOUBLE_EQ(line["latency_max"], 5.0);
  EXPECT_EQ(update["totals"]["messages"], 1);
  EXPECT_EQ(update["totals"]["copies"], 2);
  EXPECT_EQ(update["rooms"][0]["name"], "#lab");
  EXPECT_EQ(update["rooms"][0]["copies"], 2);
}

TEST_F(State, OnlyWhatChangedIsToldAgain) {
  say(1, "one");
  say(2, "two");
  EXPECT_EQ(news()["type"], "snapshot");
  EXPECT_TRUE(state.collect(cursor, true).empty());
  state.live_event(copy_of(said(1, "alice", "#lab", "one"), "bob", 2, milliseconds(1)));
  json update = news();
  EXPECT_EQ(update["type"], "update");
  ASSERT_EQ(update["entries"].size(), 1u);
  EXPECT_EQ(update["entries"][0]["text"], "one");
  EXPECT_EQ(update["left_out"], 0);
  // Each change is told, also when one came between two of them that nobody asked about.
  for (int turn = 0; turn < 3; ++turn) {
    state.live_event(copy_of(said(1, "alice", "#lab", "one"), "carol", 3, milliseconds(1)));
    state.live_event(copy_of(said(1, "alice", "#lab", "one"), "dave", 4, milliseconds(1)));
    update = news();
    ASSERT_EQ(update["entries"].size(), 1u);
    EXPECT_EQ(update["entries"][0]["copy_count"], 3 + 2 * turn);
  }
}

// Goal: whoever is slow gets the latest lines and is told how many it has missed; nobody else notices.
TEST_F(State, ASlowBrowserGetsASnapshotAndTheNumberOfWhatItMissed) {
  constexpr std::uint64_t kCount = 10'000;
  say(1, "one");
  news();
  Cursor quick = cursor;
  std::uint64_t seen_by_quick = 0;
  for (std::uint64_t number = 2; number <= kCount; ++number) {
    say(number, "more");
    if (number % 100 != 0) continue;
    const Update update = state.collect(quick, false);
    EXPECT_EQ(update.left_out, 0u);
    seen_by_quick += update.entries.size();
  }
  EXPECT_EQ(seen_by_quick, kCount - 1);
  const Update late = state.collect(cursor, false);
  EXPECT_TRUE(late.is_snapshot);
  ASSERT_EQ(late.entries.size(), LiveState::kEntriesPerUpdate);
  EXPECT_EQ(late.entries.back().id, kCount);
  EXPECT_EQ(late.left_out, kCount - 1 - LiveState::kEntriesPerUpdate);
  EXPECT_TRUE(state.collect(cursor, false).empty());
}

TEST_F(State, TheCommandMayBeKnownAfterTheFirstCopy) {
  LiveEvent early = said(1, "alice", "#lab", "hello");
  early.in = {};
  early.in_connection = {};
  early.may_be_replay = true;
  early.time = at(7);
  early.packet = 42;
  state.live_event(early);
  json line = news()["entries"][0];
  EXPECT_FALSE(line.contains("in_packet"));
  EXPECT_EQ(line["may_be_replay"], true);
  LiveEvent command = said(1, "alice", "#lab", "hello");
  command.kind = Kind::said;
  state.live_event(command);
  line = news()["entries"][0];
  EXPECT_EQ(line["in_packet"], 10);
  EXPECT_FALSE(line.contains("may_be_replay"));
}

TEST_F(State, WhatTurnsOutToBeLiveIsNoSecondLine) {
  LiveEvent message = said(1, "alice", "#lab", "hello");
  message.may_be_replay = true;
  message.in = {};
  state.live_event(message);
  message.may_be_replay = false;
  state.live_event(message);
  const json update = news();
  ASSERT_EQ(update["entries"].size(), 1u);
  EXPECT_FALSE(update["entries"][0].contains("may_be_replay"));
  EXPECT_EQ(update["totals"]["messages"], 1);
}

TEST_F(State, PeopleAreInRoomsUntilTheyLeaveOrTheirConnectionEnds) {
  ConnectionRecord connection;
  for (const std::uint64_t id : {1U, 2U}) {
    connection.id = ConnectionId{id};
    state.opened(connection);
  }
  state.live_event(session(Kind::login, "alice", 1));
  state.live_event(session(Kind::login, "bob", 2));
  state.live_event(session(Kind::joined, "alice", 1, "#lab"));
  state.live_event(session(Kind::joined, "bob", 2, "#lab"));
  json update = news();
  EXPECT_EQ(update["rooms"][0]["members"], (json{"alice", "bob"}));
  EXPECT_EQ(update["people"].size(), 2u);
  EXPECT_EQ(update["people"][0]["connections"], json{2});
  state.live_event(session(Kind::parted, "alice", 1, "#lab"));
  EXPECT_EQ(news()["rooms"][0]["members"], json{"bob"});
  state.live_event(session(Kind::ended, "bob", 2));
  update = news();
  EXPECT_EQ(update["rooms"][0]["members"], json::array());
  EXPECT_EQ(update["people"][0]["connections"], json::array());
}

TEST_F(State, TextIsCutAndMadeSafe) {
  say(1, "<script>alert(1)</script>\x1b[31m\xff\u202e");
  EXPECT_EQ(news()["entries"][0]["text"], "<script>alert(1)</script>\\x1b[31m\\xff\\u{202e}");
  for (const std::string& long_text : {std::string(100'000, 'x'), std::string(100'000, '\xff')}) {
    say(2, long_text);
    const std::string shown = news()["entries"][0]["text"];
    EXPECT_LE(shown.size(), 2 * LiveState::kTextSizeMax + 3);
    EXPECT_GE(shown.size(), LiveState::kTextSizeMax);
    EXPECT_TRUE(shown.ends_with("\u2026"));
  }
}

TEST_F(State, ASecretIsShownAsItWasHandedOver) {
  state.credential(secret("alice", "********"));
  state.credential(secret("alice", "********"));
  const json update = news();
  EXPECT_EQ(update["entries"][0]["text"], "********");
  ASSERT_EQ(update["secrets"].size(), 1u);
  EXPECT_EQ(update["secrets"][0]["count"], 2);
  EXPECT_EQ(update["secrets"][0]["accepted"], "yes");
}

TEST_F(State, DropsAreUnknownUntilTheCaptureSays) {
  state.packet(at(0), 100);
  json update = news();
  EXPECT_TRUE(update["totals"]["kernel_drops"].is_null());
  state.counts({1, 1, 0, 7});
  update = news();
  EXPECT_EQ(update["totals"]["kernel_drops"], 0);
  EXPECT_EQ(update["totals"]["interface_drops"], 7);
}

TEST_F(State, SecondsFollowTheClockOfTheCapture) {
  for (const std::int64_t when : {0, 500, 1500, 900, 5000}) state.packet(at(when), 100);
  Update update = state.collect(cursor, true);
  ASSERT_EQ(update.seconds.size(), 3u);  // the latest first
  EXPECT_EQ(update.seconds[2].packets, 3u);
  EXPECT_EQ(update.seconds[0].bytes, 100u);
  // One that is set back begins anew, and any time is survived.
  state.packet(at(-10'000), 100);
  EXPECT_EQ(state.collect(cursor, true).seconds.size(), 1u);
  for (const WallTime when : {WallTime::min(), WallTime::max(), WallTime{}}) state.packet(when, 1);
  EXPECT_LE(state.collect(cursor, true).seconds.size(), 3u);
}

TEST_F(State, FramesAreFoundByTheLinesTheyBelongTo) {
  PduResult frame;
  frame.number = 7;
  frame.connection = ConnectionId{1};
  frame.direction = Direction::client_to_server;
  frame.first = frame.last = {10, at(1)};
  frame.verb = "SAY";
  frame.arguments = "#lab";
  frame.status = "ok";
  state.pdu(frame);
  const LiveEvent hello = said(1, "alice", "#lab", "hello");
  state.live_event(hello);
  frame.number = 8;
  frame.connection = ConnectionId{2};
  frame.direction = Direction::server_to_client;
  frame.first = frame.last = {11, at(2)};
  frame.verb = "MSG";
  state.pdu(frame);
  state.live_event(copy_of(hello, "bob", 2, milliseconds(1)));
  const json line = news()["entries"][0];
  EXPECT_EQ(line["in_frame"], 7);
  EXPECT_EQ(line["copies"][0]["frame"], 8);
  const std::uint64_t numbers[] = {7, 8, 9};
  const json page = json::parse(render_json(state.frames(numbers)));
  ASSERT_EQ(page["frames"].size(), 2u);
  EXPECT_EQ(page["frames"][0]["verb"], "SAY");
  EXPECT_EQ(page["frames"][1]["first_packet"], 11);
  EXPECT_EQ(page["first_held"], 7);
}

// Goal: the state of a connection is what its flags say, as they come.
TEST_F(State, ConnectionsHaveStates) {
  ConnectionRecord record;
  record.id = ConnectionId{1};
  state.opened(record);
  TcpSegment segment;
  const auto tell = [&](Direction direction, TcpFlags flags) {
    segment.flags = flags;
    state.segment({segment, ConnectionId{1}, direction, false, 0, {}, 1, {}, {}});
    return news()["connections"][0]["state"].get<std::string>();
  };
  using enum Direction;
  TcpFlags syn;
  syn.syn = true;
  TcpFlags ack;
  ack.ack = true;
  TcpFlags fin = ack;
  fin.fin = true;
  EXPECT_EQ(tell(client_to_server, syn), "opening");
  EXPECT_EQ(tell(client_to_server, ack), "open");
  EXPECT_EQ(tell(server_to_client, fin), "half closed");
  EXPECT_EQ(tell(client_to_server, fin), "closed");
  record.state = "SF";
  state.closed(record);
  EXPECT_EQ(news()["connections"][0]["ending"], "SF");
}

}  // namespace
}  // namespace plaintalk::analyzer::web::test
