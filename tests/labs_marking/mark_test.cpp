// Right, wrong and why, on a database made here.
#include "labs/marking/mark.hpp"

#include <filesystem>

#include <gtest/gtest.h>
#include <sqlite3.h>
#include <unistd.h>

namespace plaintalk::labs {
namespace {

class MarkTest : public ::testing::Test {
 protected:
  MarkTest() {
    std::string pattern = (std::filesystem::temp_directory_path() / "mark-XXXXXX").string();
    folder_ = ::mkdtemp(pattern.data());
    make(
        "CREATE TABLE captures(synthetic); INSERT INTO captures VALUES (0);"
        "CREATE TABLE messages(sender, body, frame, packet);"
        "INSERT INTO messages VALUES ('alice', 49, 70, 12), ('bob', 5, 30, 13);");
  }
  ~MarkTest() override { std::filesystem::remove_all(folder_); }

  void make(const char* sql) {
    sqlite3* handle = nullptr;
    sqlite3_open((folder_ / "analysis.sqlite").c_str(), &handle);
    EXPECT_EQ(sqlite3_exec(handle, sql, nullptr, nullptr, nullptr), SQLITE_OK) << sqlite3_errmsg(handle);
    sqlite3_close(handle);
  }

  Mark mark(const Question& question, std::string_view given) {
    return mark_answer(question, AnswerKey(folder_, {{"who", "alice"}}), given);
  }

  static Question body_question() {
    Question question;
    question.id = "1";
    question.points = 2;
    question.unit = "bytes";
    question.key = "SELECT body FROM messages WHERE sender = :who";
    question.packet = "SELECT packet FROM messages WHERE sender = :who";
    question.needs = "Say something.";
    question.mistakes.push_back(
        {"frame for body", "SELECT frame FROM messages WHERE sender = :who", "That is the frame.", ""});
    return question;
  }

  std::filesystem::path folder_;
};

TEST_F(MarkTest, ADescriptionThatIsNotRightAnswersNothing) {
  DescriptionRule rule{.is_wanted = true};
  rule.checks.push_back({"SELECT packet FROM messages WHERE sender = :who AND body > 100", "Too long."});
  rule.checks.push_back({"SELECT packet FROM messages WHERE sender = :who AND body > 40", "Not {who}."});
  Question question = body_question();
  EXPECT_EQ(mark_answer(question, AnswerKey(folder_, {{"who", "alice"}}, rule), "49").verdict,
            Verdict::right);
  question.needs_description = true;
  const AnswerKey key(folder_, {{"who", "alice"}}, rule);
  const Mark result = mark_answer(question, key, "49");
  EXPECT_EQ(result.verdict, Verdict::unanswerable);
  EXPECT_EQ(result.sentence, "Not alice. (packet 12)");
  EXPECT_TRUE(accepted_answers(question, key).empty());
  EXPECT_EQ(mark_answer(question, AnswerKey(folder_, {{"who", "bob"}}, rule), "5").verdict, Verdict::right);
}

TEST_F(MarkTest, RightAnswersGetThePoints) {
  const Mark result = mark(body_question(), "0x31");
  EXPECT_EQ(result.verdict, Verdict::right);
  EXPECT_EQ(result.points, 2U);
}

TEST_F(MarkTest, AKnownMistakeIsNamedWithItsPacket) {
  const Mark result = mark(body_question(), "70 bytes");
  EXPECT_EQ(result.verdict, Verdict::wrong);
  EXPECT_EQ(result.mistake, "frame for body");
  EXPECT_EQ(result.sentence, "That is the frame.");
  EXPECT_EQ(result.packet, 12U);
  EXPECT_EQ(result.points, 0U);
}

TEST_F(MarkTest, UsualMistakesNeedNoDescription) {
  EXPECT_EQ(mark(body_question(), "48").mistake, "off by one");
  EXPECT_EQ(mark(body_question(), "31").mistake, "hexadecimal and decimal");
  EXPECT_EQ(mark(body_question(), "392").mistake, "bits and bytes");
  EXPECT_EQ(mark(body_question(), "49000").mistake, "size unit");
  EXPECT_EQ(mark(body_question(), "-49").mistake, "sign");
  EXPECT_EQ(mark(body_question(), "1234").mistake, "");
  Question bytes = body_question();
  bytes.kind = AnswerKind::bytes;
  bytes.key = "SELECT hex('Hello')";
  EXPECT_EQ(mark(bytes, "6f 6c 6c 65 48").mistake, "byte order");
}

TEST_F(MarkTest, HexadecimalDigitsAreNoWordBehindANumber) {
  EXPECT_EQ(mark(body_question(), "49f").verdict, Verdict::wrong);
  EXPECT_EQ(mark(body_question(), "49 b").verdict, Verdict::right);  // bytes
  EXPECT_EQ(mark(body_question(), "49b").verdict, Verdict::right);
  Question large = body_question();
  large.key = "SELECT 522147000";  // 1f1f54b8, which is no 1
  large.mistakes = {{"relative for absolute", "SELECT 1", "That is the relative number.", ""}};
  EXPECT_EQ(mark(large, "1f1f54b8").mistake, "hexadecimal and decimal");
}

TEST_F(MarkTest, AMistakeThatIsRightInThisCaptureIsRight) {
  Question question = body_question();
  question.mistakes.front().key = question.key;
  EXPECT_EQ(mark(question, "49").verdict, Verdict::right);
}

TEST_F(MarkTest, WhatTheCaptureDoesNotHoldIsNotTheStudentsFault) {
  Question question = body_question();
  question.key = "SELECT body FROM messages WHERE sender = 'carol'";
  EXPECT_EQ(mark(question, "49").verdict, Verdict::unanswerable);
  EXPECT_TRUE(mark(question, "49").sentence.ends_with("Say something."));
  question.key = "SELECT max(body) FROM messages WHERE sender = 'carol'";
  EXPECT_EQ(mark(question, "").verdict, Verdict::unanswerable) << "NULL is no answer";
  question.key = "SELECT body FROM messages";
  EXPECT_EQ(mark(question, "49").verdict, Verdict::unanswerable) << "two answers";
  question.any_of = true;
  EXPECT_EQ(mark(question, "49").verdict, Verdict::right);
  EXPECT_EQ(mark(question, "5").verdict, Verdict::right);
}

TEST_F(MarkTest, MadeUpHeadersAnswerNothingAboutTcp) {
  make("UPDATE captures SET synthetic = 1");
  Question question = body_question();
  EXPECT_EQ(mark(question, "49").verdict, Verdict::right);
  question.needs_real_tcp = true;
  EXPECT_EQ(mark(question, "49").verdict, Verdict::unanswerable);
}

TEST_F(MarkTest, ASetIsAllRowsTogether) {
  Question question = body_question();
  question.kind = AnswerKind::set;
  question.key = "SELECT sender FROM messages";
  question.mistakes.clear();
  EXPECT_EQ(mark(question, "bob, alice").verdict, Verdict::right);
  EXPECT_EQ(mark(question, "bob").verdict, Verdict::wrong);
}

TEST_F(MarkTest, APacketThatIsTheAnswerIsNotShown) {
  Question question = body_question();
  question.kind = AnswerKind::packet;
  question.key = question.packet;
  EXPECT_EQ(mark(question, "99").packet, std::nullopt);
}

TEST_F(MarkTest, UnreadableIsToldHowToWriteIt) {
  const Mark result = mark(body_question(), "many");
  EXPECT_EQ(result.verdict, Verdict::unreadable);
  EXPECT_TRUE(result.sentence.contains("1234 bytes"));
  EXPECT_EQ(mark(body_question(), "  \n").verdict, Verdict::open);
}

TEST_F(MarkTest, SqlOfALabCanOnlyRead) {
  const AnswerKey key(folder_, {});
  for (const char* sql : {"DELETE FROM messages", "ATTACH '/tmp/x' AS x", "PRAGMA writable_schema = 1",
                          "SELECT load_extension('x')", "CREATE TABLE x(y)"})
    EXPECT_THROW(key.ask(sql), std::runtime_error) << sql;
  EXPECT_THROW(key.ask("SELECT :nobody"), std::runtime_error);
  EXPECT_THROW(key.ask(""), std::runtime_error);
}

}  // namespace
}  // namespace plaintalk::labs
