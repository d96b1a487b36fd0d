#include <gtest/gtest.h>

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
