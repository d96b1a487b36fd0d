#include "labs/demo/evidence.hpp"

#include <fstream>

#include <gtest/gtest.h>
#include <sqlite3.h>
#include <unistd.h>

namespace plaintalk::demo {
namespace {

constexpr double kAskedAt = 20.0;

SeenMessage said(std::uint64_t seq, double time) {
  SeenMessage message;
  message.key = {"#lab", seq};
  message.time_in = time;
  return message;
}

// bob hears 1 and 2, his line is cut at 10; 3 and 4 are said; at 20 he asks for what he missed; 5 is said
// at 30.
Evidence cut_line(const std::vector<std::uint64_t>& heard_after) {
  Evidence evidence;
  evidence.connections[1] = {.client = {"127.0.0.12", 1}, .start_time = 0, .duration_s = 10};
  evidence.connections[2] = {.client = {"127.0.0.12", 2}, .start_time = 19};
  evidence.connections[3] = {.client = {"127.0.0.11", 3}, .start_time = 0, .duration_s = 40};
  evidence.messages = {said(1, 1), said(2, 2), said(3, 12), said(4, 13), said(5, 30)};
  for (const std::uint64_t seq : {1U, 2U}) evidence.frames.push_back({1, "MSG", {"#lab", seq}, 2});
  for (const std::uint64_t seq : {1U, 2U, 3U, 4U, 5U})
    evidence.frames.push_back({3, "MSG", {"#lab", seq}, 5});
  evidence.frames.push_back({2, "SYNC", {"#lab", 0}, kAskedAt});
  for (const std::uint64_t seq : heard_after) evidence.frames.push_back({2, "MSG", {"#lab", seq}, 21});
  return evidence;
}

using Numbers = std::set<std::uint64_t>;

TEST(Comeback, FindsWhatWasMissedAndPagedFromHistory) {
  const Comeback comeback = trace_comeback(cut_line({3, 4, 5}), "127.0.0.12", "#lab");
  EXPECT_EQ(comeback.connection_count, 2U);
  EXPECT_DOUBLE_EQ(comeback.away_s, 9);
  EXPECT_EQ(comeback.missed, (Numbers{3, 4}));
  EXPECT_EQ(comeback.paged, (Numbers{3, 4}));
  EXPECT_EQ(comeback.lost, Numbers{});
  EXPECT_EQ(comeback.repeated, Numbers{});
}

TEST(Comeback, FindsWhatWasLost) {
  const Comeback comeback = trace_comeback(cut_line({4}), "127.0.0.12", "#lab");
  EXPECT_EQ(comeback.lost, (Numbers{3, 5}));
  EXPECT_EQ(comeback.paged, Numbers{4});
}

TEST(Comeback, FindsWhatCameTwice) {
  EXPECT_EQ(trace_comeback(cut_line({2, 3, 4, 5}), "127.0.0.12", "#lab").repeated, Numbers{2});
}

TEST(Comeback, KnowsThatSomebodyStayedAway) {
  Evidence evidence = cut_line({});
  evidence.connections.erase(2);
  EXPECT_EQ(trace_comeback(evidence, "127.0.0.12", "#lab").connection_count, 1U);
}

class EvidenceFile : public testing::Test {
 protected:
  void SetUp() override {
    folder_ = std::filesystem::path(testing::TempDir()) / ("evidence." + std::to_string(getpid()));
    std::filesystem::create_directories(folder_);
  }
  void TearDown() override { std::filesystem::remove_all(folder_); }

  void fill(const char* sql) const {
    sqlite3* database = nullptr;
    ASSERT_EQ(sqlite3_open((folder_ / "analysis.sqlite").c_str(), &database), SQLITE_OK);
    EXPECT_EQ(sqlite3_exec(database, sql, nullptr, nullptr, nullptr), SQLITE_OK) << sqlite3_errmsg(database);
    sqlite3_close(database);
  }

  std::filesystem::path folder_;
};

TEST_F(EvidenceFile, IsReadFromTheTablesOfAnAnalysis) {
  fill(R"(
    CREATE TABLE connections(connection, start_time, duration_s, client_address, client_port, client_packets,
      server_packets, client_bytes, server_bytes, client_gap_bytes, server_gap_bytes, state);
    INSERT INTO connections VALUES(7, 1.5, 2.5, '127.0.0.11', 4001, 3, 4, 50, 60, 0, 0, 'closed');
    CREATE TABLE messages(room, seq, sender, time_in, packet_in, text, members, deliveries, missing,
      latency_min_us, latency_p50_us, latency_max_us);
    INSERT INTO messages VALUES('#lab', 2, 'bob', 3.5, 90, 'later', 2, 2, 0, 1, 2, 3);
    INSERT INTO messages VALUES('#lab', 1, 'alice', 2.5, 10, 'first', 2, 2, 0, 1, 2, 3);
    CREATE TABLE deliveries(room, seq, recipient, connection);
    INSERT INTO deliveries VALUES('#lab', 1, 'alice', 7);
    CREATE TABLE credentials(packet, user, method, secret);
    INSERT INTO credentials VALUES(5, 'alice', 'login-password', 'x y');
    CREATE TABLE files(file, name, sender, size, sha256_announced, sha256_carved, complete, path);
    INSERT INTO files VALUES('f1', 'm.bin', 'alice', 3, 'ab', 'ab', 1, 'files/ab');
    CREATE TABLE pdus(connection, verb, arguments, time, last_packet, stream_offset);
    INSERT INTO pdus VALUES(7, 'MSG', '#lab 1 alice 1789', 2.6, 11, 0);
    INSERT INTO pdus VALUES(7, 'SAY', '#lab', 2.5, 10, 0);
    INSERT INTO pdus VALUES(7, 'SYNC', '#lab after=9', 2.7, 12, 0);
  )");
  const Evidence evidence = read_evidence(folder_);
  EXPECT_EQ(evidence.connections.at(7).client, (ClientEnd{"127.0.0.11", 4001}));
  EXPECT_EQ(evidence.connections.at(7).packets, 7U);
  ASSERT_EQ(evidence.messages.size(), 2U);
  EXPECT_EQ(evidence.messages[0].text, "first");
  EXPECT_EQ(evidence.deliveries.at(0).client.port, 4001);
  EXPECT_EQ(evidence.credentials.at(0).secret, "x y");
  EXPECT_TRUE(evidence.files.at(0).complete);
  ASSERT_EQ(evidence.frames.size(), 2U);
  EXPECT_EQ(evidence.frames[0].key, (MessageKey{"#lab", 1}));
  EXPECT_EQ(evidence.frames[1].verb, "SYNC");
}

TEST_F(EvidenceFile, IsRefusedWithTheFilesNameWhenATableIsMissing) {
  fill("CREATE TABLE unrelated(x)");
  try {
    read_evidence(folder_);
    FAIL() << "tables that are not there were read";
  } catch (const std::runtime_error& error) {
    EXPECT_NE(std::string(error.what()).find("analysis.sqlite"), std::string::npos) << error.what();
  }
}

}  // namespace
}  // namespace plaintalk::demo
