#include "analyzer/select/selection.hpp"

#include <algorithm>
#include <map>
#include <string>
#include <vector>

#include <gtest/gtest.h>

#include "analyzer/select/filter.hpp"
#include "analyzer/select/write_selection.hpp"
#include "tests/analyzer_report/model.hpp"

namespace plaintalk::analyzer {
namespace {

using Packets = std::vector<std::uint64_t>;

// alice, bob and carol in #lab and #tea, on a server that is started again: #lab 1 is said twice.
std::string two_runs() {
  SessionCapture session;
  const auto log_in = [&](std::uint8_t number, const std::string& name, const std::string& run) -> auto& {
    auto& connection = session.connect(number, run);
    connection.client_sent("LOGIN " + name + " device=d\n", session.step());
    connection.server_sent("OK user=" + name + " device=d token=T guest=1\n", session.step());
    return connection;
  };
  const auto join = [&](auto& connection, const std::string& name, const std::string& room) {
    connection.client_sent("JOIN " + room + "\n", session.step());
    connection.server_sent("OK room=" + room + " members=1 last=0\nJOINED " + room + ' ' + name + "\n",
                           session.step());
  };
  auto& alice = log_in(1, "alice", "one");
  auto& bob = log_in(2, "bob", "one");
  join(alice, "alice", "#lab");
  join(bob, "bob", "#lab");
  join(bob, "bob", "#tea");
  alice.client_sent("SAY #lab id=1 :before\n", session.step());
  alice.server_sent("OK id=1 seq=1 at=1\nMSG #lab 1 alice 1 :before\n", session.step());
  bob.server_sent("MSG #lab 1 alice 1 :before\n", session.step());
  bob.client_sent("SAY #tea id=1 :milk\n", session.step());
  bob.server_sent("OK id=1 seq=1 at=1\nMSG #tea 1 bob 1 :milk\n", session.step());
  alice.close(true, session.step());
  bob.close(true, session.step());
  auto& carol = log_in(3, "carol", "two");
  join(carol, "carol", "#lab");
  carol.client_sent("SAY #lab id=1 :after\n", session.step());
  carol.server_sent("OK id=1 seq=1 at=1\nMSG #lab 1 carol 1 :after\n", session.step());
  carol.client_sent("SAY @alice id=2 :psst\n", session.step());
  carol.server_sent("OK id=2 room=@alice,carol seq=1 at=1\nMSG @alice,carol 1 carol 1 :psst\n",
                    session.step());
  carol.close(true, session.step());
  session.finish();
  return session.bytes;
}

// Nothing but the MSG in #lab.
bool is_lone_copy(const std::string& packet) {
  const std::size_t at = packet.find("MSG #lab");
  return at != packet.npos && packet.find("OK ") == packet.npos;
}

class Selections : public testing::Test {
 protected:
  static void SetUpTestSuite() {
    folder = new TemporaryFolder;
    bytes = new std::string(two_runs());
    analyse_bytes(*bytes, into(*folder / "runs"));
    MergedCapture capture = open(*bytes);
    while (const auto record = capture.next()) (*texts)[record->number] = std::string(as_text(record->bytes));
  }
  static void TearDownTestSuite() {
    delete folder;
    delete bytes;
  }
  static MergedCapture open(const std::string& capture_bytes) {
    std::vector<capture::CaptureReader> readers;
    readers.push_back(capture::CaptureReader::from_memory(as_bytes(capture_bytes), "session.pcapng"));
    return MergedCapture(std::move(readers), {"session.pcapng"});
  }
  static Packets select(const std::string& filter, bool whole = false) {
    return select_packets(*folder / "runs", parse_filter(filter), whole).packets;
  }
  // The truth, from the bytes of the packets.
  static Packets with(const std::vector<std::string>& any_of) {
    Packets packets;
    for (const auto& [number, text] : *texts)
      if (std::ranges::any_of(any_of, [&](const auto& part) { return text.find(part) != text.npos; }))
        packets.push_back(number);
    return packets;
  }

  static TemporaryFolder* folder;
  static std::string* bytes;
  static std::map<std::uint64_t, std::string>* texts;
};
TemporaryFolder* Selections::folder = nullptr;
std::string* Selections::bytes = nullptr;
std::map<std::uint64_t, std::string>* Selections::texts = new std::map<std::uint64_t, std::string>;

TEST_F(Selections, FindsWhatIsAskedFor) {
  EXPECT_EQ(select("room == #tea"), with({"#tea"}));
  EXPECT_EQ(select("verb == SAY"), with({"SAY "}));
  EXPECT_EQ(select("verb == SAY && room == #lab"), with({"SAY #lab"}));
  EXPECT_EQ(select("room == @alice,carol"), with({"@alice"}));
  EXPECT_EQ(select("text contains milk"), with({":milk"}));
  EXPECT_EQ(select("sender == bob"), with({":milk"}));
  EXPECT_EQ(select("user == bob && sender == alice"), Packets{with({"MSG #lab 1 alice"}).back()});
  EXPECT_EQ(select("user == nobody"), Packets{});
  EXPECT_EQ(select("packet >= 3 and packet < 5"), (Packets{3, 4}));
  EXPECT_EQ(select("").size(), texts->size());
}

TEST_F(Selections, AMessageIsThatOfItsOwnRunOfTheServer) {
  EXPECT_EQ(select("text == before"), with({":before"}));
  EXPECT_EQ(select("text == after"), with({":after"}));
  EXPECT_EQ(select("room == #lab && sender == carol"), with({":after"}));
}

TEST_F(Selections, WhatAPacketDoesNotHaveIsNeitherEqualNorUnequal) {
  Packets about_other_rooms = with({"#tea", "@alice"});
  EXPECT_EQ(select("room != #lab"), about_other_rooms);
  // Frame by frame: that of an OK beside a MSG of #lab names no room.
  const Packets not_lab = select("!(room == #lab)");
  for (const auto& [packet, text] : *texts) {
    const bool only_lab = text.find("SAY #lab") != text.npos || text.find("JOIN #lab") != text.npos;
    EXPECT_EQ(std::ranges::binary_search(not_lab, packet),
              !only_lab && text.find("room=#lab") == text.npos && !is_lone_copy(text))
        << packet;
  }
  EXPECT_EQ(select("address == 10.0.0.1 || address != 10.0.0.1").size(), texts->size());
  EXPECT_EQ(select("port != 7777"), Packets{}) << "one of the two is";
}

TEST_F(Selections, TakesWholeConnectionsWhenAsked) {
  const Packets carols = select("user == carol");
  EXPECT_GT(carols.size(), select("text == after").size());
  EXPECT_EQ(select("text == after", true), carols);
  EXPECT_EQ(select("text == before || text == after", true).size(), texts->size());
}

TEST_F(Selections, ASmallCaptureHoldsThePacketsAsTheyWere) {
  const std::string path = *folder / "small.pcapng";
  const Selection selection = select_packets(*folder / "runs", parse_filter("room == #lab"), false);
  MergedCapture all = open(*bytes);
  write_selection(all, selection, path, "test");
  auto written = capture::CaptureReader::open(path);
  MergedCapture again = open(*bytes);
  std::size_t count = 0;
  while (const auto record = again.next()) {
    if (!std::ranges::binary_search(selection.packets, record->number)) continue;
    const auto kept = written.next();
    ASSERT_TRUE(kept && *kept);
    EXPECT_EQ((*kept)->time, record->time);
    EXPECT_EQ((*kept)->original_size, record->original_size);
    EXPECT_EQ(as_text((*kept)->bytes), as_text(record->bytes));
    ++count;
  }
  EXPECT_EQ(count, selection.packets.size());
  EXPECT_FALSE(*written.next());
  EXPECT_EQ(written.interfaces().front().name, "test");
  // What is there stays.
  MergedCapture third = open(*bytes);
  const std::string before = read_text(path);
  EXPECT_THROW(write_selection(third, selection, path, "test"), std::runtime_error);
  EXPECT_EQ(read_text(path), before);
}

TEST_F(Selections, FindingsAreCommentsOfTheirPackets) {
  analyse_bytes(session_capture(), into(*folder / "session"));
  const Selection tokens =
      select_packets(*folder / "session", parse_filter("finding == readable-token"), false);
  ASSERT_EQ(tokens.packets.size(), 2u);
  for (const std::uint64_t packet : tokens.packets)
    EXPECT_EQ(tokens.comments.at(packet).find("T2 readable-token (note): "), 0u)
        << tokens.comments.at(packet);
  const Selection rest =
      select_packets(*folder / "session", parse_filter("!(finding contains readable)"), false);
  for (const auto& [packet, comment] : rest.comments) EXPECT_EQ(comment.find("readable"), std::string::npos);
  EXPECT_TRUE(std::ranges::find(rest.packets, tokens.packets.front()) == rest.packets.end());
}

TEST_F(Selections, AFaultyFileLeavesNothingBehind) {
  Selection beyond;
  beyond.packets = {1, texts->size() + 1};
  const std::string path = *folder / "beyond.pcapng";
  MergedCapture capture = open(*bytes);
  EXPECT_THROW(write_selection(capture, beyond, path, "test"), std::runtime_error);
  EXPECT_FALSE(std::filesystem::exists(path));
}

TEST_F(Selections, ThatHeadersAreMadeUpIsSaidAgain) {
  const std::string recorded = session_capture("synthetic headers");
  MergedCapture capture = open(recorded);
  const std::string path = *folder / "synthetic.pcapng";
  write_selection(capture, {{1, 2}, {}}, path, "test");
  std::vector<capture::CaptureReader> readers;
  readers.push_back(capture::CaptureReader::open(path));
  MergedCapture small(std::move(readers), {path});
  while (small.next()) {
  }
  EXPECT_TRUE(small.is_synthetic());
}

}  // namespace
}  // namespace plaintalk::analyzer
