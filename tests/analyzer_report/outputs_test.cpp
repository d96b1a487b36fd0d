#include <gtest/gtest.h>

#include "analyzer/tables/analysis_folder.hpp"
#include "tests/analyzer_report/model.hpp"

namespace plaintalk::analyzer {
namespace {

void make_analysis(const std::string& path) {
  AnalysisFolder folder(path);
  OutputFile file = folder.create("summary.md");
  file.close();
  folder.commit();
}

std::vector<std::string> names_in(const std::string& path) {
  std::vector<std::string> names;
  for (const auto& entry : std::filesystem::directory_iterator(path))
    names.push_back(entry.path().filename().string());
  std::sort(names.begin(), names.end());
  return names;
}

TEST(AnalysisFolder, RefusesAFolderThatIsNotOurs) {
  const TemporaryFolder folder;
  std::filesystem::create_directory(folder / "theirs");
  write_text(folder / "theirs/diary.txt", "keep me");
  EXPECT_THROW(AnalysisFolder{folder / "theirs"}, std::runtime_error);
  EXPECT_EQ(read_text(folder / "theirs/diary.txt"), "keep me");
  EXPECT_FALSE(std::filesystem::exists(folder / "theirs/.plaintalk-analysis"));
}

TEST(AnalysisFolder, TakesAnEmptyFolderAndItsOwnEarlierOne) {
  const TemporaryFolder folder;
  std::filesystem::create_directory(folder / "out");
  for (const std::string text : {"first", "second"}) {
    AnalysisFolder out(folder / "out");
    OutputFile file = out.create("summary.md");
    file.write(text);
    file.close();
    out.commit();
    EXPECT_EQ(read_text(folder / "out/summary.md"), text);
  }
}

TEST(AnalysisFolder, LeavesAnEarlierAnalysisAsItWasWhenARunFails) {
  const TemporaryFolder folder;
  {
    AnalysisFolder out(folder / "out");
    OutputFile file = out.create("summary.md");
    file.write("good");
    file.close();
    out.commit();
  }
  {
    AnalysisFolder out(folder / "out");
    OutputFile file = out.create("summary.md");
    file.write("half");
  }
  EXPECT_EQ(read_text(folder / "out/summary.md"), "good");
  std::size_t count = 0;
  for (const auto& entry : std::filesystem::directory_iterator(folder / "out"))
    count += entry.exists() ? 1u : 0u;
  EXPECT_EQ(count, 2u) << "the marker and the summary";
}

TEST(AnalysisFolder, LeavesNothingBehindWhereThereWasNothing) {
  const TemporaryFolder folder;
  {
    AnalysisFolder out(folder / "new");
    out.create("summary.md").write("half");
    EXPECT_NE(out.what_stays().find("no table was written"), std::string::npos);
  }
  EXPECT_FALSE(std::filesystem::exists(folder / "new"));
  std::filesystem::create_directory(folder / "empty");
  { const AnalysisFolder out(folder / "empty"); }
  EXPECT_TRUE(std::filesystem::is_empty(folder / "empty")) << "the user's own folder stays";
}

TEST(AnalysisFolder, IsWrittenByOneAnalysisAtATime) {
  const TemporaryFolder folder;
  const AnalysisFolder first(folder / "out");
  EXPECT_THROW(AnalysisFolder{folder / "out"}, std::runtime_error);
}

// What kill -9 leaves is gone after the next run.
TEST(AnalysisFolder, RemovesWhatAKilledRunLeft) {
  const TemporaryFolder folder;
  make_analysis(folder / "out");
  for (const std::string name : {".pdus.csv.new", ".analysis.sqlite.interim", ".mine.new"})
    write_text(folder / "out/" + name, "half");
  make_analysis(folder / "out");
  EXPECT_EQ(names_in(folder / "out"),
            (std::vector<std::string>{".mine.new", ".plaintalk-analysis", "summary.md"}));
}

TEST(AnalysisFolder, RemovesWhatAnEarlierRunLeftAndKeepsOtherFiles) {
  const TemporaryFolder folder;
  make_analysis(folder / "out");
  write_text(folder / "out/messages.csv", "old");
  write_text(folder / "out/notes.txt", "mine");
  std::filesystem::create_directory(folder / "out/files");
  write_text(folder / "out/files/" + std::string(64, 'a'), "old");
  write_text(folder / "out/files/photo.jpg", "mine");
  AnalysisFolder out(folder / "out");
  out.commit();
  EXPECT_FALSE(std::filesystem::exists(folder / "out/messages.csv"));
  EXPECT_FALSE(std::filesystem::exists(folder / "out/files/" + std::string(64, 'a')));
  EXPECT_EQ(read_text(folder / "out/notes.txt"), "mine");
  EXPECT_EQ(read_text(folder / "out/files/photo.jpg"), "mine");
}

TEST(AnalysisFolder, NeverWritesThroughALink) {
  const TemporaryFolder folder;
  make_analysis(folder / "out");
  write_text(folder / "victim", "safe");
  std::filesystem::create_symlink(folder / "victim", folder / "out/.summary.md.new");
  std::filesystem::remove(folder / "out/summary.md");
  std::filesystem::create_symlink(folder / "victim", folder / "out/summary.md");
  AnalysisFolder out(folder / "out");
  OutputFile file = out.create("summary.md");
  file.write("ours");
  file.close();
  out.commit();
  EXPECT_EQ(read_text(folder / "victim"), "safe");
  EXPECT_EQ(read_text(folder / "out/summary.md"), "ours");
}

TEST(DefaultFolder, IsNamedAfterTheCapture) {
  EXPECT_EQ(default_folder("/tmp/lab one.pcapng"), "lab one-analysis");
  EXPECT_EQ(default_folder("capture.pcapng"), "capture-analysis");
  EXPECT_EQ(default_folder("capture"), "capture-analysis");
  EXPECT_EQ(default_folder("-"), "stdin-analysis");
}

}  // namespace
}  // namespace plaintalk::analyzer
