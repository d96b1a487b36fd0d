#include "analyzer/select/filter.hpp"

#include <string>

#include <gtest/gtest.h>

#include "analyzer/select/filter_field.hpp"
#include "analyzer/select/filter_token.hpp"

namespace plaintalk::analyzer {
namespace {

std::string error_of(const std::string& filter) {
  try {
    parse_filter(filter);
  } catch (const FilterError& error) {
    return error.what();
  }
  return "no error";
}

TEST(Filter, SaysWhereItIsWrongAndWhatThereIs) {
  const auto expect_error = [](const std::string& filter, std::size_t character, const std::string& words) {
    const std::string error = error_of(filter);
    EXPECT_EQ(error.find("--filter, character " + std::to_string(character) + ": "), 0u)
        << filter << ": " << error;
    EXPECT_NE(error.find(words), std::string::npos) << filter << ": " << error;
  };
  expect_error("usr == alice", 1, "did you mean 'user'?; there are: user, room, ");
  expect_error("user = alice", 6, "compare with ==");
  expect_error("user == alice & room == #lab", 15, "&&");
  expect_error("user ==", 8, "a value is missing");
  expect_error("user == alice room == #lab", 15, "join them with && or ||");
  expect_error("(user == alice", 15, "closing parenthesis");
  expect_error("user == alice)", 14, "join them");
  expect_error("user", 5, "has to be compared");
  expect_error("user == alice &&", 17, "a condition is missing");
  expect_error("port == many", 9, "'many' is none");
  expect_error("port == 7e", 9, "'7e' is none");
  expect_error("port contains 7", 6, "contains is for text");
  expect_error("user < alice", 6, "compare with ==, != or contains");
  expect_error("text contains \"never", 15, "never closed");
  expect_error("text contains \"never\\\"", 15, "never closed");
  expect_error("\x1b[31m == 1", 1, "\\x1b");
}

TEST(Filter, HasBoundsOfItsOwnBelowThoseOfTheDatabase) {
  EXPECT_NE(error_of(std::string(100'000, '(')).find("nested more than 100 times"), std::string::npos);
  EXPECT_NE(error_of(std::string(100'000, '!')).find("nested more than 100 times"), std::string::npos);
  std::string many = "packet == 1";
  for (int count = 1; count < 201; ++count) many += " || packet == 1";
  EXPECT_NE(error_of(many).find("at most 200 comparisons"), std::string::npos);
}

TEST(Filter, ValuesNeverBecomePartOfTheQuery) {
  const Filter filter = parse_filter("user == \"x' OR 1=1 --\" && text contains \"a\\\"b\\\\\"");
  EXPECT_EQ(filter.condition.find("OR 1=1"), std::string::npos);
  ASSERT_EQ(filter.values.size(), 2u);
  EXPECT_EQ(std::get<std::string>(filter.values[0]), "x' OR 1=1 --");
  EXPECT_EQ(std::get<std::string>(filter.values[1]), "a\"b\\");
}

TEST(Filter, KnowsWhatItNeeds) {
  EXPECT_FALSE(parse_filter("user == alice").asks_frames);
  EXPECT_TRUE(parse_filter("room == #lab").asks_frames);
  EXPECT_TRUE(parse_filter("packet == 1 || !(sender == bob)").asks_frames);
  EXPECT_TRUE(parse_filter("finding == gap").asks_findings);
  EXPECT_EQ(parse_filter("").condition, "1");
  for (const FilterField& field : filter_fields()) EXPECT_EQ(find_filter_field(field.name), &field);
}

}  // namespace
}  // namespace plaintalk::analyzer
