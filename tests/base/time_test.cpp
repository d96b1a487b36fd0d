#include "base/time.hpp"

#include <limits>

#include <gtest/gtest.h>

#include "base/number.hpp"

namespace plaintalk {
namespace {

WallTime at(std::int64_t nanoseconds) { return WallTime(Nanoseconds(nanoseconds)); }

TEST(Time, RendersEpochSecondsWithNineDecimals) {
  EXPECT_EQ(render_epoch(at(1789201502123456789)), "1789201502.123456789");
  EXPECT_EQ(render_epoch(at(0)), "0.000000000");
  EXPECT_EQ(render_epoch(at(5)), "0.000000005");
}

TEST(Time, RendersTimesBefore1970WithTheirSign) {
  EXPECT_EQ(render_epoch(at(-500000000)), "-0.500000000");
  EXPECT_EQ(render_epoch(at(-1500000000)), "-1.500000000");
  EXPECT_EQ(render_epoch(at(std::numeric_limits<std::int64_t>::min())), "-9223372036.854775808");
}

TEST(Time, RendersUtcForPeople) {
  EXPECT_EQ(render_utc(at(1789201502123999999)), "2026-09-12T08:25:02.123Z");
  EXPECT_EQ(render_utc(at(0)), "1970-01-01T00:00:00.000Z");
  EXPECT_EQ(render_utc(at(-1)), "1969-12-31T23:59:59.999Z");
}

TEST(Time, RendersSpans) {
  EXPECT_EQ(render_seconds(Nanoseconds(123456)), "0.000123456");
  EXPECT_EQ(render_seconds(Nanoseconds(-1)), "-0.000000001");
}

TEST(Time, RoundsMillisecondsDown) {
  EXPECT_EQ(wall_ms(at(1789201502123999999)), 1789201502123);
  EXPECT_EQ(wall_ms(at(-1)), -1);
}

TEST(Time, ReadsClocksThatDoNotRunBackwards) {
  const Now first = read_clocks();
  const Now second = read_clocks();
  EXPECT_LE(first.instant, second.instant);
  EXPECT_GT(first.wall, at(1700000000000000000));
}

TEST(Number, TakesDigitsOnly) {
  EXPECT_EQ(parse_decimal<std::uint16_t>("0"), 0);
  EXPECT_EQ(parse_decimal<std::uint16_t>("65535"), 65535);
  EXPECT_EQ(parse_decimal<std::uint64_t>("18446744073709551615"), 18446744073709551615u);
  EXPECT_EQ(parse_decimal<std::uint32_t>("007"), 7u);
}

TEST(Number, RefusesSignsSpacesRestsAndOverflow) {
  for (const char* text : {"", "-1", "+1", " 1", "1 ", "1x", "x", "0x10", "65536", "99999999999999999999999"})
    EXPECT_EQ(parse_decimal<std::uint16_t>(text), std::nullopt) << text;
  EXPECT_EQ(parse_decimal<std::uint64_t>("18446744073709551616"), std::nullopt);
}

}  // namespace
}  // namespace plaintalk
