// The table `packets` as a run writes it: with its frames, and left out of large captures.
#include <gtest/gtest.h>

#include "analyzer/run/packet_count.hpp"
#include "analyzer/tables/table.hpp"
#include "tests/analyzer_report/model.hpp"

namespace plaintalk::analyzer {
namespace {

using Cells = std::vector<std::vector<std::string>>;

std::size_t place_of(std::string_view table, std::string_view column) {
  const auto& columns = find_table(table)->columns;
  for (std::size_t index = 0; index < columns.size(); ++index)
    if (columns[index].name == column) return index;
  ADD_FAILURE() << table << " has no " << column;
  return 0;
}

Cells csv_of(const TemporaryFolder& folder, const std::string& name) {
  Cells rows = parse_csv(read_text(folder / ("out/" + name + ".csv")));
  if (!rows.empty()) rows.erase(rows.begin());
  return rows;
}

bool exists(const std::string& path) { return std::filesystem::exists(path); }

TEST(PacketRows, NameTheFramesThatTheyCarry) {
  const TemporaryFolder folder;
  analyse_bytes(session_capture(), into(folder / "out"));
  const Cells packets = csv_of(folder, "packets");
  const Cells pdus = csv_of(folder, "pdus");
  ASSERT_FALSE(pdus.empty());
  const std::size_t connection = place_of("packets", "connection");
  const std::size_t first = place_of("packets", "first_pdu");
  const std::size_t last = place_of("packets", "last_pdu");
  // What each packet carries, by the stream offsets of both tables.
  const std::size_t seq = place_of("packets", "seq");
  const std::size_t size = place_of("packets", "payload_bytes");
  std::size_t checked = 0;
  for (const auto& packet : packets) {
    if (packet[size].empty() || packet[size] == "0") continue;
    const std::int64_t begin = std::stoll(packet[seq]) - 1;
    const std::int64_t end = begin + std::stoll(packet[size]);
    std::vector<std::string> carried;
    for (const auto& pdu : pdus) {
      const std::int64_t at = std::stoll(pdu[place_of("pdus", "stream_offset")]);
      const bool same = pdu[place_of("pdus", "connection")] == packet[connection] &&
                        pdu[place_of("pdus", "direction")] == packet[place_of("packets", "direction")];
      if (same && at < end && at + std::stoll(pdu[place_of("pdus", "length")]) > begin)
        carried.push_back(pdu[place_of("pdus", "pdu")]);
    }
    ASSERT_FALSE(carried.empty()) << "packet " << packet[0];
    EXPECT_EQ(packet[first], carried.front()) << "packet " << packet[0];
    EXPECT_EQ(packet[last], carried.back()) << "packet " << packet[0];
    checked += carried.size() > 1 ? 1U : 0U;
  }
  EXPECT_GT(checked, 0U) << "some carry more than one";
}

TEST(PacketRows, AreLeftOutCleanlyWhenThereAreTooMany) {
  const TemporaryFolder folder;
  AnalysisOptions options = into(folder / "out");
  analyse_bytes(session_capture(), options);
  const std::uint64_t count = csv_of(folder, "packets").size();
  ASSERT_GT(count, 10U);
  options.packets_max = count;
  analyse_bytes(session_capture(), options);
  EXPECT_EQ(csv_of(folder, "packets").size(), count) << "as many as that are not too many";
  options.packets_max = count - 1;
  const AnalysisOutcome outcome = analyse_bytes(session_capture(), options);
  EXPECT_FALSE(exists(folder / "out/packets.csv"));
  EXPECT_NE(outcome.text.find("more than " + std::to_string(count - 1) + " packets"), std::string::npos)
      << outcome.text;
  const std::string summary = read_text(folder / "out/summary.md");
  EXPECT_NE(summary.find("`packets` was left out"), std::string::npos);
  EXPECT_EQ(summary.find("`packets.csv`"), std::string::npos) << "it is not in the folder";
  EXPECT_NE(read_text(folder / "out/findings.csv").find("packets-left-out"), std::string::npos);
  EXPECT_FALSE(csv_of(folder, "connections").empty());
  EXPECT_FALSE(csv_of(folder, "pdus").empty());
}

TEST(PacketRows, AreLeftOutFromTheStartWhenThatIsKnown) {
  const TemporaryFolder folder;
  AnalysisOptions options = into(folder / "late");
  options.packets_max = 20;
  analyse_bytes(session_capture(), options);
  options.folder = folder / "known";
  options.has_more_packets = true;
  analyse_bytes(session_capture(), options);
  for (const std::string name : {"summary.md", "connections.csv", "findings.csv", "pdus.csv"})
    EXPECT_EQ(read_text(folder / ("late/" + name)), read_text(folder / ("known/" + name))) << name;
  EXPECT_FALSE(exists(folder / "known/packets.csv"));
}

TEST(PacketRows, AreWrittenWhenAskedForHoweverMany) {
  const TemporaryFolder folder;
  AnalysisOptions options = into(folder / "out");
  options.packets_max = 5;
  options.tables = {"packets"};
  analyse_bytes(session_capture(), options);
  EXPECT_GT(csv_of(folder, "packets").size(), 10U);
  EXPECT_FALSE(exists(folder / "out/connections.csv"));
}

TEST(PacketCount, SaysWhetherThereAreMore) {
  const TemporaryFolder folder;
  const std::string capture = session_capture();
  write_text(folder / "one.pcapng", capture);
  write_text(folder / "two.pcapng", capture);
  analyse_bytes(capture, into(folder / "out"));
  const std::uint64_t count = csv_of(folder, "packets").size();
  EXPECT_TRUE(have_more_packets_than({folder / "one.pcapng"}, count - 1));
  EXPECT_FALSE(have_more_packets_than({folder / "one.pcapng"}, count));
  EXPECT_TRUE(have_more_packets_than({folder / "one.pcapng", folder / "two.pcapng"}, 2 * count - 1));
  EXPECT_FALSE(have_more_packets_than({folder / "one.pcapng", folder / "two.pcapng"}, 2 * count));
  EXPECT_FALSE(have_more_packets_than({folder / "missing.pcapng"}, 0));
}

}  // namespace
}  // namespace plaintalk::analyzer
