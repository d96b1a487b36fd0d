#include "labs/demo/demo_folder.hpp"

#include <fstream>

#include <gtest/gtest.h>
#include <unistd.h>

namespace plaintalk::demo {
namespace {

namespace fs = std::filesystem;

class OutputFolderTest : public testing::Test {
 protected:
  void SetUp() override { fs::create_directories(base_); }
  void TearDown() override { fs::remove_all(base_); }

  static void write(const fs::path& path, const std::string& text) { std::ofstream(path) << text; }

  fs::path base_ = fs::path(testing::TempDir()) / ("output." + std::to_string(getpid()));
  fs::path path_ = base_ / "demo";
};

TEST_F(OutputFolderTest, IsMadeWithItsParents) {
  const DemoFolder folder(base_ / "deep" / "demo");
  EXPECT_TRUE(fs::is_directory(base_ / "deep" / "demo" / "scripts"));
}

TEST_F(OutputFolderTest, IsMadeAgainButKeepsWhatSomebodyPutBesideIt) {
  {
    const DemoFolder folder(path_);
    folder.write_file("scripts/alice.txt", "old");
    folder.write_file("server.jsonl", "old");
  }
  write(path_ / "my notes.txt", "mine");
  const DemoFolder again(path_);
  EXPECT_FALSE(fs::exists(path_ / "scripts/alice.txt"));
  EXPECT_FALSE(fs::exists(path_ / "server.jsonl"));
  EXPECT_TRUE(fs::exists(path_ / "my notes.txt"));
}

TEST_F(OutputFolderTest, LeavesAFolderAloneThatIsNotFromADemo) {
  fs::create_directories(path_ / "analysis");
  write(path_ / "analysis" / "thesis.txt", "three years of work");
  EXPECT_THROW(DemoFolder{path_}, std::runtime_error);
  EXPECT_TRUE(fs::exists(path_ / "analysis" / "thesis.txt"));
  EXPECT_FALSE(fs::exists(path_ / "scripts"));
}

TEST_F(OutputFolderTest, IsNotAFile) {
  write(path_, "a file");
  EXPECT_THROW(DemoFolder{path_}, std::runtime_error);
  EXPECT_TRUE(fs::is_regular_file(path_));
}

TEST_F(OutputFolderTest, IsNotSharedByTwoDemosAtATime) {
  const DemoFolder first(path_);
  first.write_file("server.jsonl", "running");
  EXPECT_THROW(DemoFolder{path_}, std::runtime_error);
  EXPECT_TRUE(fs::exists(path_ / "server.jsonl"));
}

// Goal: a link that somebody planted under one of our names must not make us delete or write elsewhere.
TEST_F(OutputFolderTest, DoesNotFollowLinksOutOfItself) {
  { const DemoFolder folder(path_); }
  const fs::path outside = base_ / "outside";
  fs::create_directories(outside);
  write(outside / "precious", "data");
  fs::remove_all(path_ / "logs");
  fs::create_directory_symlink(outside, path_ / "logs");
  const DemoFolder again(path_);
  EXPECT_TRUE(fs::exists(outside / "precious"));
  fs::create_symlink(outside / "precious", path_ / "server.jsonl");
  EXPECT_THROW(again.write_file("server.jsonl", "overwritten"), std::runtime_error);
  std::string kept;
  std::ifstream(outside / "precious") >> kept;
  EXPECT_EQ(kept, "data");
}

}  // namespace
}  // namespace plaintalk::demo
