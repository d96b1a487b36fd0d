#include "labs/link/link_plan.hpp"

#include <gtest/gtest.h>

namespace plaintalk::link {
namespace {

LinkPlan full_plan() {
  LinkPlan plan;
  plan.seed = 0xfedcba9876543210ULL;
  plan.address = "10.0.0.11";
  plan.to_people = {.delay = Milliseconds(20),
                    .jitter = Milliseconds(3),
                    .loss_percent = 1.5,
                    .duplicate_percent = 0.5,
                    .reorder_percent = 2,
                    .reorder_by = Milliseconds(8),
                    .rate_bit_s = 2'000'000,
                    .queue_bytes = 64 * 1024};
  plan.chosen = {{.text = "a \"word\"\n", .skip = 4, .times = 3},
                 {.direction = Direction::to_server,
                  .text = "x",
                  .fate = ChosenPacket::Fate::hold,
                  .hold = Milliseconds(9)}};
  return plan;
}

TEST(LinkPlan, IsTheSameAfterJson) {
  const LinkPlan plan = full_plan();
  EXPECT_EQ(faults_of(plan), std::vector<std::string>{});
  const auto read = from_json(to_json(plan));
  ASSERT_TRUE(read) << read.error();
  EXPECT_EQ(*read, plan);
  EXPECT_TRUE(from_json("{}")->is_plain());
}

TEST(LinkPlan, JsonThatIsNoPlanIsRefusedWithTheReason) {
  for (const char* text :
       {"", "{", "[]", "7", R"({"sede":1})", R"({"seed":-1})", R"({"seed":"x"})", R"({"to_people":[]})",
        R"({"to_people":{"loss":1}})", R"({"to_people":{"delay_ms":1.5}})",
        R"({"to_people":{"loss_percent":51}})", R"({"packets":{}})", R"({"packets":[{}]})",
        R"({"packets":[{"text":"x","direction":"up"}]})", R"({"packets":[{"text":"x","fate":"eat"}]})",
        R"({"address":"10.0.0"})"}) {
    const auto plan = from_json(text);
    ASSERT_FALSE(plan) << text;
    EXPECT_FALSE(plan.error().empty());
  }
}

TEST(LinkPlan, NonsenseIsNamedInTheWordsOfTheFile) {
  const auto expect_fault = [](auto change, const std::string& why) {
    LinkPlan plan = full_plan();
    change(plan);
    const auto faults = faults_of(plan);
    ASSERT_EQ(faults.size(), 1U) << why;
    EXPECT_TRUE(faults.front().contains(why)) << faults.front();
  };
  expect_fault([](LinkPlan& plan) { plan.to_people.loss_percent = 60; },
               "to_people: loss_percent must be from 0 to 50");
  expect_fault([](LinkPlan& plan) { plan.to_server.reorder_percent = 5; },
               "to_server: reorder_percent and reorder_ms");
  expect_fault([](LinkPlan& plan) { plan.to_people.reorder_percent = 0; }, "need each other");
  expect_fault([](LinkPlan& plan) { plan.to_people.rate_bit_s = 0; }, "queue_kbytes without rate_kbit_s");
  expect_fault([](LinkPlan& plan) { plan.to_people.rate_bit_s = 1000; }, "rate_kbit_s must be");
  expect_fault([](LinkPlan& plan) { plan.to_people.queue_bytes = 1024; }, "two packets have to fit in");
  expect_fault([](LinkPlan& plan) { plan.to_people.delay = Milliseconds(60'000); }, "delay_ms must be");
  expect_fault([](LinkPlan& plan) { plan.chosen[0].text.clear(); }, "text is missing");
  expect_fault([](LinkPlan& plan) { plan.chosen[0].times = 9; }, "times must be from 1 to 8");
  expect_fault([](LinkPlan& plan) { plan.chosen[0].times = 0; }, "times must be from 1 to 8");
  expect_fault([](LinkPlan& plan) { plan.chosen[1].hold = Milliseconds(0); }, "hold_ms belongs to fate");
  expect_fault([](LinkPlan& plan) { plan.chosen[0].hold = Milliseconds(5); }, "hold_ms belongs to fate");
  expect_fault([](LinkPlan& plan) { plan.address = "somewhere"; }, "is no IPv4 address");
  LinkPlan idle;
  idle.address = "10.0.0.11";
  EXPECT_TRUE(faults_of(idle).at(0).contains("nothing is asked of the link"));
}

TEST(LinkPlan, IsToldInOneLine) {
  LinkPlan plan = full_plan();
  EXPECT_EQ(
      describe(plan),
      "to the server: nothing; from it: 20 ms, up to 3 ms more, 2000 kbit/s, 1.5 % lost, 2 % held back 8 ms, "
      "0.5 % doubled; a few packets are chosen; for 10.0.0.11 alone");
  LinkPlan slow;
  slow.to_server.delay = slow.to_people.delay = Milliseconds(30);
  EXPECT_EQ(describe(slow), "30 ms each way");
}

}  // namespace
}  // namespace plaintalk::link
