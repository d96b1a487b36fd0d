#include <algorithm>
#include <condition_variable>
#include <csignal>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <mutex>
#include <string>
#include <system_error>
#include <thread>
#include <vector>

#include <gtest/gtest.h>
#include <sys/resource.h>
#include <unistd.h>

#include "base/crypto/digest.hpp"
#include "messenger/store/block_spool.hpp"
#include "messenger/store/open_spool.hpp"
#include "messenger/store/spool_jobs.hpp"
#include "messenger/store/spool_queue.hpp"
#include "messenger/store/spool_thread.hpp"

namespace plaintalk::messenger {
namespace {

namespace fs = std::filesystem;

class Folder {
 public:
  Folder() {
    std::string name = (fs::temp_directory_path() / "plaintalk-test-XXXXXX").string();
    if (mkdtemp(name.data()) == nullptr) throw std::system_error(errno, std::generic_category(), name);
    path = name;
  }
  ~Folder() { fs::remove_all(path); }
  std::vector<std::string> names() const {
    std::vector<std::string> all;
    for (const auto& entry : fs::directory_iterator(path)) all.push_back(entry.path().filename().string());
    std::ranges::sort(all);
    return all;
  }
  fs::path path;
};

constexpr FileId kFirst{1};
constexpr FileId kSecond{2};

std::string pattern(std::size_t size, unsigned seed) {
  std::string bytes(size, '\0');
  for (std::size_t index = 0; index < size; ++index)
    bytes[index] = static_cast<char>(index * 31 + index / 251 + seed);
  return bytes;
}

std::string read(const BlockSpool& spool, FileId file, std::uint64_t offset, std::size_t size) {
  std::string out(size, '?');
  return spool.read(file, offset, out) ? out : "trouble";
}

void tell_the_common_story(BlockSpool& spool) {
  ASSERT_TRUE(spool.append(kFirst, "hello "));
  ASSERT_TRUE(spool.append(kFirst, "world"));
  EXPECT_EQ(read(spool, kFirst, 0, 11), "hello world");
  EXPECT_EQ(read(spool, kFirst, 6, 3), "wor");
  EXPECT_EQ(read(spool, kFirst, 6, 6), "trouble") << "less than asked for is an error";
  EXPECT_EQ(read(spool, kSecond, 0, 1), "trouble");
  spool.remove(kFirst);
  spool.remove(kFirst);
  EXPECT_EQ(read(spool, kFirst, 0, 1), "trouble");
  EXPECT_EQ(spool.held_bytes(), 0U);
}

// Two files that grow in turn, in pieces that fit no block, and blocks that are used again.
void tell_of_blocks(BlockSpool& spool) {
  const std::string first = pattern(100'000, 1);
  const std::string second = pattern(90'001, 2);
  ASSERT_TRUE(spool.append(FileId{9}, pattern(70'000, 3)));
  spool.remove(FileId{9});
  for (std::size_t at = 0; at < first.size(); at += 7'001) {
    ASSERT_TRUE(spool.append(kFirst, std::string_view(first).substr(at, 7'001)));
    if (at < second.size()) {
      ASSERT_TRUE(spool.append(kSecond, std::string_view(second).substr(at, 7'001)));
    }
  }
  EXPECT_EQ(read(spool, kFirst, 0, first.size()), first);
  EXPECT_EQ(read(spool, kSecond, 0, second.size()), second);
  EXPECT_EQ(read(spool, kSecond, 16'000, 40'000), second.substr(16'000, 40'000));
  EXPECT_EQ(spool.held_bytes(), (7 + 6) * kSpoolBlockSize);
  EXPECT_EQ(spool.file_count(), 2U);
}

TEST(BlockSpool, InMemoryItStoresReadsAndForgets) {
  BlockSpool spool;
  tell_the_common_story(spool);
  tell_of_blocks(spool);
}

TEST(BlockSpool, InAFolderItStoresReadsAndForgets) {
  Folder folder;
  BlockSpool spool(folder.path / "made" / "on demand");
  tell_the_common_story(spool);
  tell_of_blocks(spool);
}

TEST(BlockSpool, TouchesNothingThatItDidNotMakeAndLeavesNothing) {
  Folder folder;
  std::ofstream(folder.path / "f7.spool") << "somebody's";
  std::ofstream(folder.path / "notes.txt") << "mine";
  const std::vector<std::string> before = folder.names();
  {
    BlockSpool spool(folder.path);
    ASSERT_TRUE(spool.append(kFirst, pattern(50'000, 1)));
    EXPECT_EQ(folder.names(), before);
  }
  EXPECT_EQ(folder.names(), before);
}

TEST(BlockSpool, SeveralServersMayUseOneFolder) {
  Folder folder;
  BlockSpool one(folder.path);
  BlockSpool other(folder.path);
  ASSERT_TRUE(one.append(kFirst, "one"));
  ASSERT_TRUE(other.append(kFirst, "two"));
  EXPECT_EQ(read(one, kFirst, 0, 3), "one");
  EXPECT_EQ(read(other, kFirst, 0, 3), "two");
}

TEST(BlockSpool, ManyFilesNeedOneDescriptor) {
  const auto count = [] {
    return std::distance(fs::directory_iterator("/proc/self/fd"), fs::directory_iterator{});
  };
  const auto before = count();
  BlockSpool spool;
  for (std::uint64_t n = 1; n < 500; ++n) ASSERT_TRUE(spool.append(FileId{n}, "x"));
  EXPECT_EQ(count(), before + 1);
}

TEST(BlockSpool, AFolderThatCannotBeMadeIsAnErrorAtTheStart) {
  Folder folder;
  std::ofstream(folder.path / "file") << "x";
  EXPECT_THROW(BlockSpool(folder.path / "file" / "spool"), std::system_error);
  EXPECT_THROW(open_spool((folder.path / "file").string()), std::system_error);
}

TEST(OpenSpool, SaysWhereFilesAreWhenNobodyChose) {
  EXPECT_EQ(spool_line("here"), "");
  EXPECT_EQ(spool_line("memory"), "");
  EXPECT_TRUE(spool_line("").starts_with("files: kept in "));
}

TEST(SpoolJobs, TheDigestIsThatOfAllPieces) {
  BlockSpool spool;
  SpoolJobs jobs(spool);
  EXPECT_EQ(jobs.run({SpoolJob::Kind::append, kFirst, 0, "hello "}).size, 6U);
  EXPECT_EQ(jobs.run({SpoolJob::Kind::append, kSecond, 0, "between"}).trouble, "");
  EXPECT_EQ(jobs.run({SpoolJob::Kind::append, kFirst, 6, "world"}).size, 5U);
  EXPECT_EQ(jobs.run({SpoolJob::Kind::digest, kFirst, 11, {}}).sha256, sha256("hello world"));
  EXPECT_EQ(jobs.run({SpoolJob::Kind::digest, FileId{3}, 0, {}}).sha256, sha256(""));
}

// The largest size that a file of this process may have stands for the size of the disk.
class FullDisk {
 public:
  explicit FullDisk(std::uint64_t size) : previous_(std::signal(SIGXFSZ, SIG_IGN)) {
    EXPECT_EQ(::getrlimit(RLIMIT_FSIZE, &before_), 0);
    rlimit small = before_;
    small.rlim_cur = size;
    EXPECT_EQ(::setrlimit(RLIMIT_FSIZE, &small), 0);
  }
  FullDisk(const FullDisk&) = delete;
  FullDisk& operator=(const FullDisk&) = delete;
  ~FullDisk() {
    ::setrlimit(RLIMIT_FSIZE, &before_);
    std::signal(SIGXFSZ, previous_);
  }

 private:
  void (*previous_)(int);
  rlimit before_{};
};

// Goal: a disk that is full fails the file that meets it and gives back what that file had.
TEST(SpoolJobs, WhatFailsGivesItsPlaceBackAndTakesNothingMore) {
  Folder folder;
  const FullDisk disk(3 * kSpoolBlockSize);
  BlockSpool spool(folder.path);
  SpoolJobs jobs(spool);
  const std::string block = pattern(kSpoolBlockSize, 1);
  for (std::uint64_t n = 0; n < 3; ++n)
    EXPECT_EQ(jobs.run({SpoolJob::Kind::append, kFirst, n * kSpoolBlockSize, block}).trouble, "");
  const SpoolResult failed = jobs.run({SpoolJob::Kind::append, kFirst, 3 * kSpoolBlockSize, block});
  EXPECT_EQ(failed.size, kSpoolBlockSize);
  EXPECT_NE(failed.trouble, "");
  EXPECT_EQ(spool.held_bytes(), 0U);
  EXPECT_NE(jobs.run({SpoolJob::Kind::append, kFirst, 4 * kSpoolBlockSize, block}).trouble, "");
  EXPECT_NE(jobs.run({SpoolJob::Kind::digest, kFirst, 5 * kSpoolBlockSize, {}}).trouble, "");
  EXPECT_EQ(jobs.run({SpoolJob::Kind::append, kSecond, 0, block}).trouble, "") << "the place is free again";
}

// Collects results as the event loop does.
struct Collector {
  explicit Collector(SpoolThread& spool) : thread(spool) {
    thread.notify([this] {
      const std::scoped_lock lock(mutex);
      is_ready = true;
      wake.notify_one();
    });
  }
  ~Collector() { thread.notify({}); }
  void wait_for(std::size_t count) {
    while (results.size() < count) {
      std::unique_lock lock(mutex);
      wake.wait(lock, [this] { return is_ready; });
      is_ready = false;
      lock.unlock();
      for (SpoolResult& result : thread.take_results()) results.push_back(std::move(result));
    }
  }
  SpoolThread& thread;
  std::mutex mutex;
  std::condition_variable wake;
  bool is_ready = false;
  std::vector<SpoolResult> results;
};

// Goal: what waits for a slow disk is bounded by the bytes of the uploads, however small their chunks are,
// and however they take turns.
TEST(SpoolQueue, HoldsNoJobForEachByte) {
  constexpr std::size_t kByteCount = 100'000;
  const std::string content = pattern(kByteCount, 1);
  SpoolQueue queue;
  for (std::size_t at = 0; at < kByteCount; ++at)
    for (const FileId file : {kFirst, FileId{7}, FileId{8}})
      queue.push({SpoolJob::Kind::append, file, at, content.substr(at, 1)});
  EXPECT_EQ(queue.count(), 3 * (kByteCount / SpoolQueue::kJoinedBytesMax + 1));
  std::string joined;
  for (const SpoolJob& job : queue.take()) {
    if (job.file != kFirst) continue;
    EXPECT_EQ(job.offset, joined.size());
    EXPECT_LE(job.bytes.size(), SpoolQueue::kJoinedBytesMax);
    joined += job.bytes;
  }
  EXPECT_EQ(joined, content);
  EXPECT_TRUE(queue.empty());
}

TEST(SpoolQueue, JoinsNothingAcrossARemovalOrABatch) {
  SpoolQueue queue;
  queue.push({SpoolJob::Kind::append, kFirst, 0, "a"});
  queue.push({SpoolJob::Kind::remove, kFirst, 0, {}});
  queue.push({SpoolJob::Kind::append, kFirst, 0, "b"});
  EXPECT_EQ(queue.count(), 3U);
  static_cast<void>(queue.take());
  queue.push({SpoolJob::Kind::append, kFirst, 1, "c"});
  const auto jobs = queue.take();
  ASSERT_EQ(jobs.size(), 1U);
  EXPECT_EQ(jobs[0].bytes, "c");
  EXPECT_EQ(jobs[0].offset, 1U);
}

TEST(SpoolThread, ResultsComeInTheOrderOfTheJobsAndNoneIsLost) {
  BlockSpool blocks;
  SpoolThread spool(blocks);
  Collector collector(spool);
  const std::string content = pattern(300'000, 1);
  std::size_t count = 0;
  for (std::size_t at = 0; at < content.size(); at += 10'000, ++count) {
    spool.submit({SpoolJob::Kind::append, kFirst, at, content.substr(at, 10'000)});
    spool.submit({SpoolJob::Kind::append, FileId{count + 10}, 0, "x"});
    spool.submit({SpoolJob::Kind::remove, FileId{count + 10}, 0, {}});
  }
  spool.submit({SpoolJob::Kind::digest, kFirst, content.size(), {}});
  collector.wait_for(2 * count + 1);
  ASSERT_EQ(collector.results.size(), 2 * count + 1);
  for (std::size_t n = 0; n < count; ++n) {
    EXPECT_EQ(collector.results[2 * n].file, kFirst);
    EXPECT_EQ(collector.results[2 * n + 1].file, FileId{n + 10});
  }
  EXPECT_EQ(collector.results.back().sha256, sha256(content));
  std::string out(content.size(), '?');
  ASSERT_TRUE(spool.read(kFirst, 0, out));
  EXPECT_EQ(out, content);
}

// Goal: whoever begins to listen late misses nothing.
// Method: the thread takes the second job only after the results of the first are there, and shows when it
// has.
TEST(SpoolThread, TellsOfResultsThatWereThereBefore) {
  BlockSpool blocks;
  SpoolThread spool(blocks);
  std::size_t count = 0;
  for (const FileId file : {kFirst, kSecond}) {
    spool.submit({SpoolJob::Kind::append, file, 0, "x"});
    ++count;
    while (blocks.file_count() < count) std::this_thread::yield();
  }
  bool is_told = false;
  spool.notify([&is_told] { is_told = true; });
  EXPECT_TRUE(is_told);
  EXPECT_FALSE(spool.take_results().empty());
  spool.notify({});
}

// Goal: when small appends were joined and the disk is full, all their bytes are given back to the core at
// once, and the next file is not touched.
TEST(SpoolQueue, JoinedAppendsMeetAFullDiskTogether) {
  Folder folder;
  const FullDisk disk(2 * kSpoolBlockSize);
  BlockSpool spool(folder.path);
  SpoolJobs jobs(spool);
  SpoolQueue queue;
  const std::string content = pattern(3 * kSpoolBlockSize, 1);
  for (std::size_t at = 0; at < content.size(); at += 512)
    queue.push({SpoolJob::Kind::append, kFirst, at, content.substr(at, 512)});
  queue.push({SpoolJob::Kind::append, kSecond, 0, "small"});
  queue.push({SpoolJob::Kind::digest, kFirst, content.size(), {}});
  queue.push({SpoolJob::Kind::digest, kSecond, 5, {}});
  std::uint64_t told = 0;
  std::string trouble;
  SpoolResult second;
  for (const SpoolJob& job : queue.take()) {
    const SpoolResult result = jobs.run(job);
    if (job.file == kSecond) second = result;
    if (job.file != kFirst) continue;
    if (job.kind == SpoolJob::Kind::append) told += result.size;
    if (job.kind == SpoolJob::Kind::digest) trouble = result.trouble;
  }
  EXPECT_EQ(told, content.size()) << "what was queued is not queued any more";
  EXPECT_NE(trouble, "");
  EXPECT_EQ(second.trouble, "");
  EXPECT_EQ(second.sha256, sha256("small"));
  EXPECT_EQ(spool.held_bytes(), kSpoolBlockSize) << "of the second file alone";
}

TEST(SpoolQueue, JoinsUpToItsLimitAndNotBeyond) {
  SpoolQueue queue;
  const std::string half(SpoolQueue::kJoinedBytesMax / 2, 'x');
  queue.push({SpoolJob::Kind::append, kFirst, 0, half});
  queue.push({SpoolJob::Kind::append, kFirst, half.size(), half});
  EXPECT_EQ(queue.count(), 1U);
  queue.push({SpoolJob::Kind::append, kFirst, 2 * half.size(), "x"});
  EXPECT_EQ(queue.count(), 2U);
}

TEST(SpoolThread, EndsWithWorkUnderWay) {
  BlockSpool blocks;
  SpoolThread spool(blocks);
  for (std::uint64_t n = 0; n < 100; ++n)
    spool.submit({SpoolJob::Kind::append, kFirst, n * 10'000, pattern(10'000, 1)});
}

}  // namespace
}  // namespace plaintalk::messenger
