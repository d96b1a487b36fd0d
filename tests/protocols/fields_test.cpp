// Fields of units: words, keys, JSON, patterns, bytes.
#include <string>

#include <gtest/gtest.h>

#include "analyzer/talk/described/json_pointer.hpp"
#include "analyzer/talk/described/unit_fields.hpp"
#include "tests/protocols/talk_of.hpp"

namespace plaintalk::analyzer::described {
namespace {

std::string field_of(const std::string& how, std::string_view content, const std::string& split = {}) {
  const auto description = description_from("ports = [5555]\n" + split + "[fields]\nf = " + how + "\n");
  if (!description) return "no description";
  Unit unit;
  unit.content = content;
  return UnitFields(*description, unit, 1).field(0).value_or("nothing");
}

TEST(Fields, WordsAndWhatFollowsThem) {
  EXPECT_EQ(field_of("{ word = 2 }", "SAY  #lab hello there"), "#lab");
  EXPECT_EQ(field_of("{ from_word = 3 }", "SAY  #lab hello  there"), "hello  there");
  EXPECT_EQ(field_of("{ word = 3 }", "SAY #lab"), "nothing");
  EXPECT_EQ(field_of("{ word = 2 }", "a||b", "[split]\nwords = \"|\"\n"), "");
  EXPECT_EQ(field_of("{ from_word = 2 }", "MSG:a:b", "[split]\nwords = \":\"\n"), "a:b");
}

TEST(Fields, KeysAndTheirValues) {
  EXPECT_EQ(field_of("{ key = \"to\" }", "cmd=say to=bob text=x"), "bob");
  EXPECT_EQ(field_of("{ key = \"text\" }", "cmd=say text=\"hello there\" to=bob"), "hello there");
  EXPECT_EQ(field_of("{ key = \"t\" }", "to=bob"), "nothing");
  EXPECT_EQ(field_of("{ key = \"to\" }", "cmd:say;to:bob", "[split]\npairs = \";\"\nkey = \":\"\n"), "bob");
}

TEST(Fields, BytesAsTextNumberAndHexadecimal) {
  const std::string unit(
      "\x01\x02"
      "bob\0\0\0",
      8);
  EXPECT_EQ(field_of("{ bytes_at = 0, bytes = 2, as = \"big\" }", unit), "258");
  EXPECT_EQ(field_of("{ bytes_at = 0, bytes = 2, as = \"little\" }", unit), "513");
  EXPECT_EQ(field_of("{ bytes_at = 0, bytes = 2, as = \"hex\" }", unit), "0102");
  EXPECT_EQ(field_of("{ bytes_at = 2, bytes = 6 }", unit), "bob");
  EXPECT_EQ(field_of("{ bytes_at = 2 }", "abcd"), "cd");
  EXPECT_EQ(field_of("{ bytes_at = 2, bytes = 7 }", unit), "nothing");
  EXPECT_EQ(field_of("{ bytes_at = 9 }", unit), "nothing");
}

TEST(Fields, PatternsAndTheFirstWayThatGivesSomething) {
  EXPECT_EQ(field_of("{ regex = '^(\\w+): ' }", "alice: hi"), "alice");
  EXPECT_EQ(field_of("{ regex = 'h.' }", "alice: hi"), "hi");
  EXPECT_EQ(field_of("[{ json = \"/a\" }, { json = \"/b\" }]", R"({"b": 2})"), "2");
}

TEST(Fields, APatternTakesTimeInProportionToTheText) {
  // What takes a backtracking engine longer than anybody lives.
  EXPECT_EQ(field_of("{ regex = '^(a+)+$' }", std::string(50'000, 'a') + "b"), "nothing");
  EXPECT_EQ(field_of("{ regex = '(x+x+)+y' }", std::string(50'000, 'x')), "nothing");
}

TEST(Json, ValuesByPointer) {
  const std::string text =
      R"({"a": {"b": [10, "x\u00e9\ud83d\ude00\n", null, true]}, "c/d": 1, "e~f": {"": "empty"}})";
  EXPECT_EQ(json_value(text, "/a/b/0"), "10");
  EXPECT_EQ(json_value(text, "/a/b/1"), "x\xC3\xA9\xF0\x9F\x98\x80\n");
  EXPECT_EQ(json_value(text, "/a/b/2"), std::nullopt);
  EXPECT_EQ(json_value(text, "/a/b/3"), "true");
  EXPECT_EQ(json_value(text, "/a/b/4"), std::nullopt);
  EXPECT_EQ(json_value(text, "/c~1d"), "1");
  EXPECT_EQ(json_value(text, "/e~0f/"), "empty");
  EXPECT_EQ(json_value(text, "/a/b"), R"([10, "x\u00e9\ud83d\ude00\n", null, true])");
  EXPECT_EQ(json_value("\"all\"", ""), "all");
}

TEST(Json, WhatIsNoJsonGivesNothing) {
  for (const char* const text : {"", "{", "{\"a\"", "{\"a\":", "{\"a\" 1}", "[1,", "\"open", "\"\\", "{1: 2}",
                                 "{\"b\": [}, \"a\": 1}", "nul", "\xff"})
    EXPECT_EQ(json_value(text, "/a"), std::nullopt) << text;
  EXPECT_FALSE(is_json("{\"a\": 1} x"));
  EXPECT_TRUE(is_json(" [1, {\"a\": \"b\"}] "));
  EXPECT_EQ(json_value(std::string(100'000, '['), "/0"), std::nullopt);
  EXPECT_FALSE(is_json(std::string(100'000, '[') + std::string(100'000, ']')));
}

}  // namespace
}  // namespace plaintalk::analyzer::described
