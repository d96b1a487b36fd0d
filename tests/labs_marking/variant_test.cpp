#include "labs/course/variant.hpp"

#include <set>

#include <gtest/gtest.h>

namespace plaintalk::labs {
namespace {

Lab lab_with_variant() {
  Lab lab;
  lab.id = "07";
  const std::vector<std::string> names{"alma", "bruno", "celia"};
  for (const char* name : {"me", "host", "guest"})
    lab.variant.push_back({.name = name, .kind = VariantRule::Kind::pick, .choices = names});
  lab.variant.push_back({.name = "code", .kind = VariantRule::Kind::integer, .from = 1000, .to = 9999});
  lab.variant.push_back({.name = "secret", .kind = VariantRule::Kind::words, .count = 2});
  return lab;
}

TEST(Variant, IsTheSameForEver) {
  // A hand-in is marked against these values long after: this test may never be changed to make it pass.
  const Values values = draw_variant(lab_with_variant(), "s1234567");
  EXPECT_EQ(values.at("student"), "s1234567");
  EXPECT_EQ(values.at("me") + ' ' + values.at("host") + ' ' + values.at("guest"), "bruno alma celia");
  EXPECT_EQ(values.at("code"), "1711");
  EXPECT_EQ(values.at("secret"), "cobalt-timber");
}

TEST(Variant, EqualListsNeverGiveTheSamePersonTwice) {
  for (int student = 0; student < 200; ++student) {
    const Values values = draw_variant(lab_with_variant(), std::to_string(student));
    const std::set<std::string> people{values.at("me"), values.at("host"), values.at("guest")};
    EXPECT_EQ(people.size(), 3U);
    const int code = std::stoi(values.at("code"));
    EXPECT_GE(code, 1000);
    EXPECT_LE(code, 9999);
  }
}

TEST(Variant, DiffersFromStudentToStudent) {
  std::set<std::string> seen;
  for (int student = 0; student < 500; ++student) {
    const Values values = draw_variant(lab_with_variant(), std::to_string(student));
    seen.insert(values.at("code") + values.at("secret"));
  }
  EXPECT_EQ(seen.size(), 500U);
  // log2(3) + log2(2) + log2(9000) + 2 * 6, and the third name is the one that is left.
  EXPECT_NEAR(variant_bits(lab_with_variant()), 2.585 + 13.136 + 12, 0.01);
}

TEST(Variant, StudentIdsAreOneHoweverTheyAreWritten) {
  EXPECT_EQ(normal_student_id("  S1234567 "), "s1234567");
  EXPECT_EQ(normal_student_id("jane.doe+x@uni.example"), "jane.doe+x@uni.example");
  for (const char* id : {"", " ", "a b", "../x", "a/b", "a\nb", "\xC3\xA9"})
    EXPECT_EQ(normal_student_id(id), "") << id;
  EXPECT_EQ(normal_student_id(std::string(65, 'a')), "");
}

TEST(Variant, FillsWhatItKnowsAndNothingElse) {
  const Values values{{"a", "1"}, {"b", "{a}"}};
  EXPECT_EQ(fill_in("{a}{b}{c}{ {a", values), "1{a}{c}{ {a");
  EXPECT_EQ(fill_in("SAY #x {5}", values), "SAY #x {5}");
}

TEST(Variant, SeededBytesAreTheSeedsAlone) {
  EXPECT_EQ(seeded_bytes("x", 100), seeded_bytes("x", 200).substr(0, 100));
  EXPECT_NE(seeded_bytes("x", 100), seeded_bytes("y", 100));
  EXPECT_EQ(seeded_bytes("x", 0), "");
}

}  // namespace
}  // namespace plaintalk::labs
