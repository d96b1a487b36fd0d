#include "labs/workspace/answers_file.hpp"

#include <gtest/gtest.h>

namespace plaintalk::labs {
namespace {

Lab lab_with_questions() {
  Lab lab;
  lab.id = "01";
  lab.title = "A lab";
  for (const char* id : {"1", "2", "10"}) lab.questions.emplace_back().id = id;
  return lab;
}

TEST(AnswersFile, AnEmptyOneHasEachQuestionAndNoAnswer) {
  const Lab lab = lab_with_questions();
  const Answers answers = parse_answers(lab, empty_answers(lab));
  ASSERT_EQ(answers.size(), 3U);
  for (const auto& [id, answer] : answers) EXPECT_EQ(answer, "") << id;
}

TEST(AnswersFile, IsReadAsPeopleWriteIt) {
  const Lab lab = lab_with_questions();
  const Answers answers =
      parse_answers(lab,
                    "# a note: with a colon\r\n01.1:  4711 \r\n1.2: first line\r\n  second: line\r\n"
                    "\r\n10:x\n99: no such question, so it goes on\n");
  EXPECT_EQ(answers.at("1"), "4711");
  EXPECT_EQ(answers.at("2"), "first line\nsecond: line");
  EXPECT_EQ(answers.at("10"), "x\n99: no such question, so it goes on");
}

TEST(AnswersFile, WritingOneAnswerLeavesAllElseAlone) {
  const Lab lab = lab_with_questions();
  const std::string before = "# mine\n01.1: old\nmore of it\n01.2: two\n# end\n";
  EXPECT_EQ(with_answer(lab, before, "1", "new"), "# mine\n01.1: new\n01.2: two\n# end\n");
  EXPECT_EQ(with_answer(lab, before, "10", "ten"), before + "01.10: ten\n");
  EXPECT_EQ(parse_answers(lab, with_answer(lab, before, "2", "a\nb")).at("2"), "a\nb");
  EXPECT_EQ(with_answer(lab, "01.1: a\n01.1: b\n", "1", "c"), "01.1: c\n");
}

TEST(AnswersFile, AnAnswerCannotBecomeAnother) {
  // What looks like the start of another answer inside an answer is moved in, and stays what it was.
  const Lab lab = lab_with_questions();
  const std::string text = with_answer(lab, empty_answers(lab), "1", "x\n01.2: stolen");
  EXPECT_EQ(parse_answers(lab, text).at("1"), "x\n01.2: stolen");
  EXPECT_EQ(parse_answers(lab, text).at("2"), "");
}

TEST(AnswersFile, AByteOrderMarkIsNoPartOfTheFirstAnswer) {
  const Lab lab = lab_with_questions();
  const std::string text =
      "\xEF\xBB\xBF"
      "01.1: 5\r\n";
  EXPECT_EQ(parse_answers(lab, text).at("1"), "5");
  EXPECT_EQ(with_answer(lab, text, "1", "6"), "01.1: 6\n");
}

TEST(AnswersFile, EncodingsAndLineEndsOfOtherSystems) {
  const Lab lab = lab_with_questions();
  for (const bool is_big_endian : {false, true}) {
    std::string text = is_big_endian ? "\xFE\xFF" : "\xFF\xFE";
    for (const char c : std::string_view("01.1: 47\r\n01.2: x\r\n")) {
      text += is_big_endian ? '\0' : c;
      text += is_big_endian ? c : '\0';
    }
    EXPECT_EQ(parse_answers(lab, text).at("1"), "47");
    EXPECT_EQ(parse_answers(lab, text).at("2"), "x");
    EXPECT_EQ(parse_answers(lab, with_answer(lab, text, "2", "y")).at("2"), "y");
  }
  EXPECT_EQ(parse_answers(lab, std::string_view("\xFF\xFE"
                                                "1\0:\0\x3D\xD8\x00\xDE\x00\xD8",
                                                12))
                .at("1"),
            "\xF0\x9F\x98\x80\xEF\xBF\xBD")
      << "a pair, and half of one";
  EXPECT_EQ(parse_answers(lab, "01.1: a\r01.2: b\r").at("1"), "a");
}

TEST(AnswersFile, AnEmptySecondLineTakesNothingBack) {
  const Lab lab = lab_with_questions();
  EXPECT_EQ(parse_answers(lab, "1: a\n1:\n").at("1"), "a");
  EXPECT_EQ(parse_answers(lab, "1: a\n1: b\n").at("1"), "b");
}

TEST(AnswersFile, QuestionsOfOtherLabsAreNotTaken) {
  const Lab lab = lab_with_questions();
  EXPECT_EQ(question_id_of(lab, "01.10"), "10");
  EXPECT_EQ(question_id_of(lab, "1.2"), "2");
  EXPECT_EQ(question_id_of(lab, "02.1"), "");
  EXPECT_EQ(question_id_of(lab, "7"), "");
}

}  // namespace
}  // namespace plaintalk::labs
