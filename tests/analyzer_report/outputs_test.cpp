#include <gtest/gtest.h>

#include "analyzer/tables/analysis_folder.hpp"
#include "tests/analyzer_report/model.hpp"

namespace plaintalk::analyzer {
namespace {

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

TEST(AnalysisFolder, RemovesWhatAnEarlierRunLeftAndKeepsOtherFiles) {
  const TemporaryFolder folder;
  { AnalysisFolder out(folder / "out"); }
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
  { AnalysisFolder out(folder / "out"); }
  write_text(folder / "victim", "safe");
  std::filesystem::create_symlink(folder / "victim", folder / "out/.summary.md.new");
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
