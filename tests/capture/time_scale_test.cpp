#include "capture/file/time_scale.hpp"

#include <limits>

#include <gtest/gtest.h>

namespace plaintalk::capture {
namespace {

constexpr auto kMax64 = std::numeric_limits<std::uint64_t>::max();
constexpr auto kLatest = std::numeric_limits<std::int64_t>::max();
constexpr auto kEarliest = std::numeric_limits<std::int64_t>::min();

std::int64_t ns(const TimeScale& scale, std::uint64_t units, std::int64_t offset_s = 0) {
  return scale.at(units, offset_s).time_since_epoch().count();
}

TEST(TimeScale, CountsMicrosecondsWhenNothingIsSaid) {
  EXPECT_EQ(ns(TimeScale(), 1), 1000);
  EXPECT_EQ(TimeScale().units_per_second(), 1'000'000u);
}

TEST(TimeScale, IsExactForEveryDecimalResolution) {
  EXPECT_EQ(ns(TimeScale::decimal(0), 5), 5'000'000'000);
  EXPECT_EQ(ns(TimeScale::decimal(9), 5), 5);
  EXPECT_EQ(ns(TimeScale::decimal(10), 59), 5);
  // 2^64 - 1 units of 10^-n s, from where they are 18 s down to where they are nothing.
  EXPECT_EQ(ns(TimeScale::decimal(18), kMax64), 18'446'744'073);
  EXPECT_EQ(ns(TimeScale::decimal(19), kMax64), 1'844'674'407);
  EXPECT_EQ(ns(TimeScale::decimal(28), kMax64), 1);
  EXPECT_EQ(ns(TimeScale::decimal(29), kMax64), 0);
  EXPECT_EQ(ns(TimeScale::decimal(127), kMax64), 0);
}

TEST(TimeScale, IsExactForEveryBinaryResolution) {
  EXPECT_EQ(ns(TimeScale::binary(0), 5), 5'000'000'000);
  EXPECT_EQ(ns(TimeScale::binary(1), 3), 1'500'000'000);
  EXPECT_EQ(ns(TimeScale::binary(20), 1u << 19), 500'000'000);
  EXPECT_EQ(ns(TimeScale::binary(63), 1ULL << 63), 1'000'000'000);
  EXPECT_EQ(ns(TimeScale::binary(64), 1ULL << 63), 500'000'000);
  EXPECT_EQ(ns(TimeScale::binary(93), kMax64), 1);
  EXPECT_EQ(ns(TimeScale::binary(127), kMax64), 0);
}

TEST(TimeScale, ClampsWhatDoesNotFitIntoSixtyFourBits) {
  EXPECT_EQ(ns(TimeScale::decimal(0), kMax64), kLatest);
  EXPECT_EQ(ns(TimeScale::decimal(6), kMax64), kLatest);
  EXPECT_EQ(ns(TimeScale::decimal(6), 0, std::numeric_limits<std::int64_t>::max()), kLatest);
  EXPECT_EQ(ns(TimeScale::decimal(6), 0, std::numeric_limits<std::int64_t>::min()), kEarliest);
  EXPECT_EQ(ns(TimeScale::binary(0), kMax64, std::numeric_limits<std::int64_t>::min()), kLatest);
}

TEST(TimeScale, AddsAnOffsetBeforeItClamps) {
  EXPECT_EQ(ns(TimeScale::decimal(0), 10'000'000'000, -10'000'000'000), 0);
  EXPECT_EQ(ns(TimeScale::decimal(3), 250, -1), -750'000'000);
}

TEST(TimeScale, ReadsThePcapngOption) {
  EXPECT_EQ(TimeScale::from_option(9).units_per_second(), 1'000'000'000u);
  EXPECT_EQ(TimeScale::from_option(0x80 | 10).units_per_second(), 1024u);
  EXPECT_EQ(TimeScale::from_option(19).units_per_second(), 10'000'000'000'000'000'000ULL);
  EXPECT_EQ(TimeScale::from_option(20).units_per_second(), kMax64);
  EXPECT_EQ(TimeScale::from_option(0xFF).units_per_second(), kMax64);
}

}  // namespace
}  // namespace plaintalk::capture
