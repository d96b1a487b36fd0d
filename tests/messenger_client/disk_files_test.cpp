#include "messenger/client/disk_files.hpp"

#include <filesystem>
#include <fstream>
#include <iterator>
#include <thread>

#include <gtest/gtest.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/crypto/digest.hpp"
#include "base/text.hpp"
#include "messenger/client/history_file.hpp"

namespace plaintalk::messenger::client {
namespace {

namespace fs = std::filesystem;

std::string content(const fs::path& path) {
  std::ifstream file(path, std::ios::binary);
  return {std::istreambuf_iterator<char>(file), {}};
}

const std::string kHash(64, 'a');

std::string hash_of(Hashing& hashing) {
  for (;;) {
    if (auto result = hashing.take_result()) return *result ? hex((*result)->finish()) : result->error();
    std::this_thread::yield();
  }
}

class FolderTest : public testing::Test {
 protected:
  FolderTest() {
    std::string pattern = (fs::temp_directory_path() / "plaintalk-client-XXXXXX").string();
    folder_ = ::mkdtemp(pattern.data());
  }
  ~FolderTest() override { fs::remove_all(folder_); }
  std::size_t count() const {
    return static_cast<std::size_t>(std::distance(fs::directory_iterator(folder_), fs::directory_iterator{}));
  }
  fs::path folder_;
};

TEST(SafeFileName, IsOneHarmlessNameWhateverWasSent) {
  EXPECT_EQ(safe_file_name("router.bin"), "router.bin");
  EXPECT_EQ(safe_file_name("../../etc/passwd"), "passwd");
  EXPECT_EQ(safe_file_name("C:\\windows\\evil.exe"), "evil.exe");
  EXPECT_EQ(safe_file_name(".bashrc"), "bashrc");
  EXPECT_EQ(safe_file_name("-rf"), "rf");
  EXPECT_EQ(safe_file_name("a\x1b[2Jb\nc"), "a_[2Jb_c");
  EXPECT_EQ(safe_file_name("photo\xe2\x80\xaegpj.exe"), "photo_gpj.exe") << "no direction overrides";
  EXPECT_EQ(safe_file_name("caf\xc3\xa9"), "caf\xc3\xa9");
  for (const char* name : {"", "/", "..", "...", "./", "\\"}) EXPECT_EQ(safe_file_name(name), "file") << name;
  EXPECT_LE(safe_file_name(std::string(5000, 'x')).size(), 200U);
}

TEST_F(FolderTest, NeverOverwritesAFileThatIsThere) {
  std::ofstream(folder_ / "notes.txt") << "mine";
  DiskFiles files(folder_.string());
  for (const char* name : {"notes (1).txt", "notes (2).txt"}) {
    auto sink = files.create_download("notes.txt", kHash, 6);
    ASSERT_TRUE(sink);
    ASSERT_TRUE((*sink)->append("theirs"));
    const auto path = (*sink)->keep();
    ASSERT_TRUE(path);
    EXPECT_EQ(*path, (folder_ / name).string());
    EXPECT_EQ(content(*path), "theirs");
  }
  EXPECT_EQ(content(folder_ / "notes.txt"), "mine");
}

TEST_F(FolderTest, LeavesNothingBehindOfADownloadThatWasDiscarded) {
  DiskFiles files(folder_.string());
  {
    auto sink = files.create_download("notes.txt", kHash, 6);
    ASSERT_TRUE(sink);
    ASSERT_TRUE((*sink)->append("half"));
    EXPECT_EQ(count(), 1U);
    EXPECT_FALSE(fs::exists(folder_ / "notes.txt")) << "a partial file must not look complete";
    (*sink)->discard();
  }
  EXPECT_EQ(count(), 0U);
  ASSERT_TRUE(files.create_download("notes.txt", kHash, 6));
  EXPECT_EQ(count(), 0U) << "nor of one that got nothing";
}

// Goal: what an unfinished download left is gone on with, by that file only and by one at a time.
TEST_F(FolderTest, GoesOnWithThePartOfTheSameFileOnly) {
  DiskFiles files(folder_.string());
  ASSERT_TRUE((*files.create_download("notes.txt", kHash, 6))->append("the"));
  const auto other = files.create_download("notes.txt", std::string(64, 'b'), 6);
  EXPECT_EQ((*other)->found_size(), 0U);
  const auto first = files.create_download("renamed.txt", kHash, 6);
  EXPECT_EQ((*first)->found_size(), 3U);
  EXPECT_EQ(hash_of(*(*first)->start_hashing()), hex(sha256("the")));
  const auto second = files.create_download("renamed.txt", kHash, 6);
  EXPECT_EQ((*second)->found_size(), 0U) << "the first is still being written";
  ASSERT_TRUE((*second)->append("x"));
  ASSERT_TRUE((*first)->append("irs"));
  const auto path = (*first)->keep();
  ASSERT_TRUE(path);
  EXPECT_EQ(content(*path), "theirs");
  EXPECT_FALSE(fs::exists(folder_ / (".plaintalk-" + kHash + ".part")));
}

// Killed between the last byte and the check of the whole: nothing is missing.
TEST_F(FolderTest, GoesOnWithAPartThatHasAllBytes) {
  std::ofstream(folder_ / (".plaintalk-" + kHash + ".part")) << "theirs";
  EXPECT_EQ((*DiskFiles(folder_.string()).create_download("n", kHash, 6))->found_size(), 6U);
}

// Goal: whatever has the name of a part and is none is left as it is.
TEST_F(FolderTest, TakesNothingForAPartThatMayBeSomethingElse) {
  const fs::path part = folder_ / (".plaintalk-" + kHash + ".part");
  DiskFiles files(folder_.string());
  std::ofstream(folder_ / "victim") << "mine";
  fs::create_symlink(folder_ / "victim", part);
  EXPECT_EQ((*files.create_download("n", kHash, 6))->found_size(), 0U);
  fs::remove(part);
  std::ofstream(part) << "longer than the file";
  EXPECT_EQ((*files.create_download("n", kHash, 6))->found_size(), 0U);
  EXPECT_EQ(content(part), "longer than the file");
  fs::remove(part);
  fs::create_directory(part);
  EXPECT_EQ((*files.create_download("n", kHash, 6))->found_size(), 0U);
  fs::remove(part);
  // Killed between the two names of a whole file: the file is the user's now.
  fs::create_hard_link(folder_ / "victim", part);
  {
    const auto sink = files.create_download("n", kHash, 6);
    EXPECT_EQ((*sink)->found_size(), 0U);
    ASSERT_TRUE((*sink)->append("theirs"));
  }
  EXPECT_EQ(content(folder_ / "victim"), "mine");
}

TEST_F(FolderTest, RemovesPartsThatNobodyWantedForAWeek) {
  const fs::path old_part = folder_ / (".plaintalk-" + std::string(64, 'c') + ".part");
  const fs::path other = folder_ / ".plaintalk-notes.part";
  for (const fs::path& path : {old_part, other}) {
    std::ofstream(path) << "x";
    fs::last_write_time(path, fs::file_time_type::clock::now() - std::chrono::hours(24 * 8));
  }
  ASSERT_TRUE((*DiskFiles(folder_.string()).create_download("n", kHash, 6))->append("y"));
  EXPECT_FALSE(fs::exists(old_part));
  EXPECT_TRUE(fs::exists(other));
  EXPECT_TRUE(fs::exists(folder_ / (".plaintalk-" + kHash + ".part")));
}

TEST_F(FolderTest, DoesNotFollowALinkThatWaitsUnderTheName) {
  std::ofstream(folder_ / "victim") << "precious";
  fs::create_symlink(folder_ / "victim", folder_ / "notes.txt");
  DiskFiles files(folder_.string());
  auto sink = files.create_download("notes.txt", kHash, 6);
  ASSERT_TRUE(sink);
  ASSERT_TRUE((*sink)->append("theirs"));
  ASSERT_TRUE((*sink)->keep());
  EXPECT_EQ(content(folder_ / "victim"), "precious");
}

TEST_F(FolderTest, ReadsAndHashesWhatIsToBeSent) {
  const std::string bytes(300'000, 'z');
  std::ofstream(folder_ / "big.bin", std::ios::binary) << bytes;
  DiskFiles files(folder_.string());
  const auto source = files.open_upload((folder_ / "big.bin").string());
  ASSERT_TRUE(source);
  EXPECT_EQ((*source)->name(), "big.bin");
  EXPECT_EQ((*source)->size(), bytes.size());
  EXPECT_EQ(hash_of(*(*source)->start_hashing()), hex(sha256(bytes)));
  (*source)->start_hashing();  // given up at once
  fs::resize_file(folder_ / "big.bin", 10);
  EXPECT_FALSE((*source)->read(0, 20)) << "it became shorter";
}

TEST_F(FolderTest, SendsOnlyPlainFiles) {
  ASSERT_EQ(::mkfifo((folder_ / "pipe").c_str(), 0600), 0);
  DiskFiles files(folder_.string());
  for (const char* name : {"pipe", "", "missing"})
    EXPECT_FALSE(files.open_upload((folder_ / name).string())) << name;
}

TEST_F(FolderTest, KeepsTypedLinesWhereNobodyElseReadsThem) {
  const fs::path path = folder_ / "state" / "history";
  HistoryFile history(path.string());
  EXPECT_TRUE(history.load().empty());
  history.append("/join #lab");
  history.append("hello");
  struct stat about {};
  ASSERT_EQ(::stat(path.c_str(), &about), 0);
  EXPECT_EQ(about.st_mode & 0777U, 0600U);
  EXPECT_EQ(history.load(), (std::vector<std::string>{"/join #lab", "hello"}));
}

TEST_F(FolderTest, ShortensAHistoryThatHasGrownLong) {
  const fs::path path = folder_ / "history";
  {
    std::ofstream file(path);
    for (int line = 0; line < 20'000; ++line) file << line << " " << std::string(60, 'x') << "\n";
  }
  HistoryFile history(path.string());
  EXPECT_EQ(history.load().size(), kHistoryLineCountMax);
  EXPECT_EQ(history.load().back().substr(0, 5), "19999");
  EXPECT_LT(fs::file_size(path), 100'000U);
}

TEST(SafeFileNameEnding, SurvivesShortening) {
  const std::string name = safe_file_name(std::string(300, 'x') + ".tar.gz");
  EXPECT_LE(name.size(), 200U);
  EXPECT_TRUE(name.ends_with("x.gz")) << name;
  EXPECT_LE(safe_file_name("a." + std::string(300, 'y')).size(), 200U);
}

TEST_F(FolderTest, SaysWhyAFileCannotBeSentBeforeItIsAskedOf) {
  DiskFiles files(".");
  const auto version = files.open_upload("/proc/version");
  ASSERT_FALSE(version);
  EXPECT_NE(version.error().find("no size of its own"), std::string::npos) << version.error();
  for (const std::string name : {"line\nfeed", "not\xFFutf8"}) {
    const std::string path = (folder_ / name).string();
    std::ofstream(path) << "x";
    const auto opened = files.open_upload(path);
    ASSERT_FALSE(opened);
    EXPECT_NE(opened.error().find("rename it"), std::string::npos) << opened.error();
  }
}

}  // namespace
}  // namespace plaintalk::messenger::client
