// Rows of docs/LIMITS.md that belong to the shell and to the spool: each is driven to where it ends and
// compared with the heap.
#include <algorithm>
#include <cstdint>
#include <string>
#include <vector>

#include <gtest/gtest.h>
#include <sys/uio.h>

#include "messenger/net/recorder.hpp"
#include "messenger/store/block_spool.hpp"
#include "messenger/store/spool_jobs.hpp"
#include "tests/messenger_net/temporary_folder.hpp"
#include "tests/support/heap.hpp"

namespace plaintalk::messenger::test {
namespace {

using plaintalk::test::heap_bytes;

constexpr std::size_t kKiB = 1024;
constexpr std::size_t kFileEntrySize = 128;  // in the table of files, which is part of 1 KiB of each upload

TEST(HeapBounds, ARecordingHoldsOneBufferAndLittleForEachConnection) {
  constexpr std::uint64_t kConnectionCount = 1000;
  const TemporaryFolder folder;
  const Endpoint client{IpAddress::v4(127, 0, 0, 2), 51234};
  const std::string bytes(40'000, 'x');
  std::vector<iovec> pieces{{const_cast<char*>(bytes.data()), bytes.size()}};
  const std::size_t before = heap_bytes();
  Recorder recorder(folder / "r.pcapng", capture::FileSink::Existing::refuse, "test");
  std::size_t most = 0;
  for (std::uint64_t id = 1; id <= kConnectionCount; ++id) {
    recorder.opened(ConnectionId{id}, client, client, WallTime{});
    recorder.client_sent(ConnectionId{id}, bytes, WallTime{});
    recorder.server_sent(ConnectionId{id}, pieces, bytes.size(), WallTime{});
    most = std::max(most, heap_bytes() - before);
  }
  recorder.flush();
  EXPECT_LE(most, kKiB * kKiB + 320 * kKiB + kConnectionCount * 3 * kKiB / 10);
}

TEST(HeapBounds, TheSpoolHoldsLittleForEachUploadAndBlock) {
  constexpr std::uint64_t kFileCount = 256;
  constexpr std::uint64_t kBlocksEach = 32;
  {
    // The first hash of a process makes libcrypto set itself up, once and for all.
    BlockSpool other;
    SpoolJobs jobs(other);
    jobs.run({SpoolJob::Kind::append, FileId{1}, 0, std::string(kSpoolBlockSize, 'x')});
    jobs.run({SpoolJob::Kind::digest, FileId{1}, 0, {}});
  }
  BlockSpool spool;
  const std::size_t before = heap_bytes();
  SpoolJobs jobs(spool);
  {
    const std::string bytes(kBlocksEach * kSpoolBlockSize, 'x');
    for (std::uint64_t file = 1; file <= kFileCount; ++file)
      ASSERT_EQ(jobs.run({SpoolJob::Kind::append, FileId{file}, 0, bytes}).trouble, "");
  }
  ASSERT_EQ(spool.held_bytes(), kFileCount * kBlocksEach * kSpoolBlockSize);
  const std::size_t block_bytes = kFileCount * kBlocksEach * 8;
  EXPECT_LE(heap_bytes() - before, kFileCount * (kKiB * 3 / 10 + kFileEntrySize) + block_bytes);
  for (std::uint64_t file = 1; file <= kFileCount; ++file) {
    jobs.run({SpoolJob::Kind::digest, FileId{file}, 0, {}});
    jobs.run({SpoolJob::Kind::remove, FileId{file}, 0, {}});
  }
  EXPECT_EQ(spool.held_bytes(), 0U);
  EXPECT_LE(heap_bytes() - before, block_bytes + 8 * kKiB);
}

}  // namespace
}  // namespace plaintalk::messenger::test
