#include <filesystem>
#include <fstream>
#include <memory>
#include <system_error>

#include <gtest/gtest.h>
#include <sys/stat.h>
#include <unistd.h>

#include "messenger/store/disk_spool.hpp"
#include "messenger/store/memory_spool.hpp"

namespace plaintalk::messenger {
namespace {

namespace fs = std::filesystem;

class Folder {
 public:
  Folder() {
    std::string name = (fs::temp_directory_path() / "plaintalk-spool-XXXXXX").string();
    if (mkdtemp(name.data()) == nullptr) throw std::system_error(errno, std::generic_category(), name);
    path = name;
  }
  ~Folder() { fs::remove_all(path); }
  fs::path path;
};

void tell_the_common_story(FileSpool& spool) {
  ASSERT_TRUE(spool.create("f1"));
  EXPECT_FALSE(spool.create("f1")) << "a file is made once";
  ASSERT_TRUE(spool.append("f1", 0, "hello "));
  ASSERT_TRUE(spool.append("f1", 6, "world"));
  std::string out;
  ASSERT_TRUE(spool.read("f1", 0, 11, out));
  EXPECT_EQ(out, "hello world");
  ASSERT_TRUE(spool.read("f1", 6, 3, out));
  EXPECT_EQ(out, "wor");
  EXPECT_FALSE(spool.read("f1", 6, 6, out)) << "less than asked for is an error";
  EXPECT_FALSE(spool.read("f2", 0, 1, out));
  EXPECT_FALSE(spool.append("f2", 0, "x"));
  spool.remove("f1");
  EXPECT_FALSE(spool.read("f1", 0, 1, out));
  EXPECT_TRUE(spool.create("f1"));
}

TEST(MemorySpool, StoresReadsAndForgets) {
  MemorySpool spool;
  tell_the_common_story(spool);
}

TEST(DiskSpool, StoresReadsAndForgets) {
  Folder folder;
  DiskSpool spool(folder.path / "made" / "on demand");
  tell_the_common_story(spool);
}

TEST(DiskSpool, ManyFilesNeedFewDescriptors) {
  Folder folder;
  DiskSpool spool(folder.path);
  for (int n = 0; n < 200; ++n) {
    const std::string file = "f" + std::to_string(n);
    ASSERT_TRUE(spool.create(file));
    ASSERT_TRUE(spool.append(file, 0, file));
  }
  std::string out;
  ASSERT_TRUE(spool.read("f0", 0, 2, out));
  EXPECT_EQ(out, "f0");
  EXPECT_LT(std::distance(fs::directory_iterator("/proc/self/fd"), fs::directory_iterator{}), 64);
}

TEST(DiskSpool, NamesThatAreNotHandlesAreRefused) {
  Folder folder;
  DiskSpool spool(folder.path / "spool");
  for (const std::string_view name : {"", "../x", "a/b", "F1", ".", "averyverylongname1"})
    EXPECT_FALSE(spool.create(name)) << name;
  EXPECT_EQ(std::distance(fs::directory_iterator(folder.path), fs::directory_iterator{}), 1);
}

TEST(DiskSpool, NeverWritesThroughALink) {
  Folder folder;
  const fs::path victim = folder.path / "victim";
  std::ofstream(victim) << "precious";
  DiskSpool spool(folder.path / "spool");
  fs::create_symlink(victim, folder.path / "spool" / "f1.spool");
  EXPECT_FALSE(spool.create("f1"));
  EXPECT_FALSE(spool.append("f1", 0, "overwritten"));
  std::string content;
  std::ifstream(victim) >> content;
  EXPECT_EQ(content, "precious");
}

TEST(DiskSpool, FilesAreForTheServerAlone) {
  Folder folder;
  DiskSpool spool(folder.path);
  ASSERT_TRUE(spool.create("f1"));
  struct stat status {};
  ASSERT_EQ(::stat((folder.path / "f1.spool").c_str(), &status), 0);
  EXPECT_EQ(status.st_mode & 0777U, 0600U);
}

TEST(DiskSpool, WhatIsLeftIsRemovedAndOtherFilesAreNot) {
  Folder folder;
  std::ofstream(folder.path / "notes.txt") << "mine";
  {
    DiskSpool spool(folder.path);
    ASSERT_TRUE(spool.create("f1"));
  }
  EXPECT_FALSE(fs::exists(folder.path / "f1.spool"));
  std::ofstream(folder.path / "f7.spool") << "of a server that was killed";
  DiskSpool spool(folder.path);
  EXPECT_FALSE(fs::exists(folder.path / "f7.spool"));
  EXPECT_TRUE(fs::exists(folder.path / "notes.txt"));
}

TEST(DiskSpool, OneServerAtATimeUsesAFolder) {
  Folder folder;
  DiskSpool first(folder.path);
  EXPECT_THROW(DiskSpool second(folder.path), std::system_error);
}

TEST(DiskSpool, AFolderThatCannotBeMadeIsAnErrorAtTheStart) {
  Folder folder;
  std::ofstream(folder.path / "file") << "x";
  EXPECT_THROW(DiskSpool(folder.path / "file" / "spool"), std::system_error);
}

}  // namespace
}  // namespace plaintalk::messenger
