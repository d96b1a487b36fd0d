// The parts under the rules: the flow table, the byte history, the RTT estimator, the idle queue.
#include <algorithm>
#include <map>
#include <random>

#include <gtest/gtest.h>

#include "analyzer/stream/byte_history.hpp"
#include "analyzer/stream/flow_table.hpp"
#include "analyzer/stream/idle_queue.hpp"
#include "analyzer/stream/rtt_estimator.hpp"

namespace plaintalk::analyzer::test {
namespace {

// Goal: no two connections are ever taken for one. Method: 200 000 random inserts and erases beside a
// std::map.
TEST(FlowTable, AgreesWithAMapUnderRandomInsertsAndErases) {
  std::mt19937 random(1);
  FlowTable table;
  std::vector<FlowKey> keys;
  std::map<std::uint32_t, std::uint32_t> by_port;
  std::vector<std::uint32_t> free;
  const auto key_of_port = [](std::uint32_t port) {
    bool lower = false;
    return FlowKey::of(
        {IpAddress::v4(10, 0, 0, static_cast<std::uint8_t>(port >> 16)), static_cast<std::uint16_t>(port)},
        {IpAddress::v4(10, 1, 0, 1), 7777}, lower);
  };
  const auto key_of = [&](std::uint32_t index) -> const FlowKey& { return keys[index]; };
  for (int step = 0; step < 200'000; ++step) {
    const auto port = static_cast<std::uint32_t>(random() % 100'000);
    const auto known = by_port.find(port);
    const auto found = table.find(key_of_port(port), key_of);
    ASSERT_EQ(found.has_value(), known != by_port.end());
    if (!found) {
      std::uint32_t index = static_cast<std::uint32_t>(keys.size());
      if (free.empty()) {
        keys.push_back(key_of_port(port));
      } else {
        index = free.back();
        free.pop_back();
        keys[index] = key_of_port(port);
      }
      table.insert(keys[index], index);
      by_port[port] = index;
    } else {
      ASSERT_EQ(*found, known->second);
      if (random() % 2 == 0) continue;
      table.erase(keys[*found], *found);
      free.push_back(*found);
      by_port.erase(known);
    }
    ASSERT_EQ(table.size(), by_port.size());
  }
}

TEST(FlowTable, GivesBothDirectionsTheSameKeyAndFamiliesDifferentOnes) {
  const Endpoint a{IpAddress::v4(192, 0, 2, 1), 9};
  const Endpoint b{IpAddress::v4(192, 0, 2, 1), 8};
  bool a_is_lower = false;
  bool b_is_lower = false;
  EXPECT_EQ(FlowKey::of(a, b, a_is_lower), FlowKey::of(b, a, b_is_lower));
  EXPECT_NE(a_is_lower, b_is_lower);
  Endpoint six = a;
  Endpoint six_b = b;
  six.address.is_v6 = six_b.address.is_v6 = true;
  EXPECT_NE(FlowKey::of(a, b, a_is_lower), FlowKey::of(six, six_b, a_is_lower));
}

TEST(ByteHistory, FindsWhatIsHeldAndForgetsTheOldestFirst) {
  ByteHistory history(1);  // the smallest there is: 256 KiB
  const std::vector<std::uint8_t> bytes(1000, 'x');
  ByteHistory::Position newest = 0;
  constexpr std::int64_t kCount = 1000;
  for (std::int64_t index = 0; index < kCount; ++index) {
    newest = history.append(newest, index * 1000, bytes, 1000, static_cast<std::uint64_t>(index), WallTime{});
  }
  const auto last = history.find(newest, kCount * 1000 - 1, 10);
  ASSERT_NE(last, 0U);
  EXPECT_EQ(history.record(last).packet, 999U);
  const auto older = history.find(newest, (kCount - 100) * 1000, 1000);
  ASSERT_NE(older, 0U);
  EXPECT_EQ(history.record(older).begin, (kCount - 100) * 1000);
  EXPECT_EQ(history.bytes(older).size(), 1000U);
  EXPECT_EQ(history.find(newest, 0, 100'000), 0U);
  EXPECT_EQ(history.find(newest, (kCount - 100) * 1000, 10), 0U) << "the search is bounded";
}

WallTime at_us(std::int64_t us) { return WallTime(Nanoseconds(us * 1000)); }

TEST(RttEstimator, GivesOneSampleForTheLastSegmentThatAnAcknowledgementCovers) {
  RttEstimator meter;
  meter.sent(100, at_us(0));
  meter.sent(200, at_us(10));
  meter.sent(300, at_us(20));
  EXPECT_EQ(meter.acknowledged(250, at_us(110)), Nanoseconds(100'000));
  EXPECT_EQ(meter.acknowledged(299, at_us(130)), std::nullopt);
  EXPECT_EQ(meter.acknowledged(300, at_us(140)), Nanoseconds(120'000));
  EXPECT_EQ(meter.summary().count, 2U);
}

TEST(RttEstimator, TakesNoSampleFromWhatWasSentAtOrAboveARepeat) {
  RttEstimator meter;
  meter.sent(100, at_us(0));
  meter.sent(200, at_us(10));
  meter.resent(100);
  EXPECT_EQ(meter.acknowledged(100, at_us(50)), Nanoseconds(50'000)) << "below the repeat all is clean";
  EXPECT_EQ(meter.acknowledged(200, at_us(60)), std::nullopt);
  meter.sent(300, at_us(70));
  EXPECT_EQ(meter.acknowledged(300, at_us(90)), Nanoseconds(20'000));
}

// Goal: where Karn's rule gives nothing, the echoed time stamp tells which transmission was answered.
TEST(RttEstimator, TakesARepeatedSegmentsRoundTripFromItsTimeStamp) {
  for (const auto& [echo, us] : {std::pair{1U, 5'020}, std::pair{5U, 20}}) {
    RttEstimator meter;
    meter.sent(100, at_us(0), 1);
    meter.resent(0, 100, at_us(5'000), 5);
    EXPECT_EQ(meter.acknowledged(100, at_us(5'020), echo), std::nullopt);
    EXPECT_EQ(meter.summary().count, 0U);
    EXPECT_EQ(meter.stamped_summary().count, 1U) << echo;
    EXPECT_EQ(meter.stamped_summary().min, Nanoseconds(us * 1000));
  }
}

TEST(RttEstimator, TakesNoRoundTripFromATimeStampThatSeveralTransmissionsHave) {
  RttEstimator meter;
  meter.sent(100, at_us(0), 7);
  meter.resent(0, 100, at_us(900), 7);  // within one tick
  meter.acknowledged(100, at_us(2'000), 7);
  EXPECT_EQ(meter.stamped_summary().count, 0U) << "0.9 ms apart in 2 ms";
  meter.sent(200, at_us(3'000), 8);
  meter.resent(100, 200, at_us(3'100), 8);
  meter.acknowledged(200, at_us(23'000), 8);
  EXPECT_EQ(meter.stamped_summary().count, 1U) << "0.1 ms apart in 20 ms makes no difference";
}

// Goal: an echo never means what an earlier acknowledgement had answered, nor an unknown packet.
TEST(RttEstimator, TakesNoRoundTripFromAnOldOrUnknownTimeStamp) {
  RttEstimator meter;
  meter.sent(100, at_us(0), 1);
  meter.resent(0, 100, at_us(50), 2);
  meter.acknowledged(100, at_us(70), 2);
  meter.sent(200, at_us(80), 3);
  meter.sent(300, at_us(81), 4);
  meter.resent(100, 200, at_us(120), 5);
  meter.acknowledged(150, at_us(130), 2);
  meter.acknowledged(200, at_us(131), 9);
  meter.acknowledged(300, at_us(132), 0);
  EXPECT_EQ(meter.stamped_summary().count, 1U);
}

TEST(RttEstimator, StaysWithinTwoPercentOfTheTruePercentileForManySamples) {
  RttEstimator meter;
  std::vector<std::int64_t> samples;
  std::mt19937 random(5);
  std::lognormal_distribution<double> distribution(10.0, 1.0);
  for (std::int64_t index = 1; index <= 20'000; ++index) {
    const auto sample = static_cast<std::int64_t>(distribution(random));
    samples.push_back(sample * 1000);
    meter.sent(index, at_us(index * 1'000'000));
    meter.acknowledged(index, at_us(index * 1'000'000 + sample));
  }
  std::ranges::sort(samples);
  const double expected = static_cast<double>(samples[19'000 - 1]);
  EXPECT_NEAR(static_cast<double>(meter.summary().p95.count()), expected, expected * 0.02);
  EXPECT_EQ(meter.summary().count, 20'000U);
  EXPECT_EQ(meter.summary().min.count(), samples.front());
  EXPECT_EQ(meter.summary().max.count(), samples.back());
}

// RFC 6298, section 2, by hand: SRTT starts as the first sample; then SRTT <- 7/8 SRTT + 1/8 sample.
//   100 ms;  7/8 x 100 + 1/8 x 200 = 112.5 ms;  7/8 x 112.5 + 1/8 x 60 = 105.9375 ms
TEST(RttEstimator, SmoothsAsRfc6298Says) {
  RttEstimator meter;
  EXPECT_EQ(meter.smoothed(), Nanoseconds(0));
  auto sample = [&, end = std::int64_t{0}](std::int64_t ms) mutable {
    ++end;
    meter.sent(end, at_us(end * 1'000'000));
    EXPECT_EQ(meter.acknowledged(end, at_us(end * 1'000'000 + ms * 1000)), Nanoseconds(ms * 1'000'000));
    return meter.smoothed();
  };
  EXPECT_EQ(sample(100), Nanoseconds(100'000'000));
  EXPECT_EQ(sample(200), Nanoseconds(112'500'000));
  EXPECT_EQ(sample(60), Nanoseconds(105'937'500));
}

// Nearest rank by hand: of 20 samples the 95th percentile is the 19th, of 21 the 20th (21 x 0.95 = 19.95).
TEST(RttEstimator, TakesThePercentileByNearestRank) {
  RttEstimator meter;
  for (std::int64_t index = 1; index <= 20; ++index) {
    meter.sent(index, at_us(index * 1000));
    meter.acknowledged(index, at_us(index * 1000 + index));
  }
  EXPECT_EQ(meter.summary().p95, Nanoseconds(19'000));
  meter.sent(21, at_us(21'000));
  meter.acknowledged(21, at_us(21'021));
  EXPECT_EQ(meter.summary().p95, Nanoseconds(20'000));
}

TEST(RttEstimator, TakesNoSampleOverAnHour) {
  RttEstimator meter;
  constexpr std::int64_t kHour = 3'600'000'000;
  meter.sent(1, at_us(0));
  EXPECT_EQ(meter.acknowledged(1, at_us(kHour)), Nanoseconds(std::chrono::hours(1)));
  meter.sent(2, at_us(0));
  EXPECT_EQ(meter.acknowledged(2, at_us(kHour + 1)), std::nullopt);
}

TEST(RttEstimator, FollowsABoundedNumberOfSegmentsInFlight) {
  RttEstimator meter;
  for (std::int64_t index = 1; index <= 100'000; ++index) meter.sent(index, at_us(index));
  EXPECT_EQ(meter.acknowledged(100'000, at_us(100'010)), Nanoseconds(10'000));
}

TEST(IdleQueue, GivesTheLongestIdleByActivityAndNotByAge) {
  IdleQueue order;
  std::map<std::uint32_t, WallTime> active = {{1, at_us(90)}, {2, at_us(20)}, {3, at_us(30)}};
  for (const auto& [index, time] : active) order.push({at_us(index), index, 0});
  const auto activity_of = [&](const IdleQueue::Entry& entry) -> std::optional<WallTime> {
    const auto found = active.find(entry.index);
    return found == active.end() ? std::nullopt : std::optional(found->second);
  };
  EXPECT_EQ(order.take_longest_idle(activity_of)->index, 2U);
  active.erase(3);
  EXPECT_EQ(order.take_longest_idle(activity_of)->index, 1U);
  EXPECT_FALSE(order.take_longest_idle(activity_of));
}

}  // namespace
}  // namespace plaintalk::analyzer::test
