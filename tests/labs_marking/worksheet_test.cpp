#include "labs/sheet/worksheet.hpp"

#include <filesystem>
#include <fstream>

#include <gtest/gtest.h>
#include <unistd.h>

namespace plaintalk::labs {
namespace {

class WorksheetTest : public ::testing::Test {
 protected:
  WorksheetTest() {
    std::string pattern = (std::filesystem::temp_directory_path() / "sheet-XXXXXX").string();
    lab_.folder = ::mkdtemp(pattern.data());
    lab_.id = "03";
    Question question;
    question.id = "1";
    question.text = "How many bytes did {who} send?";
    question.unit = "bytes";
    question.points = 2;
    lab_.questions.push_back(question);
    lab_.variant.push_back({.name = "who", .kind = VariantRule::Kind::pick, .choices = {"zoe"}});
  }
  ~WorksheetTest() override { std::filesystem::remove_all(lab_.folder); }

  std::string read(const std::string& markdown, const std::string& student) {
    std::ofstream(lab_.folder / "worksheet.md") << markdown;
    return read_worksheet(lab_, words_for(lab_, student));
  }

  Lab lab_;
};

TEST_F(WorksheetTest, QuestionsAndNamesArePutIn) {
  EXPECT_EQ(
      read("Hello {student}: {question 1}\n`{plaintalk} lab check {lab}` {other}\n", "s1"),
      "Hello s1: **03.1** How many bytes did zoe send?\n\n*Answer: a whole number of bytes. 2 points.*\n"
      "`plaintalk lab check 03` {other}\n");
  EXPECT_TRUE(read("{question 9}", "s1").contains("no question 9"));
}

TEST_F(WorksheetTest, BeforeTheStartTheNamesAreOpen) {
  EXPECT_EQ(read("{student} {who}", ""), "YOUR-ID WHO");
}

TEST_F(WorksheetTest, TextKeepsToItsWidth) {
  const std::string text = markdown_to_text(
      "# Title\n\nSome words that go on and on for more than forty columns.\n\n- a\n- b\n", 40);
  EXPECT_TRUE(text.contains("Title"));
  for (std::size_t at = 0; at < text.size(); at = text.find('\n', at) + 1)
    EXPECT_LE(text.find('\n', at) - at, 40U) << text;
}

TEST_F(WorksheetTest, ThePageRunsNothingOfALabs) {
  const std::string page =
      markdown_to_html("# A <script>alert(1)</script>\n[x](javascript:alert(1))\n", "T & <b>");
  EXPECT_FALSE(page.contains("<script"));
  EXPECT_FALSE(page.contains("javascript:"));
  EXPECT_TRUE(page.contains("<title>T &amp; &lt;b&gt;</title>"));
  EXPECT_TRUE(page.starts_with("<!doctype html>\n<html lang=\"en\">"));
}

}  // namespace
}  // namespace plaintalk::labs
