// What becomes of packets is asked of the planner with made-up times: no clock, no network.
#include "labs/link/link_planner.hpp"

#include <algorithm>
#include <numeric>

#include <gtest/gtest.h>

#include "tests/labs_link/made_frames.hpp"

namespace plaintalk::link {
namespace {

constexpr Instant at_ms(std::int64_t ms) { return Instant(Milliseconds(ms)); }

Fate decide(LinkPlanner& planner, const Segment& segment, Instant now) {
  const auto frame = frame_of(segment);
  return planner.decide(view_frame(frame), frame.size(), now);
}

// Which of `count` data segments to a person, 1 ms apart, are lost.
std::vector<bool> losses(LinkPlanner& planner, int count, std::uint32_t person = kPerson) {
  std::vector<bool> lost;
  for (int index = 0; index < count; ++index) {
    const auto sequence = static_cast<std::uint32_t>(1000 + 10 * index);
    lost.push_back(
        decide(planner, {.target = person, .sequence = sequence, .payload = "0123456789"}, at_ms(index))
            .is_lost);
  }
  return lost;
}

LinkPlan plan_with(const DirectionPlan& to_people) {
  LinkPlan plan;
  plan.seed = 42;
  plan.to_people = to_people;
  return plan;
}

TEST(LinkPlanner, APlainLinkLetsEverythingPassAtOnce) {
  LinkPlanner planner({}, Direction::to_people);
  const Fate fate = decide(planner, {.payload = "hello"}, at_ms(5));
  EXPECT_FALSE(fate.is_lost || fate.is_doubled);
  EXPECT_EQ(fate.due, at_ms(5));
}

TEST(LinkPlanner, LosesTheShareThatIsAskedForAndTheSameOnesEachTime) {
  const LinkPlan plan = plan_with({.loss_percent = 10});
  LinkPlanner first(plan, Direction::to_people);
  LinkPlanner again(plan, Direction::to_people);
  const auto lost = losses(first, 20'000);
  EXPECT_EQ(lost, losses(again, 20'000));
  // Four standard deviations of a binomial distribution are 170.
  EXPECT_NEAR(static_cast<double>(std::ranges::count(lost, true)), 2'000, 170);
  LinkPlan other = plan;
  other.seed = 43;
  LinkPlanner elsewhere(other, Direction::to_people);
  EXPECT_NE(lost, losses(elsewhere, 20'000));
}

// Goal: how acknowledgements fall, and what others do, depends on time; the fate of data must not.
TEST(LinkPlanner, ADataSegmentsFateDoesNotDependOnWhatPassesBetween) {
  const LinkPlan plan = plan_with({.loss_percent = 20});
  LinkPlanner alone(plan, Direction::to_people);
  LinkPlanner busy(plan, Direction::to_people);
  const auto lost = losses(alone, 500);
  for (std::size_t index = 0; index < lost.size(); ++index) {
    decide(busy, {.sequence = 1}, at_ms(0));
    decide(busy, {.target = kOther, .payload = "not theirs"}, at_ms(0));
    EXPECT_EQ(decide(busy, {.payload = "0123456789"}, at_ms(0)).is_lost, lost[index]) << index;
  }
}

TEST(LinkPlanner, DirectionsAndPeopleHaveChancesOfTheirOwn) {
  LinkPlan plan = plan_with({.loss_percent = 30});
  LinkPlanner planner(plan, Direction::to_people);
  EXPECT_NE(losses(planner, 200), losses(planner, 200, kOther));
}

TEST(LinkPlanner, DelaysAndKeepsTheOrderWhateverTheJitter) {
  LinkPlanner planner(plan_with({.delay = Milliseconds(20), .jitter = Milliseconds(9)}),
                      Direction::to_people);
  Instant last = at_ms(0);
  Nanoseconds most{};
  for (int index = 0; index < 1'000; ++index) {
    const Instant now = at_ms(index);
    const Fate fate = decide(planner, {.payload = "x"}, now);
    EXPECT_GE(fate.due, now + Milliseconds(20));
    EXPECT_LT(fate.due, now + Milliseconds(29));
    EXPECT_GE(fate.due, last);
    most = std::max(most, fate.due - now);
    last = fate.due;
  }
  EXPECT_GT(most, Milliseconds(28)) << "nearly all of the jitter is used";
}

TEST(LinkPlanner, HoldsBackWhatIsOvertakenMeanwhile) {
  LinkPlanner planner(
      plan_with({.delay = Milliseconds(5), .reorder_percent = 25, .reorder_by = Milliseconds(10)}),
      Direction::to_people);
  int held = 0;
  for (int index = 0; index < 4'000; ++index) {
    const Fate fate = decide(planner, {.payload = "x"}, at_ms(index));
    const bool is_held = fate.held_by == Reason::chance;
    held += is_held ? 1 : 0;
    EXPECT_EQ(fate.due, at_ms(index + (is_held ? 15 : 5)));
  }
  EXPECT_NEAR(held, 1'000, 110);
}

TEST(LinkPlanner, DoublesTheShareThatIsAskedFor) {
  LinkPlanner planner(plan_with({.duplicate_percent = 50}), Direction::to_people);
  int doubled = 0;
  for (int index = 0; index < 2'000; ++index)
    doubled += decide(planner, {.payload = "x"}, at_ms(index)).is_doubled ? 1 : 0;
  EXPECT_NEAR(doubled, 1'000, 90);
}

// A frame of 1000 bytes takes 8 ms at 1 Mbit/s.
Segment frame_of_1000_bytes() { return {.payload = std::string(1000 - 54, 'x')}; }

TEST(LinkPlanner, SendsAsFastAsTheRateAllows) {
  LinkPlanner planner(plan_with({.delay = Milliseconds(1), .rate_bit_s = 1'000'000}), Direction::to_people);
  EXPECT_EQ(decide(planner, frame_of_1000_bytes(), at_ms(0)).due, at_ms(9));
  EXPECT_EQ(decide(planner, frame_of_1000_bytes(), at_ms(0)).due, at_ms(17));
  EXPECT_EQ(decide(planner, frame_of_1000_bytes(), at_ms(100)).due, at_ms(109)) << "nothing waits any more";
}

// Goal: a full queue drops what comes last, counted in bytes: small packets still find room.
TEST(LinkPlanner, DropsTheTailOfAFullQueue) {
  LinkPlanner planner(plan_with({.rate_bit_s = 1'000'000, .queue_bytes = 4'000}), Direction::to_people);
  for (int index = 0; index < 4; ++index)
    EXPECT_FALSE(decide(planner, frame_of_1000_bytes(), at_ms(0)).is_lost) << index;
  const Fate fate = decide(planner, frame_of_1000_bytes(), at_ms(0));
  EXPECT_TRUE(fate.is_lost);
  EXPECT_EQ(fate.lost_by, Reason::queue);
  EXPECT_FALSE(decide(planner, frame_of_1000_bytes(), at_ms(8)).is_lost) << "one has left";
  EXPECT_TRUE(decide(planner, frame_of_1000_bytes(), at_ms(12)).is_lost) << "half of one has left";
  EXPECT_FALSE(decide(planner, {.payload = "small"}, at_ms(12)).is_lost);
}

TEST(LinkPlanner, ChoosesAPacketByWhatItCarriesAsOftenAsItIsSent) {
  LinkPlan plan;
  plan.chosen = {{.text = "door code", .times = 3}};
  LinkPlanner planner(plan, Direction::to_people);
  EXPECT_FALSE(decide(planner, {.sequence = 500, .payload = "nothing yet"}, at_ms(0)).is_lost);
  const Segment said{.sequence = 600, .payload = "the door code is 7"};
  for (int turn = 0; turn < 3; ++turn) EXPECT_TRUE(decide(planner, said, at_ms(turn)).is_lost) << turn;
  EXPECT_FALSE(decide(planner, said, at_ms(4)).is_lost);
  EXPECT_FALSE(decide(planner, {.sequence = 900, .payload = "the door code again"}, at_ms(5)).is_lost);
}

// Goal: what is sent again may be cut otherwise; the bytes decide, not the packet.
TEST(LinkPlanner, KnowsChosenBytesInARepeatOfAnotherShape) {
  LinkPlan plan;
  plan.chosen = {{.text = "chosen", .times = 2}};
  LinkPlanner planner(plan, Direction::to_people);
  EXPECT_TRUE(decide(planner, {.sequence = 600, .payload = "chosen bytes"}, at_ms(0)).is_lost);
  EXPECT_FALSE(decide(planner, {.sequence = 612, .payload = "what follows"}, at_ms(1)).is_lost);
  EXPECT_FALSE(decide(planner, {.sequence = 600, .payload = "chosen", .port = 4001}, at_ms(1)).is_lost)
      << "another connection";
  EXPECT_TRUE(decide(planner, {.sequence = 590, .payload = "earlier words, chosen"}, at_ms(2)).is_lost);
}

TEST(LinkPlanner, CountsNewSegmentsAfterTheTextAcrossTheWrapOfNumbers) {
  LinkPlan plan;
  plan.chosen = {{.text = "begin", .skip = 3}};
  LinkPlanner planner(plan, Direction::to_people);
  std::uint32_t sequence = 0xfffffff8U;
  const auto next = [&](const std::string& payload) {
    const Fate fate = decide(planner, {.sequence = sequence, .payload = payload}, at_ms(0));
    sequence += static_cast<std::uint32_t>(payload.size());
    return fate;
  };
  EXPECT_FALSE(next("begin").is_lost);
  EXPECT_FALSE(next("one12345").is_lost);
  sequence -= 8;
  EXPECT_FALSE(next("one12345").is_lost) << "a repeat is not counted";
  EXPECT_FALSE(decide(planner, {.sequence = sequence}, at_ms(0)).is_lost) << "an acknowledgement neither";
  EXPECT_FALSE(next("two").is_lost);
  EXPECT_TRUE(next("three").is_lost);
  EXPECT_FALSE(next("four").is_lost);
}

TEST(LinkPlanner, HoldsAChosenPacket) {
  LinkPlan plan;
  plan.to_people.delay = Milliseconds(10);
  plan.chosen = {{.text = "late", .fate = ChosenPacket::Fate::hold, .hold = Milliseconds(30)}};
  LinkPlanner planner(plan, Direction::to_people);
  const Fate fate = decide(planner, {.payload = "I am late"}, at_ms(0));
  EXPECT_EQ(fate.held_by, Reason::chosen);
  EXPECT_EQ(fate.due, at_ms(40));
  EXPECT_EQ(decide(planner, {.sequence = 1009, .payload = "I am not"}, at_ms(1)).due, at_ms(11));
}

TEST(LinkPlanner, LeavesOthersAndWhatIsNoIpAlone) {
  LinkPlan plan = plan_with({.delay = Milliseconds(50), .loss_percent = 50});
  plan.address = "10.0.0.11";
  LinkPlanner planner(plan, Direction::to_people);
  LinkPlanner back(plan, Direction::to_server);
  for (int index = 0; index < 100; ++index) {
    EXPECT_EQ(decide(planner, {.target = kOther, .payload = "x"}, at_ms(index)).due, at_ms(index));
    EXPECT_FALSE(planner.decide(std::nullopt, 42, at_ms(index)).is_lost) << "ARP";
    EXPECT_FALSE(decide(back, {.source = kPerson, .target = kServer, .payload = "x"}, at_ms(index)).is_lost);
  }
  EXPECT_GT(std::ranges::count(losses(planner, 100), true), 20);
}

TEST(FrameView, IsOfWholeIpPacketsOnly) {
  auto frame = frame_of({.payload = "hello"});
  const auto view = view_frame(frame);
  ASSERT_TRUE(view);
  EXPECT_EQ(as_text(view->payload), "hello");
  EXPECT_EQ(view->source_port, 7777);
  for (std::size_t size = 0; size < frame.size(); ++size)
    EXPECT_FALSE(view_frame(Bytes(frame).first(size))) << size;
  frame.resize(frame.size() + 9);  // padding of the Ethernet
  EXPECT_EQ(as_text(view_frame(frame)->payload), "hello");
  frame[14 + 6] = 0x20;  // the first fragment of several still has its header
  EXPECT_TRUE(view_frame(frame)->is_tcp);
  frame[14 + 7] = 1;
  EXPECT_FALSE(view_frame(frame)->is_tcp);
  frame[12] = 0x86;
  EXPECT_FALSE(view_frame(frame));
}

TEST(FrameView, NoHeaderIsReadBeyondItsPacket) {
  auto frame = frame_of({.payload = "hello"});
  for (std::size_t at = 14; at < frame.size(); ++at) {
    for (int value = 0; value < 256; ++value) {
      auto changed = frame;
      changed[at] = static_cast<std::uint8_t>(value);
      const auto view = view_frame(changed);
      if (!view || !view->is_tcp) continue;
      EXPECT_LE(view->payload.data() + view->payload.size(), changed.data() + changed.size());
    }
  }
}

}  // namespace
}  // namespace plaintalk::link
