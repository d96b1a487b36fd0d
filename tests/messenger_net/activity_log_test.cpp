// The log thread: nothing is lost at the end, and what was lost is said.
#include "messenger/net/activity_log.hpp"

#include <algorithm>
#include <array>
#include <csignal>
#include <filesystem>
#include <fstream>
#include <sstream>
#include <string>
#include <vector>

#include <gtest/gtest.h>
#include <nlohmann/json.hpp>
#include <sys/resource.h>

#include "messenger/net/log_lines.hpp"
#include "messenger/net/log_output.hpp"
#include "tests/messenger_net/temporary_folder.hpp"
#include "tests/support/heap.hpp"

namespace plaintalk::messenger::test {
namespace {

TEST(ActivityLog, WritesEverythingBeforeItEnds) {
  const TemporaryFolder folder;
  constexpr int kCount = 20'000;
  {
    ActivityLog log({-1, folder / "log.jsonl"});
    for (int i = 0; i < kCount; ++i) log.event(ServerNote{"n", std::to_string(i)}, WallTime(Nanoseconds(i)));
  }
  const std::string text = read_file(folder / "log.jsonl");
  EXPECT_EQ(std::count(text.begin(), text.end(), '\n'), kCount);
  EXPECT_TRUE(
      text.ends_with("{\"time\":\"0.000019999\",\"event\":\"server\",\"kind\":\"n\",\"text\":\"19999\"}\n"));
}

TEST(ActivityLog, IsSilentAndAsksForNoRoutesWhenNobodyListens) {
  ActivityLog log({});
  EXPECT_FALSE(log.wants_routes());
  log.event(ServerNote{"n", "nobody"}, WallTime{});
}

TEST(ActivityLog, SaysHowManyEventsAreMissing) {
  std::string people;
  std::string json;
  people_lost({3, 1}, WallTime{}, people);
  json_lost({3, 1}, WallTime{}, json);
  EXPECT_EQ(people,
            "1970-01-01T00:00:00.000Z  log            -                             3 messages and 1 other "
            "event are missing here\n");
  EXPECT_EQ(json, "{\"time\":\"0.000000000\",\"event\":\"log_lost\",\"routed\":3,\"other\":1}\n");
}

std::vector<nlohmann::json> objects_in(const std::string& text) {
  std::vector<nlohmann::json> lines;
  std::istringstream stream(text);
  for (std::string line; std::getline(stream, line);) lines.push_back(nlohmann::json::parse(line));
  return lines;
}

// Goal: after a full disk the log goes on, no line is cut, and each event is either there or counted.
// Method: a limit on the file's size, at many places within a line, that is moved on a little, so that not
// much more than the note of the loss fits, and then lifted.
TEST(LogOutput, GoesOnAfterAFullDiskAndSaysWhatIsMissing) {
  rlimit before{};
  ASSERT_EQ(::getrlimit(RLIMIT_FSIZE, &before), 0);
  const auto old_handler = std::signal(SIGXFSZ, SIG_IGN);
  constexpr rlim_t kLineSize = 8;
  for (rlim_t limit = 40; limit < 75; ++limit) {
    const TemporaryFolder folder;
    const std::string path = folder / "log";
    LogOutput output(path, [](const LostEvents& lost, std::string& out) {
      out +=
          "{\"routed\":" + std::to_string(lost.routed) + ",\"other\":" + std::to_string(lost.other) + "}\n";
    });
    const auto add = [&](int number, bool is_message) {
      output.text() += "{\"n\":" + std::to_string(number) + "}\n";
      output.line_added(is_message);
      if (number % 2 == 1) output.write();
    };
    const rlimit full{limit, before.rlim_max};
    ASSERT_EQ(::setrlimit(RLIMIT_FSIZE, &full), 0);
    for (int i = 0; i < 20; ++i) add(i, i < 15);
    const std::string cut = read_file(path);
    EXPECT_TRUE(cut.ends_with('\n')) << limit;
    EXPECT_EQ(cut.size(), limit / kLineSize * kLineSize) << "all that fit are there";
    const rlimit nearly_full{limit + 30, before.rlim_max};
    ASSERT_EQ(::setrlimit(RLIMIT_FSIZE, &nearly_full), 0);
    for (int i = 20; i < 26; ++i) add(i, false);
    EXPECT_TRUE(read_file(path).ends_with('\n')) << limit;
    ASSERT_EQ(::setrlimit(RLIMIT_FSIZE, &before), 0);
    for (int i = 26; i < 28; ++i) add(i, false);
    int told = 0;
    int kept = 0;
    for (const nlohmann::json& line : objects_in(read_file(path))) {
      if (line.contains("n")) ++kept;
      if (line.contains("routed")) told += line["routed"].get<int>() + line["other"].get<int>();
    }
    EXPECT_EQ(kept + told, 28) << limit;
    EXPECT_LT(kept, 28) << limit;
  }
  std::signal(SIGXFSZ, old_handler);
}

void write_line(LogOutput& output, const std::string& line) {
  output.text() += line;
  output.line_added(false);
  output.write();
}

TEST(LogOutput, EndsTheHalfLineOfAServerThatWasKilled) {
  const TemporaryFolder folder;
  std::ofstream(folder / "log") << "whole\nhal";
  {
    LogOutput output(folder / "log", [](const LostEvents&, std::string&) {});
    EXPECT_EQ(read_file(folder / "log"), "whole\nhal");
    write_line(output, "next\n");
    write_line(output, "after it\n");
  }
  EXPECT_EQ(read_file(folder / "log"), "whole\nhal\nnext\nafter it\n");
}

// Whoever moves logs away may put another one there that ends in half a line.
TEST(LogOutput, EndsTheHalfLineOfTheFileThatItIsToldToGoOnWith) {
  const TemporaryFolder folder;
  LogOutput output(folder / "log", [](const LostEvents&, std::string&) {});
  write_line(output, "before\n");
  std::filesystem::rename(folder / "log", folder / "log.1");
  std::ofstream(folder / "log") << "hal";
  output.reopen();
  write_line(output, "after\n");
  EXPECT_EQ(read_file(folder / "log.1"), "before\n");
  EXPECT_EQ(read_file(folder / "log"), "hal\nafter\n");
}

TEST(ActivityLog, OpensItsFileAgainWhenItWasMovedAway) {
  const TemporaryFolder folder;
  {
    ActivityLog log({-1, folder / "log"});
    log.event(ServerNote{"n", "before"}, WallTime{});
    std::filesystem::rename(folder / "log", folder / "log.1");
    log.reopen(WallTime{});
    log.event(ServerNote{"n", "after"}, WallTime{});
  }
  EXPECT_NE(read_file(folder / "log").find("after"), std::string::npos);
  EXPECT_EQ(read_file(folder / "log.1").find("after"), std::string::npos);
  EXPECT_NE((read_file(folder / "log.1") + read_file(folder / "log")).find("before"), std::string::npos);
}

TEST(LogLines, EscapeWhatIsNotText) {
  LogLines lines;
  std::string people;
  std::string json;
  const ServerEvent event =
      Refused{ConnectionId{4}, "", "\x1b[31m\xff", 400, "SYNTAX", "a\nb\xc2\x9b\xe2\x80\xae", false};
  lines.see(event, WallTime{});
  lines.people(event, people);
  lines.json(event, json);
  EXPECT_EQ(people,
            "1970-01-01T00:00:00.000Z  refused        #4                            (not logged in) "
            "\\x1b[31m\\xff: 400 SYNTAX: a\\nb\\x9b\\u{202e}\n");
  const auto parsed = nlohmann::json::parse(json);
  EXPECT_EQ(parsed["connection"], 4);
  EXPECT_EQ(parsed["text"], "a\nb\xc2\x9b\xe2\x80\xae");
  EXPECT_NE(json.find("\\u009b\\u202e"), std::string::npos) << json;
  EXPECT_EQ(parsed["fatal"], false);
}

// Goal: a message's line is written without a JSON library; a reader must not see the difference.
TEST(LogLines, TellOfAMessage) {
  LogLines lines;
  const Endpoint client{IpAddress::v4(127, 0, 0, 2), 51234};
  const Endpoint server{IpAddress::v4(127, 0, 0, 1), 7777};
  lines.see(ConnectionOpened{ConnectionId{3}, client, server}, WallTime{});
  const std::array recipients{ConnectionId{3}, ConnectionId{12}};
  const std::array shed{ConnectionId{7}};
  const ServerEvent event =
      Routed{ConnectionId{3}, "@al,bob", 42, "msg", "al", "q\"\\'1", 1, recipients, shed};
  std::string people;
  std::string json;
  lines.see(event, WallTime{Nanoseconds{1'500'000'000}});
  lines.people(event, people);
  lines.json(event, json);
  EXPECT_EQ(
      people,
      "1970-01-01T00:00:01.500Z  message        #3 127.0.0.2:51234            al -> @al,bob 42: 1 byte to "
      "2 connections, 1 too slow\n");
  EXPECT_EQ(
      json,
      R"({"time":"1.500000000","event":"routed","connection":3,"client_address":"127.0.0.2",)"
      R"("client_port":51234,"server_address":"127.0.0.1","server_port":7777,"room":"@al,bob","seq":42,)"
      R"("kind":"msg","account":"al","id":"q\"\\'1","body_size":1,"recipients":[3,12],"shed":[7]})"
      "\n");
  lines.forget(event);
}

// Goal: connections whose end was lost do not add up for ever.
TEST(LogLines, KnowABoundedNumberOfConnections) {
  LogLines lines;
  const Endpoint client{IpAddress::v4(127, 0, 0, 2), 51234};
  const std::uint64_t count = 2 * LogLines::kConnectionCountMax;
  const std::size_t before = plaintalk::test::heap_bytes();
  std::size_t most = 0;
  for (std::uint64_t id = 1; id <= count; ++id) {
    lines.see(ConnectionOpened{ConnectionId{id}, client, client}, WallTime{});
    ASSERT_LE(lines.connection_count(), LogLines::kConnectionCountMax);
    if (id % 1024 == 0) most = std::max(most, plaintalk::test::heap_bytes() - before);
  }
  EXPECT_LT(most, std::size_t{26} << 20);  // docs/LIMITS.md
  const auto line_of = [&](std::uint64_t id) {
    const ServerEvent event = ConnectionClosed{ConnectionId{id}, "", "peer closed", 1, 2, 0};
    std::string people;
    lines.see(event, WallTime{});
    lines.people(event, people);
    return people;
  };
  EXPECT_NE(line_of(count).find("127.0.0.2:51234"), std::string::npos);
  EXPECT_NE(line_of(count - LogLines::kConnectionCountMax / 4).find("127.0.0.2:51234"), std::string::npos);
  EXPECT_EQ(line_of(1).find("127.0.0.2:51234"), std::string::npos);
}

}  // namespace
}  // namespace plaintalk::messenger::test
