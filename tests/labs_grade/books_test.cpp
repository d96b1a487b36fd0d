// Rosters, decisions and the files that come out.
#include <filesystem>
#include <fstream>

#include <gtest/gtest.h>
#include <unistd.h>

#include "labs/grade/csv_file.hpp"
#include "labs/grade/decisions.hpp"
#include "labs/grade/evidence.hpp"
#include "labs/grade/gradebooks.hpp"
#include "labs/grade/overlap.hpp"
#include "labs/grade/roster.hpp"

namespace plaintalk::labs {
namespace {

namespace fs = std::filesystem;

class BooksTest : public ::testing::Test {
 protected:
  BooksTest() {
    std::string pattern = (fs::temp_directory_path() / "books-XXXXXX").string();
    folder_ = ::mkdtemp(pattern.data());
    lab_.id = "01";
    lab_.title = "Title, with comma";
    for (const char* id : {"1", "2"}) {
      Question& question = lab_.questions.emplace_back();
      question.id = id;
      question.points = 2;
    }
  }
  ~BooksTest() override { fs::remove_all(folder_); }

  fs::path file(const std::string& name, const std::string& content) {
    std::ofstream(folder_ / name, std::ios::binary) << content;
    return folder_ / name;
  }

  // Answers to 01.1 and 01.2; "right" is right.
  static GradedHandIn hand_in(const std::string& student, const std::string& one, const std::string& two) {
    GradedHandIn result{.source = student + ".zip", .lab = "01", .student = student};
    result.capture_sha256 = "capture of " + student;
    result.points_max = 4;
    for (const auto& [id, given] : {std::pair("01.1", one), std::pair("01.2", two)}) {
      GradedQuestion& question = result.questions.emplace_back();
      question.id = id;
      question.given = given;
      question.accepted = "right";
      question.points_max = 2;
      const bool is_right = given == "right";
      question.mark.verdict = is_right ? Verdict::right : Verdict::wrong;
      question.points = question.mark.points = is_right ? 2 : 0;
      if (!is_right) question.mark.mistake = "mistake " + given;
    }
    result.points = result.sum_of_questions();
    return result;
  }

  fs::path folder_;
  Lab lab_;
};

TEST_F(BooksTest, CsvAsSpreadsheetsWriteIt) {
  const auto rows = read_csv(file("a.csv",
                                  "\xEF\xBB\xBF"
                                  "Id;Name\r\n1;\"Doe; \"\"J\"\"\"\r\n\r\n2;x\r\n"));
  ASSERT_EQ(rows.size(), 2U);
  EXPECT_EQ(rows[0].at("name"), "Doe; \"J\"");
  EXPECT_EQ(rows[1].at("id"), "2");
  EXPECT_THROW(read_csv(file("b.csv", "a,b\n\"x,1\n")), std::runtime_error);
  EXPECT_THROW(read_csv(folder_ / "nowhere.csv"), std::runtime_error);
}

TEST_F(BooksTest, RostersOfMoodleAndCanvas) {
  const auto moodle =
      read_roster(file("m.csv", "ID number,Full name,Email address,Group\nS1,Jane Doe,j@x.example,A\n"));
  ASSERT_EQ(moodle.size(), 1U);
  EXPECT_EQ(moodle[0].id, "s1");
  EXPECT_EQ(moodle[0].group, "A");
  const auto canvas = read_roster(
      file("c.csv", "Student,ID,SIS User ID,SIS Login ID,Section\n\"Doe, Jane\",4711,S1,jdoe,Mon\n"));
  EXPECT_EQ(canvas[0].id, "s1");
  EXPECT_EQ(canvas[0].name, "Doe, Jane");
  EXPECT_EQ(canvas[0].canvas_id, "4711");
  EXPECT_THROW(read_roster(file("d.csv", "id\ns1\nS1\n")), std::runtime_error) << "twice";
  EXPECT_THROW(read_roster(file("e.csv", "id,name\n,x\n")), std::runtime_error);
}

TEST_F(BooksTest, OverridesNeedAReason) {
  EXPECT_THROW(read_overrides(file("a.csv", "student,question,points,reason\ns1,01.1,2,\n")),
               std::runtime_error);
  EXPECT_THROW(read_overrides(file("b.csv", "student,question,points,reason\ns1,01.1,many,x\n")),
               std::runtime_error);
  EXPECT_EQ(read_overrides(file("c.csv", "student,question,points,reason\nS1,01.1,1.5,talked\n"))[0].points,
            1.5);
}

TEST_F(BooksTest, DecisionsChangeTheSum) {
  std::vector<GradedHandIn> hand_ins{hand_in("s1", "right", "7"), hand_in("s2", "right", "right")};
  apply_decisions(
      {.overrides = {{"s1", "01.2", 1.5, "typing error"}}, .days_late = {{"s2", 2}}, .late_percent = 10},
      hand_ins);
  EXPECT_EQ(hand_ins[0].points, 3.5);
  EXPECT_DOUBLE_EQ(hand_ins[1].points, 4 - 0.8);
  EXPECT_EQ(hand_ins[1].reason, "2 days late");
  apply_decisions({.overrides = {{"s2", "01", 4, "was ill"}}, .days_late = {{"s2", 20}}, .late_percent = 10},
                  hand_ins);
  EXPECT_EQ(hand_ins[1].points, 4) << "the sum itself was decided";
}

TEST_F(BooksTest, AGroupSharesItsBestHandIn) {
  const std::vector<RosterEntry> roster{{.id = "s1",
                                         .name = "",
                                         .email = "",
                                         .group = "A",
                                         .canvas_id = "",
                                         .sis_id = "",
                                         .login_id = "",
                                         .section = ""},
                                        {.id = "s2",
                                         .name = "",
                                         .email = "",
                                         .group = "A",
                                         .canvas_id = "",
                                         .sis_id = "",
                                         .login_id = "",
                                         .section = ""},
                                        {.id = "s3",
                                         .name = "",
                                         .email = "",
                                         .group = "",
                                         .canvas_id = "",
                                         .sis_id = "",
                                         .login_id = "",
                                         .section = ""}};
  const std::vector<GradedHandIn> hand_ins{hand_in("s1", "7", "7"), hand_in("s2", "right", "7"),
                                           hand_in("s9", "7", "7")};
  const auto results = results_of("01", complete_roster(roster, hand_ins), hand_ins);
  ASSERT_EQ(results.size(), 4U) << "who is on no roster is not lost";
  EXPECT_EQ(results[0].hand_in, &hand_ins[1]);
  EXPECT_EQ(results[1].hand_in, &hand_ins[1]);
  EXPECT_EQ(results[2].hand_in, nullptr);
  EXPECT_EQ(results[3].hand_in, &hand_ins[2]);
}

TEST_F(BooksTest, FormulasAndEscapesAreMadeHarmless) {
  GradedHandIn evil = hand_in("s1", "=HYPERLINK(\"http://x\")", "\x1b[31mred");
  evil.questions[1].mark.mistake.clear();
  evil.source = "a\x1b[2J.zip";
  evil.lab = "01\x1b[31m";
  const std::string evidence = evidence_csv({evil});
  EXPECT_TRUE(evidence.contains("\"'=HYPERLINK")) << evidence;
  EXPECT_FALSE(evidence.contains('\x1b'));
  const LabResults results{&lab_, {}};
  EXPECT_FALSE(gradescope_json({results}).contains('\x1b'));
}

TEST_F(BooksTest, GradebooksHaveTheColumnsThatAreImported) {
  const std::vector<GradedHandIn> hand_ins{hand_in("s1", "right", "7")};
  const auto roster = complete_roster({}, hand_ins);
  const std::vector<LabResults> results{{&lab_, results_of("01", roster, hand_ins)}};
  EXPECT_EQ(
      moodle_csv(results),
      "ID number,Full name,Email address,\"Lab 01 Title, with comma\",\"Lab 01 Title, with comma feedback\"\n"
      "s1,,,2,01.2: mistake 7\n");
  EXPECT_EQ(canvas_csv(results),
            "Student,ID,SIS User ID,SIS Login ID,Section,\"Lab 01 Title, with comma\"\n"
            "Points Possible,,,,,4\n,,s1,,,2\n");
  EXPECT_TRUE(gradescope_json(results).contains("\"score\": 2.0"));
}

TEST_F(BooksTest, ItemsTellWhichQuestionIsHardAndWhy) {
  const std::string items =
      items_csv({hand_in("a", "right", "7"), hand_in("b", "right", "7"), hand_in("c", "8", "right")});
  EXPECT_EQ(
      items,
      "lab,question,handed_in,answered,right,share_right,commonest_mistake,mistake_count,discrimination\n"
      "01,01.1,3,3,2,0.667,mistake 8,1,-1\n01,01.2,3,3,1,0.333,mistake 7,2,-1\n");
}

TEST_F(BooksTest, OverlapIsOddsAndNeedsRareAnswers) {
  std::vector<GradedHandIn> hand_ins;
  for (int student = 0; student < 100; ++student)
    hand_ins.push_back(hand_in("s" + std::to_string(student), "common", std::to_string(student)));
  EXPECT_TRUE(find_overlaps(hand_ins).empty()) << "what everybody answers says nothing";
  hand_ins[3] = hand_in("s3", "4711", "0815");
  hand_ins[7] = hand_in("s7", "4711", "0815");
  const auto overlaps = find_overlaps(hand_ins);
  ASSERT_EQ(overlaps.size(), 1U);
  EXPECT_EQ(overlaps[0].a->student + overlaps[0].b->student, "s3s7");
  EXPECT_DOUBLE_EQ(overlaps[0].odds, 99.0 * 99.0);
  for (const char* word : {"cheat", "guilt", "copied"}) EXPECT_FALSE(overlap_csv(overlaps).contains(word));
  hand_ins[9].capture_sha256 = hand_ins[10].capture_sha256;
  EXPECT_TRUE(find_overlaps(hand_ins)[0].same_capture);
}

TEST_F(BooksTest, ChangesAreThoseOfTheEarlierRun) {
  const auto before = file("evidence.csv", evidence_csv({hand_in("a", "right", "7")}));
  EXPECT_EQ(changes_csv(before, {hand_in("a", "right", "7")}), "student,question,before,after,given\n");
  EXPECT_EQ(changes_csv(before, {hand_in("a", "right", "right")}),
            "student,question,before,after,given\na,01.2,wrong 0,right 2,right\n");
}

}  // namespace
}  // namespace plaintalk::labs
