#include <gtest/gtest.h>

#include "analyzer/talk/observed_files.hpp"
#include "tests/analyzer_talk/play.hpp"

namespace plaintalk::analyzer {
namespace {

class TransfersTest : public testing::Test {
 protected:
  void SetUp() override {
    play.login(1, "alice");
    play.login(2, "bob");
    for (const std::uint64_t number : {1u, 2u}) play.join(number, "#lab", number, 0);
    play.client(1, "PUT my%20file 8 sha256=abcdefgh to=#lab");
    play.server(1, "OK file=f1 next=0 chunk=16384 credit=1000");
  }
  void data(std::uint64_t offset, const std::string& bytes, bool accept = true) {
    play.client_bytes(
        1, "DATA f1 " + std::to_string(offset) + " {" + std::to_string(bytes.size()) + "}\n" + bytes + "\n");
    play.server(1, accept ? "ACK f1 " + std::to_string(offset + bytes.size()) : "ERR 409 OFFSET next=0 :no");
  }
  std::uint64_t done() {
    const std::uint64_t packet = play.client(1, "DONE f1");
    play.server(1, "OK file=f1 verified=1");
    for (const std::uint64_t number : {1u, 2u})
      play.server(number, "FILE #lab 1 alice f1 8 abcdefgh :my file");
    return packet;
  }
  Play play;
};

TEST_F(TransfersTest, AnUploadIsCarvedAndItsAnnouncementRouted) {
  data(0, "abcd");
  data(4, "efgh");
  const std::uint64_t packet = done();
  const Collected& found = play.finish();
  ASSERT_EQ(found.files.size(), 1u);
  const FileResult& file = found.files[0];
  EXPECT_EQ(file.name, "my file");
  EXPECT_EQ(file.sender, "alice");
  EXPECT_EQ(file.room, "#lab");
  EXPECT_EQ(file.seq, 1u);
  EXPECT_TRUE(file.complete);
  EXPECT_EQ(file.sha256_carved, file.sha256_announced);
  EXPECT_EQ(file.uploaded_bytes, 8u);
  const MessageResult& row = found.message_of("#lab", 1);
  EXPECT_EQ(row.kind, "file");
  EXPECT_EQ(row.text, "my file");
  EXPECT_EQ(row.in.packet, packet);
  EXPECT_EQ(row.body_length, 8u);
  EXPECT_EQ(row.balance.deliveries, 2u);
  EXPECT_TRUE(row.latency_min.has_value());
}

TEST_F(TransfersTest, TheAnnouncementMayBeCapturedBeforeTheReplyToDone) {
  data(0, "abcdefgh");
  const std::uint64_t packet = play.client(1, "DONE f1");
  play.server(2, "FILE #lab 1 alice f1 8 abcdefgh :my file");
  play.server(1, "OK file=f1 verified=1");
  play.server(1, "FILE #lab 1 alice f1 8 abcdefgh :my file");
  const Collected& found = play.finish();
  EXPECT_EQ(found.message_of("#lab", 1).in.packet, packet);
}

TEST_F(TransfersTest, RefusedDataChangesNothing) {
  data(0, "XXXX", false);
  data(0, "abcd");
  data(4, "efgh");
  done();
  const Collected& found = play.finish();
  EXPECT_EQ(found.files[0].sha256_carved, "abcdefgh");
  EXPECT_EQ(found.count("file-conflict"), 0u);
}

TEST_F(TransfersTest, AMissingPieceIsFilledByADownload) {
  data(0, "abcd");
  play.client(2, "GET f1");
  play.server(2, "OK file=f1 size=8 sha256=abcdefgh from=0 :my file");
  play.server_bytes(2, "DATA f1 4 {4}\nefgh\n");
  play.server(2, "DONE f1 abcdefgh");
  const Collected& found = play.finish();
  EXPECT_TRUE(found.files[0].complete);
  EXPECT_EQ(found.files[0].recipients, "bob");
  EXPECT_EQ(found.files[0].downloads, 1u);
  EXPECT_EQ(found.files[0].downloaded_bytes, 4u);
}

// Goal: each way of a file has its own span, so that each has its own rate.
// Method: steps of one millisecond. Up: 4 bytes in packet p, 4 in p + 2. bob fetches all of it, gives up and
// begins again; alice fetches on her own connection at the same time.
TEST_F(TransfersTest, EveryUploadAndDownloadIsATransferOfItsOwn) {
  const std::uint64_t first = play.now().packet + 1;
  data(0, "abcd");
  data(4, "efgh");
  done();
  const auto get = [&](std::uint64_t who, std::uint64_t from) {
    play.client(who, "GET f1 from=" + std::to_string(from));
    play.server(who, "OK file=f1 size=8 sha256=abcdefgh from=" + std::to_string(from) + " :my file");
  };
  get(2, 0);
  play.server_bytes(2, "DATA f1 0 {2}\nab\n");
  play.client(2, "CANCEL f1");
  play.server(2, "OK file=f1");
  get(2, 2);
  get(1, 0);
  play.server_bytes(2, "DATA f1 2 {4}\ncdef\n");
  play.server_bytes(1, "DATA f1 0 {8}\nabcdefgh\n");
  play.server(1, "DONE f1 abcdefgh");
  const std::uint64_t last = play.server_bytes(2, "DATA f1 6 {2}\ngh\n");
  play.server(2, "DONE f1 abcdefgh");
  const Collected& found = play.finish();
  ASSERT_EQ(found.transfers.size(), 4u);
  const auto is = [](const TransferResult& row, bool is_upload, std::string_view user,
                     std::uint64_t connection, std::uint64_t bytes, std::uint64_t chunks, std::int64_t ms,
                     bool ended) {
    EXPECT_EQ(row.is_upload, is_upload);
    EXPECT_EQ(row.user, user);
    EXPECT_EQ(row.connection, ConnectionId{connection});
    EXPECT_EQ(row.bytes, bytes);
    EXPECT_EQ(row.chunks, chunks);
    EXPECT_EQ(row.last.time - row.first.time, std::chrono::milliseconds(ms));
    EXPECT_EQ(row.ended, ended);
    EXPECT_EQ(row.name, "my file");
  };
  is(found.transfers[0], true, "alice", 1, 8, 2, 2, true);
  is(found.transfers[1], false, "bob", 2, 2, 1, 0, false);
  is(found.transfers[2], false, "bob", 2, 6, 2, 3, true);
  is(found.transfers[3], false, "alice", 1, 8, 1, 0, true);
  EXPECT_EQ(found.transfers[0].first.packet, first);
  EXPECT_EQ(found.transfers[2].last.packet, last);
}

TEST(TransferBound, FurtherTransfersAreNotCountedAndAFindingSaysSo) {
  Memory store;
  Findings findings;
  ObservedFiles files(store, findings);
  ObservedServer server;
  server.label = "192.0.2.9:7777";
  const std::vector<BodyHole> no_holes;
  const Moment seen{1, WallTime(std::chrono::seconds(1))};
  for (std::uint64_t number = 1; number <= ObservedFiles::kTransferCountMax + 5; ++number)
    files.piece(server, "f1", {0, "x", no_holes, seen, seen, ConnectionId{number}, false, "bob"});
  Collected found;
  files.finish(found);
  EXPECT_EQ(found.transfers.size(), ObservedFiles::kTransferCountMax);
  EXPECT_EQ(findings.count("limit-reached"), 1u);
  EXPECT_EQ(found.files.at(0).downloaded_bytes, ObservedFiles::kTransferCountMax + 5);
}

TEST_F(TransfersTest, AHoleIsCounted) {
  data(0, "abc");
  data(6, "gh");
  const Collected& found = play.finish();
  EXPECT_FALSE(found.files[0].complete);
  EXPECT_EQ(found.files[0].gap_bytes, 3u);
  EXPECT_EQ(found.count("incomplete-file"), 1u);
}

TEST_F(TransfersTest, AnotherContentThanAnnouncedIsFound) {
  data(0, "abcdXXXX");
  const Collected& found = play.finish();
  EXPECT_EQ(found.count("hash-mismatch"), 1u);
}

TEST_F(TransfersTest, ADownloadThatDiffersFromTheUploadIsFound) {
  data(0, "abcdefgh");
  play.client(2, "GET f1");
  play.server(2, "OK file=f1 size=8 sha256=abcdefgh from=0 :my file");
  play.server_bytes(2, "DATA f1 0 {8}\nabcdXfgh\n");
  play.server(2, "DONE f1 abcdefgh");
  const Collected& found = play.finish();
  EXPECT_EQ(found.count("file-conflict"), 1u);
  EXPECT_EQ(found.files[0].sha256_carved, "abcdefgh") << "the first bytes are kept";
}

TEST_F(TransfersTest, TheSameHandleForAnotherContentIsAnotherFile) {
  data(0, "abcdefgh");
  play.client(1, "PUT other 4 sha256=wxyz to=#lab");
  play.server(1, "OK file=f1 next=0 chunk=16384 credit=1000");
  data(0, "wxyz");
  const Collected& found = play.finish();
  ASSERT_EQ(found.files.size(), 2u);
  EXPECT_EQ(found.files[0].sha256_carved, "abcdefgh");
  EXPECT_EQ(found.files[1].sha256_carved, "wxyz");
}

TEST_F(TransfersTest, BytesLostInsideAChunkAreAHoleOfTheFile) {
  play.client_bytes(1, "DATA f1 0 {8}\nab");
  play.gap(1, Direction::client_to_server, 3);
  play.client_bytes(1, "fgh\n");
  play.server(1, "ACK f1 8");
  const Collected& found = play.finish();
  EXPECT_EQ(found.files[0].gap_bytes, 3u);
  EXPECT_EQ(found.files[0].sha256_carved, "abfgh");
}

}  // namespace
}  // namespace plaintalk::analyzer
