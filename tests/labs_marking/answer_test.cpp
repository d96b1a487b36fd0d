// A right answer in another notation is right; another value never is.
#include "labs/marking/answer.hpp"

#include <gtest/gtest.h>

namespace plaintalk::labs {
namespace {

Question question_of(AnswerKind kind, std::string unit = {}) {
  Question question;
  question.kind = kind;
  question.unit = std::move(unit);
  return question;
}

bool is_right(const Question& question, std::string_view given, std::string_view key) {
  const auto answers = read_answer(question, given);
  const auto right = read_key(question, key);
  if (!right) ADD_FAILURE() << right.error();
  if (!answers) return false;
  for (const Reading& answer : *answers)
    if (agrees(question, answer, *right)) return true;
  return false;
}

TEST(Answer, WholeNumbersInEveryNotation) {
  const Question question = question_of(AnswerKind::integer, "bytes");
  for (const char* given : {"1234567",
                            "1,234,567",
                            "1.234.567",
                            "1 234 567",
                            "1'234'567",
                            "1_234_567",
                            "01234567",
                            "+1234567",
                            "0x12d687",
                            "0X12D687",
                            "1234567 bytes",
                            "1234567 B",
                            "1234567 octets",
                            " 1234567\n",
                            "1234567.0",
                            "1.234567e6",
                            "1\xC2\xA0"
                            "234\xC2\xA0"
                            "567",
                            "1234.567 kB",
                            "9876536 bit",
                            "= 1234567"})
    EXPECT_TRUE(is_right(question, given, "1234567")) << given;
  for (const char* given :
       {"1234566", "123456", "-1234567", "1234567 ms", "1.234", "", "x", "12 34 567", "0x1234567"})
    EXPECT_FALSE(is_right(question, given, "1234567")) << given;
}

TEST(Answer, AThousandsSeparatorMayLookLikeADecimalOne) {
  const Question question = question_of(AnswerKind::integer);
  EXPECT_TRUE(is_right(question, "1,234", "1234"));
  EXPECT_TRUE(is_right(question, "1.234", "1234"));
  const Question decimal = question_of(AnswerKind::decimal, "ms");
  EXPECT_TRUE(is_right(decimal, "1,234", "1.234"));
  EXPECT_TRUE(is_right(decimal, "1.234", "1.234"));
  EXPECT_FALSE(is_right(decimal, "0,234", "234")) << "nobody groups digits behind a zero";
}

TEST(Answer, UnitsAreConverted) {
  Question question = question_of(AnswerKind::decimal, "us");
  question.tolerance_percent = 1;
  for (const char* given : {"1500", "1500 us", "1500\xC2\xB5s", "1.5 ms", "1,5 ms", "0.0015 s", "1500000 ns",
                            "1.5 milliseconds", "about 1500 microseconds", "1510"})
    EXPECT_TRUE(is_right(question, given, "1500")) << given;
  for (const char* given : {"1500 ms", "1.5", "1520", "1500 bytes", "1500 B/s"})
    EXPECT_FALSE(is_right(question, given, "1500")) << given;
  question = question_of(AnswerKind::decimal, "B/s");
  question.tolerance_percent = 0.1;
  for (const char* given :
       {"125000", "125 kB/s", "1 Mbit/s", "1000 kbps", "122.0703 KiB/s", "125000 bytes per second"})
    EXPECT_TRUE(is_right(question, given, "125000")) << given;
}

TEST(Answer, PacketsAreNumbersWithAWordBefore) {
  const Question question = question_of(AnswerKind::packet);
  for (const char* given : {"42", "#42", "packet 42", "Frame #42", "frame 42", "No. 42", "0042"})
    EXPECT_TRUE(is_right(question, given, "42")) << given;
  EXPECT_FALSE(is_right(question, "43", "42"));
}

TEST(Answer, TextsIgnoreCaseBlanksAndQuotes) {
  const Question question = question_of(AnswerKind::text);
  for (const char* given : {"Copper-Lantern", "  copper-lantern ", "\"copper-lantern\"",
                            "\xE2\x80\x9E"
                            "copper-lantern\xE2\x80\x9C",
                            "`copper-lantern`", "copper-lantern."})
    EXPECT_TRUE(is_right(question, given, "copper-lantern")) << given;
  EXPECT_FALSE(is_right(question, "copper lantern", "copper-lantern"));
  EXPECT_TRUE(is_right(question, "lobby", "#lobby"));
  EXPECT_TRUE(is_right(question, "Hello   World", "hello world"));
  EXPECT_TRUE(is_right(question, "'", "'")) << "nothing but a quotation mark is an answer too";
}

TEST(Answer, ChoicesByLetterTextOrBeginning) {
  Question question = question_of(AnswerKind::choice);
  question.choices = {"the client", "the server", "nobody"};
  for (const char* given : {"b", "B", "b)", "(b)", "B.", "the server", "The Server", "the s"})
    EXPECT_TRUE(is_right(question, given, "the server")) << given;
  for (const char* given : {"a", "the", "d", "", "c"})
    EXPECT_FALSE(is_right(question, given, "the server")) << given;
}

TEST(Answer, SetsInAnyOrderAndWithAnySeparator) {
  const Question question = question_of(AnswerKind::set);
  for (const char* given : {"alice,bob,carol", "carol; Bob; alice", "alice bob carol", "alice, bob and carol",
                            "bob\nalice\ncarol", "@alice, @bob, @carol, alice"})
    EXPECT_TRUE(is_right(question, given, "alice,bob,carol")) << given;
  EXPECT_FALSE(is_right(question, "alice, bob", "alice,bob,carol"));
  EXPECT_FALSE(is_right(question, "alice, bob, carol, dave", "alice,bob,carol"));
}

TEST(Answer, AddressesInEveryNotation) {
  const Question question = question_of(AnswerKind::address);
  for (const char* given :
       {"10.0.0.11", "::ffff:10.0.0.11", "010.000.000.011", " 10.0.0.11 ", "10.0.0.11:4711"})
    EXPECT_TRUE(is_right(question, given, "10.0.0.11")) << given;
  EXPECT_FALSE(is_right(question, "10.0.0.1", "10.0.0.11"));
  EXPECT_FALSE(is_right(question, "10.0.0.110", "10.0.0.11"));
  EXPECT_TRUE(is_right(question, "2001:DB8:0:0::1", "2001:db8::1"));
  for (const char* given : {"10.0.0.11:4711", "10.0.0.11 port 4711", "10.0.0.11 : 4711"})
    EXPECT_TRUE(is_right(question, given, "10.0.0.11:4711")) << given;
  EXPECT_FALSE(is_right(question, "10.0.0.11", "10.0.0.11:4711"));
  EXPECT_TRUE(is_right(question, "[2001:db8::1]:80", "[2001:db8::1]:80"));
  EXPECT_FALSE(read_answer(question, "localhost"));
}

TEST(Answer, TwoNumbersAreNoAnswer) {
  const Question question = question_of(AnswerKind::integer, "bytes");
  for (const char* given : {"4711 or 4712", "4711/4712", "4711, 4712", "4711-4712", "4711 (or 5)", "4711 4"})
    EXPECT_FALSE(read_answer(question, given)) << given;
  EXPECT_FALSE(is_right(question_of(AnswerKind::integer), "1.5e3", "15000"));
}

TEST(Answer, AUnitCountsWhateverFollowsIt) {
  Question question = question_of(AnswerKind::decimal, "ms");
  for (const char* given : {"12 s after the start", "12 s.", "12 usec", "12 hours", "12 s (roughly)"})
    EXPECT_FALSE(is_right(question, given, "12")) << given;
  EXPECT_TRUE(is_right(question, "12 s after the start", "12000"));
  EXPECT_TRUE(is_right(question, "12000 usec", "12"));
  question = question_of(AnswerKind::decimal, "B/s");
  for (const char* given :
       {"1000 bytes/second", "1 kilobyte per second", "1 kbyte/s", "8 kilobits per second"})
    EXPECT_TRUE(is_right(question, given, "1000")) << given;
  question = question_of(AnswerKind::integer, "bytes");
  EXPECT_TRUE(is_right(question, "2 kibibytes", "2048"));
  EXPECT_FALSE(is_right(question, "2 kbytes", "2"));
}

// "\xC2\xA0" is a no-break space, "\xE2\x80\x8B" has no width, "\xEF\xBC\x94" is a full-width 4.
TEST(Answer, WhatNobodySeesIsForgiven) {
  EXPECT_TRUE(is_right(question_of(AnswerKind::text),
                       "\xE2\x80\x8B"
                       "bottle-pebble\xC2\xA0",
                       "bottle-pebble"));
  EXPECT_TRUE(is_right(question_of(AnswerKind::text),
                       "\x1B"
                       "bottle-pebble\x07",
                       "bottle-pebble"));
  EXPECT_TRUE(is_right(question_of(AnswerKind::integer), "\xEF\xBC\x94\xEF\xBC\x92", "42"));
  EXPECT_TRUE(is_right(question_of(AnswerKind::integer),
                       "\xE2\x88\x92"
                       "42",
                       "-42"));
  EXPECT_TRUE(is_right(question_of(AnswerKind::address),
                       "\xEF\xBB\xBF"
                       "10.0.0.11\xE2\x80\xAC",
                       "10.0.0.11"));
}

TEST(Answer, AddressesAsToolsWriteThem) {
  const Question question = question_of(AnswerKind::address);
  EXPECT_TRUE(is_right(question, "10.0.0.11.4711", "10.0.0.11:4711")) << "tcpdump";
  EXPECT_TRUE(is_right(question, "::ffff:a00:b", "10.0.0.11"));
}

// Reading in all ways took minutes of such an answer, and the rest of the class waited.
TEST(Answer, AHugeAnswerIsRefusedUnread) {
  for (const AnswerKind kind : {AnswerKind::integer, AnswerKind::set, AnswerKind::text, AnswerKind::address,
                                AnswerKind::bytes, AnswerKind::sha256})
    EXPECT_FALSE(read_answer(question_of(kind), std::string(1 << 20, '='))) << static_cast<int>(kind);
}

TEST(Answer, BytesAndDigests) {
  const Question bytes = question_of(AnswerKind::bytes);
  for (const char* given :
       {"48656c6c6f", "48 65 6C 6C 6F", "0x48 0x65 0x6c 0x6c 0x6f", "48:65:6c:6c:6f", "0x48656c6c6f",
        "\\x48\\x65\\x6c\\x6c\\x6f", "`48656c6c6f`", "“48 65 6c 6c 6f”", "48656c6c6f."})
    EXPECT_TRUE(is_right(bytes, given, "48656C6C6F")) << given;
  EXPECT_FALSE(read_answer(bytes, "4865f"));
  const Question digest = question_of(AnswerKind::sha256);
  const std::string key = "c5aa511b26258f55db1b65b0151fd02229a48d73a4be6c5c796001b8b6d87b41";
  EXPECT_TRUE(is_right(digest, key, key));
  EXPECT_TRUE(is_right(digest, "C5AA511B26258F55", key));
  EXPECT_TRUE(is_right(digest, "sha256:c5aa511b26258f55...", key));
  EXPECT_TRUE(is_right(digest, key + "  sunset.jpg\n", key)) << "a line of sha256sum";
  EXPECT_FALSE(is_right(digest, "c5aa511b", key)) << "too few digits to prove anything";
  EXPECT_FALSE(is_right(digest, "c5aa511b26258f56", key));
}

}  // namespace
}  // namespace plaintalk::labs
