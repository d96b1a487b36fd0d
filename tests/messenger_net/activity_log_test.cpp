// The log thread: nothing is lost at the end, and what was lost is said.
#include "messenger/net/activity_log.hpp"

#include <algorithm>
#include <string>

#include <gtest/gtest.h>
#include <nlohmann/json.hpp>

#include "messenger/net/log_lines.hpp"
#include "tests/messenger_net/temporary_folder.hpp"

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
            "1970-01-01T00:00:00.000Z  log            -                             the log could not keep "
            "up: 3 messages and 1 other event are missing here\n");
  EXPECT_EQ(json, "{\"time\":\"0.000000000\",\"event\":\"log_lost\",\"routed\":3,\"other\":1}\n");
}

TEST(LogLines, EscapeWhatIsNotText) {
  LogLines lines;
  std::string people;
  std::string json;
  const ServerEvent event = Refused{ConnectionId{4}, "", "\x1b[31m\xff", 400, "SYNTAX", "a\nb", false};
  lines.people(event, WallTime{}, people);
  lines.json(event, WallTime{}, json);
  EXPECT_EQ(people,
            "1970-01-01T00:00:00.000Z  refused        #4                            (not logged in) "
            "\\x1b[31m\\xff: 400 SYNTAX: a\\nb\n");
  const auto parsed = nlohmann::json::parse(json);
  EXPECT_EQ(parsed["connection"], 4);
  EXPECT_EQ(parsed["text"], "a\nb");
  EXPECT_EQ(parsed["fatal"], false);
}

}  // namespace
}  // namespace plaintalk::messenger::test
