#include "base/typing.hpp"

#include <array>
#include <string_view>

#include <gtest/gtest.h>

namespace plaintalk {
namespace {

TEST(Typing, CountsASwapAsOneSlip) {
  EXPECT_EQ(typing_distance("jion", "join"), 1U);
  EXPECT_EQ(typing_distance("", "join"), 4U);
  EXPECT_EQ(typing_distance("join", "join"), 0U);
}

TEST(Typing, FindsTheNearestWordWithinTwoSlips) {
  constexpr std::array<std::string_view, 4> words{"after", "before", "limit", "to"};
  EXPECT_EQ(nearest_word("limt", words), "limit");
  EXPECT_EQ(nearest_word("befroer", words), "before");
  EXPECT_EQ(nearest_word("around", words), "");
  EXPECT_EQ(nearest_word("xx", words), "") << "as many slips as letters";
  EXPECT_EQ(nearest_word("after", {}), "");
}

}  // namespace
}  // namespace plaintalk
