#include "base/number.hpp"

#include <array>
#include <limits>
#include <string>

#include <gtest/gtest.h>

namespace plaintalk {
namespace {

std::string written(std::uint64_t number) {
  std::array<char, kDecimalRoom> text;
  return {text.data(), write_decimal(text.data(), number)};
}

TEST(WriteDecimal, IsWhatTheLibraryWrites) {
  for (std::uint64_t number = 0; number < 200'000; ++number)
    ASSERT_EQ(written(number), std::to_string(number));
  // Each number of digits, and each place where it is cut.
  for (std::uint64_t power = 1; power < 10'000'000'000'000'000'000ULL; power *= 10)
    for (const std::uint64_t number : {power - 1, power, power + 1, 9 * power, 9 * power + power / 7})
      ASSERT_EQ(written(number), std::to_string(number));
  std::uint64_t number = 1;
  for (int round = 0; round < 100'000; ++round) {
    number = number * 6'364'136'223'846'793'005ULL + 1'442'695'040'888'963'407ULL;
    ASSERT_EQ(written(number >> round % 64), std::to_string(number >> round % 64));
  }
  EXPECT_EQ(written(std::numeric_limits<std::uint64_t>::max()), "18446744073709551615");
}

TEST(ParseDecimal, TakesDigitsOnly) {
  EXPECT_EQ(parse_decimal<std::uint64_t>("18446744073709551615"), 18'446'744'073'709'551'615ULL);
  for (const char* text : {"", "-1", "+1", " 1", "1 ", "0x1", "18446744073709551616"})
    EXPECT_EQ(parse_decimal<std::uint64_t>(text), std::nullopt) << text;
}

}  // namespace
}  // namespace plaintalk
