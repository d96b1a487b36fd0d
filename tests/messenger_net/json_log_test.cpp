// The JSON log against what really happened: every connection, every message, every byte (docs/LOG.md).
#include <algorithm>
#include <csignal>
#include <filesystem>
#include <map>
#include <memory>
#include <set>
#include <sstream>
#include <string>
#include <vector>

#include <gtest/gtest.h>
#include <nlohmann/json.hpp>
#include <signal.h>

#include "tests/messenger_net/peer.hpp"
#include "tests/messenger_net/server_process.hpp"
#include "tests/messenger_net/temporary_folder.hpp"

namespace plaintalk::messenger::test {
namespace {

using Json = nlohmann::json;

std::vector<Json> lines_of(const std::string& path) {
  std::vector<Json> lines;
  std::istringstream text(read_file(path));
  for (std::string line; std::getline(text, line);) lines.push_back(Json::parse(line));
  return lines;
}

std::vector<Json> only(const std::vector<Json>& lines, std::string_view event) {
  std::vector<Json> found;
  std::copy_if(lines.begin(), lines.end(), std::back_inserter(found),
               [&](const Json& line) { return line["event"] == event; });
  return found;
}

struct Counts {
  std::uint64_t sent = 0;
  std::uint64_t received = 0;
};

// Goal: the log is an account that balances: each connection opened is closed, with exactly the bytes that
// the client counted.
TEST(JsonLog, AccountsForEveryConnectionAndByte) {
  const TemporaryFolder folder;
  const std::string log = folder / "log.jsonl";
  ServerProcess server({"--quiet", "--log", log});
  std::map<std::uint16_t, Counts> expected;
  for (int i = 0; i < 5; ++i) {
    Peer peer(server.port());
    enter(peer, "user" + std::to_string(i), "#lab");
    peer.send("SAY #lab :hello from " + std::to_string(i) + "\nNOSUCH\n" + (i % 2 == 0 ? "QUIT\n" : ""));
    if (i % 2 == 1) peer.finish_sending();
    peer.read_to_end();
    EXPECT_FALSE(peer.was_reset());
    expected[peer.own_port()] = {peer.sent_count(), peer.received_count()};
  }
  Peer last(server.port());
  enter(last, "last", "#lab");
  server.signal(SIGTERM);
  last.read_to_end();
  expected[last.own_port()] = {last.sent_count(), last.received_count()};
  EXPECT_EQ(server.wait(), 0);

  const std::vector<Json> lines = lines_of(log);
  EXPECT_EQ(only(lines, "opened").size(), expected.size());
  ASSERT_EQ(only(lines, "closed").size(), expected.size());
  for (const Json& closed : only(lines, "closed")) {
    EXPECT_EQ(closed["client_address"], "127.0.0.1");
    EXPECT_EQ(closed["server_port"], server.port());
    const Counts& counts = expected.at(closed["client_port"].get<std::uint16_t>());
    EXPECT_EQ(closed["bytes_in"], counts.sent) << closed;
    EXPECT_EQ(closed["bytes_out"], counts.received) << closed;
  }
  EXPECT_EQ(only(lines, "refused").size(), 5U);
  EXPECT_TRUE(only(lines, "log_lost").empty());
}

TEST(JsonLog, NamesTheRecipientsOfEveryMessage) {
  const TemporaryFolder folder;
  const std::string log = folder / "log.jsonl";
  constexpr std::size_t kClients = 4;
  ServerProcess server({"--quiet", "--log", log});
  std::vector<std::unique_ptr<Peer>> peers;
  for (std::size_t i = 0; i < kClients; ++i) {
    peers.push_back(std::make_unique<Peer>(server.port()));
    enter(*peers[i], "user" + std::to_string(i), i == 3 ? "#other" : "#lab");
  }
  peers[0]->send("SAY #lab id=a :to all\nSAY @user1 :to one\nSAY #lab id=a :to all\nPING :end\n");
  peers[0]->read_until("PONG :end\n");
  EXPECT_EQ(server.stop(), 0);

  const std::vector<Json> lines = lines_of(log);
  const std::vector<Json> routed = only(lines, "routed");
  ASSERT_EQ(routed.size(), 2U);
  const auto find = [&](std::string_view room) {
    return *std::find_if(routed.begin(), routed.end(),
                         [&](const Json& line) { return line["room"] == room; });
  };
  const Json to_room = find("#lab");
  EXPECT_EQ(to_room["seq"], 1);
  EXPECT_EQ(to_room["account"], "user0");
  EXPECT_EQ(to_room["connection"], 1);
  EXPECT_EQ(to_room["id"], "a");
  EXPECT_EQ(to_room["body_size"], 6);
  EXPECT_EQ(to_room["recipients"].get<std::set<int>>(), (std::set<int>{1, 2, 3}));
  EXPECT_TRUE(to_room["shed"].empty());
  EXPECT_EQ(find("@user0,user1")["recipients"].get<std::set<int>>(), (std::set<int>{1, 2}));
  EXPECT_EQ(only(lines, "resent").size(), 1U);
}

TEST(JsonLog, NeverHoldsAPasswordOrAToken) {
  const TemporaryFolder folder;
  const std::string log = folder / "log.jsonl";
  ServerProcess server({"--log", log});
  Peer peer(server.port());
  peer.send(
      "REGISTER alice :tulip9secret\nREGISTER alice :tulip9secret\nLOGIN bob :tulip9secret\nPING :end\n");
  const std::string answers = peer.read_until("PONG :end\n");
  const std::size_t token_at = answers.find("token=") + 6;
  const std::string token = answers.substr(token_at, answers.find_first_of(" \n", token_at) - token_at);
  ASSERT_GE(token.size(), 16U);
  EXPECT_EQ(server.stop(), 0);
  for (const std::string& text : {read_file(log), server.output()}) {
    EXPECT_NE(text.find("alice"), std::string::npos);
    EXPECT_EQ(text.find("tulip9"), std::string::npos) << text;
    EXPECT_EQ(text.find(token), std::string::npos) << text;
  }
}

TEST(JsonLog, KeepsTerminalsSafeFromWhatClientsSend) {
  const TemporaryFolder folder;
  ServerProcess server({"--log", folder / "log.jsonl"});
  Peer peer(server.port());
  enter(peer, "alice", "#lab");
  peer.send("TOPIC #lab :\x1b[2Jgone\nPING :end\n");
  peer.read_until("PONG :end\n");
  EXPECT_EQ(server.stop(), 0);
  EXPECT_EQ(server.output().find('\x1b'), std::string::npos) << server.output();
  for (const Json& line : lines_of(folder / "log.jsonl")) EXPECT_TRUE(line.contains("time")) << line;
}

// Goal: a log that is moved away in the middle of a burst has each message once, in whole lines, in one of
// the files. Method: thousands of messages are under way while the file is moved and SIGHUP sent, again and
// again.
TEST(JsonLog, LosesNothingWhenItsFileIsMovedDuringABurst) {
  constexpr int kMessages = 4000;
  constexpr int kMoves = 8;
  const TemporaryFolder folder;
  ServerProcess server({"--quiet", "--unlimited-rate", "--log", folder / "log"});
  Peer peer(server.port());
  enter(peer, "alice", "#lab");
  for (int move = 0; move < kMoves; ++move) {
    std::string said;
    for (int i = 0; i < kMessages / kMoves; ++i) said += "SAY #lab :x\n";
    peer.send(said);
    std::filesystem::rename(folder / "log", folder / ("log." + std::to_string(move)));
    server.signal(SIGHUP);
    peer.send("PING :" + std::to_string(move) + "\n");
    peer.read_until("PONG :" + std::to_string(move) + "\n");
    while (!std::filesystem::exists(folder / "log"))
      ASSERT_EQ(server.wait_a_moment(), ChildProcess::kRunning);
  }
  EXPECT_EQ(server.stop(), 0);
  std::vector<Json> lines;
  for (int move = 0; move < kMoves; ++move)
    for (Json& line : lines_of(folder / ("log." + std::to_string(move)))) lines.push_back(std::move(line));
  for (Json& line : lines_of(folder / "log")) lines.push_back(std::move(line));
  std::vector<int> numbers;
  for (const Json& line : lines)
    if (line.contains("seq")) numbers.push_back(line["seq"].get<int>());
  ASSERT_EQ(numbers.size(), static_cast<std::size_t>(kMessages));
  for (int index = 0; index < kMessages; ++index)
    EXPECT_EQ(numbers[static_cast<std::size_t>(index)], index + 1);
  EXPECT_TRUE(only(lines, "log_lost").empty());
}

// What logrotate does: the file is moved away, then SIGHUP. No event is lost, and the server lives. What had
// happened shortly before may stand in either file.
TEST(JsonLog, GoesOnInANewFileAfterSighup) {
  const TemporaryFolder folder;
  ServerProcess server({"--quiet", "--log", folder / "log"});
  Peer peer(server.port());
  enter(peer, "alice", "#lab");
  std::filesystem::rename(folder / "log", folder / "log.1");
  server.signal(SIGHUP);
  while (!std::filesystem::exists(folder / "log")) ASSERT_EQ(server.wait_a_moment(), ChildProcess::kRunning);
  peer.send("QUIT\n");
  EXPECT_EQ(peer.read_to_end(), "BYE :goodbye\n");
  EXPECT_EQ(server.stop(), 0);
  EXPECT_EQ(only(lines_of(folder / "log"), "closed").size(), 1U);
  std::vector<Json> lines = lines_of(folder / "log.1");
  for (Json& line : lines_of(folder / "log")) lines.push_back(std::move(line));
  for (const char* event : {"opened", "login", "closed"}) EXPECT_EQ(only(lines, event).size(), 1U) << event;
}

TEST(JsonLog, SighupWithoutALogEndsNothing) {
  ServerProcess server({"--quiet"});
  server.signal(SIGHUP);
  Peer peer(server.port());
  peer.send("QUIT\n");
  EXPECT_NE(peer.read_to_end().find("BYE :goodbye"), std::string::npos);
  EXPECT_EQ(server.stop(), 0);
}

}  // namespace
}  // namespace plaintalk::messenger::test
