// The reports about packets, on golden captures: values that were computed by hand from the scenario
// (scenario_foreign.cpp), or that tshark counts.
#include <gtest/gtest.h>

#include "analyzer/report/report_query.hpp"
#include "tests/analyzer_report/model.hpp"

namespace plaintalk::analyzer {
namespace {

class PacketReports : public testing::Test {
 protected:
  static void SetUpTestSuite() {
    folder = new TemporaryFolder;
    for (const std::string name : {"foreign-chat", "file-transfer", "logins"}) {
      std::vector<capture::CaptureReader> readers;
      readers.push_back(capture::CaptureReader::open(std::string(PLAINTALK_SOURCE_DIR) + "/tests/golden/" +
                                                     name + ".pcap"));
      MergedCapture input(std::move(readers), {name});
      AnalysisOptions options = into(*folder / name);
      options.version = "test";
      analyse(input, options);
    }
  }
  static void TearDownTestSuite() { delete folder; }

  using Settings = std::vector<std::pair<std::string, std::string>>;
  static Report run(const std::string& name, const std::string& capture, const Settings& settings = {}) {
    ReportTemplate report_template = load_template(name);
    for (const auto& [key, value] : settings)
      for (auto& parameter : report_template.parameters)
        if (parameter.name == key) parameter.value = value;
    return run_report(report_template, *folder / capture);
  }
  // Some columns of every row, joined by blanks.
  static std::vector<std::string> rows(const Report& report, const std::vector<std::string>& columns) {
    std::vector<std::string> result;
    for (const auto& row : report.rows) {
      std::string line;
      for (const std::string& column : columns) {
        const auto found = std::find(report.columns.begin(), report.columns.end(), column);
        if (found == report.columns.end()) return {"there is no column " + column};
        if (!line.empty()) line += ' ';
        line += row.at(static_cast<std::size_t>(found - report.columns.begin())).text;
      }
      result.push_back(line);
    }
    return result;
  }
  using Lines = std::vector<std::string>;
  static TemporaryFolder* folder;
};
TemporaryFolder* PacketReports::folder = nullptr;

TEST_F(PacketReports, HandshakeShowsTheNumbersOfBothSides) {
  EXPECT_EQ(rows(run("handshake", "foreign-chat", {{"connection", "1"}}),
                 {"step", "packet", "seq_raw", "seq", "ack_raw", "ack", "mss", "rtt_ms"}),
            (Lines{"SYN 1 1000000000 0   1460 ", "SYN-ACK 2 3000000000 0 1000000001 1 1460 0.04",
                   "ACK 3 1000000001 1 3000000001 1  0.04"}));
  EXPECT_EQ(run("handshake", "foreign-chat").rows.size(), 12u) << "three packets of four connections";
}

// Samples of 100.04, 120.04, 80.04, 200.04, 100.04 and 140.04 ms. SRTT is 7/8 of itself and 1/8 of the
// sample, RTTVAR 3/4 of itself and 1/4 of the distance between the sample and SRTT before it (RFC 6298).
TEST_F(PacketReports, SegmentsCarryTheEstimatorOfRfc6298) {
  EXPECT_EQ(rows(run("segments", "foreign-chat"),
                 {"n", "packet", "seq", "length", "rtt_ms", "estimated_ms", "deviation_ms"}),
            (Lines{"1 6 1 6 100.04 100.04 50.02", "2 10 7 7 120.04 102.54 42.515",
                   "3 43 14 10 80.04 99.728 37.511", "4 47 24 23 200.04 112.267 53.212",
                   "5 51 47 29 100.04 110.738 42.965", "6 55 76 16 140.04 114.401 39.549"}));
  EXPECT_EQ(rows(run("segments", "foreign-chat", {{"count", "1"}}), {"timeout_ms"}), Lines{"300.12"});
}

// The list of users is sent again after a time-out: neither of the two is a sample.
TEST_F(PacketReports, SegmentsThatWereSentAgainGiveNoSample) {
  const auto found =
      rows(run("segments", "foreign-chat", {{"connection", "3"}, {"direction", "server"}, {"count", "9"}}),
           {"length", "rtt_ms"});
  ASSERT_EQ(found.size(), 9u);
  EXPECT_EQ(found.back(), "17 ") << "the repeat";
  EXPECT_EQ(found[7], "17 ") << "the segment that was sent again";
  for (std::size_t index = 0; index + 2 < found.size(); ++index)
    EXPECT_TRUE(found[index].ends_with(" 0.04")) << found[index];
}

TEST_F(PacketReports, ClosingTellsWhoBegan) {
  EXPECT_EQ(
      rows(run("closing", "foreign-chat"), {"connection", "packet", "sender", "meaning"}),
      (Lines{"1 68 client closes first", "1 69 server closes as well, and acknowledges the FIN",
             "1 70 client acknowledges the FIN", "2 27 server closes first",
             "2 28 client closes as well, and acknowledges the FIN", "2 29 server acknowledges the FIN",
             "3 71 client resets the connection", "4 85 client closes first",
             "4 86 server closes as well, and acknowledges the FIN", "4 87 client acknowledges the FIN"}));
}

// tshark: -z io,stat,0.1 of the client of stream 0.
TEST_F(PacketReports, ThroughputCountsSpans) {
  Lines client;
  for (const std::string& line :
       rows(run("throughput", "foreign-chat", {{"connection", "1"}, {"bin_s", "0.1"}}),
            {"direction", "from_t_s", "payload_bytes", "frame_bytes", "goodput_kbit_s"}))
    if (line.starts_with("client")) client.push_back(line.substr(7));
  EXPECT_EQ(client, (Lines{"0 6 240 0.48", "0.1 7 121 0.56", "0.2 10 124 0.8", "0.3 23 77 1.84",
                           "0.5 29 83 2.32", "0.6 16 70 1.28", "0.9 0 300 0"}));
}

// tshark: sums of frame.len, ip.len and tcp.len over the 142 packets: 49812, 47376, 41680; 4620 in frames
// without payload.
TEST_F(PacketReports, OverheadAddsUpToAllFrames) {
  EXPECT_EQ(rows(run("overhead", "file-transfer"), {"layer", "bytes"}),
            (Lines{"link layer 2436", "IP and TCP 5696", "TCP payload 41680", "of the payload 1519",
                   "of the payload 81", "of the payload 40000", "of the payload 80",
                   "packets without payload 4620"}));
  EXPECT_EQ(1519 + 81 + 40000 + 80, 41680) << "the payload is divided without a rest";
}

// 20,000 bytes go in chunks of 4096 (and a last one of 3616), each in three segments of at most 1460 bytes.
TEST_F(PacketReports, FilesAreFoundInTheirSegments) {
  const Report report = run("file-in-segments", "file-transfer", {{"file", "router image.bin"}});
  const auto found = rows(report, {"way", "user", "frame_from", "frame_to"});
  ASSERT_EQ(found.size(), 30u);
  EXPECT_EQ(std::count(found.begin(), found.end(), "upload alice 0 4096"), 3);
  EXPECT_EQ(std::count(found.begin(), found.end(), "upload alice 16384 20000"), 3);
  EXPECT_EQ(std::count(found.begin(), found.end(), "download bob 16384 20000"), 3);
  EXPECT_TRUE(run("file-in-segments", "file-transfer", {{"file", "other"}}).rows.empty());
}

TEST_F(PacketReports, WhoSentToWhom) {
  EXPECT_EQ(rows(run("who-to-whom", "file-transfer"),
                 {"level", "sender", "recipient", "messages", "files", "bytes"}),
            (Lines{"account alice bob 0 1 ", "account bob alice 2 0 27",
                   "address 192.0.2.11 192.0.2.9   20258", "address 192.0.2.12 192.0.2.9   103",
                   "address 192.0.2.9 192.0.2.11   540", "address 192.0.2.9 192.0.2.12   20779"}));
}

TEST_F(PacketReports, PortsOfEveryConnection) {
  EXPECT_EQ(rows(run("ports", "foreign-chat"),
                 {"connection", "client_address", "client_port", "server_port", "known_by", "application"}),
            (Lines{"1 192.0.2.11 40001 5000 syn other", "2 192.0.2.12 40002 5000 syn other",
                   "3 192.0.2.12 40012 5000 syn other", "4 192.0.2.13 40003 21 syn ftp"}));
}

TEST_F(PacketReports, ExposureCountsWhatCouldBeRead) {
  EXPECT_EQ(rows(run("exposure", "logins"), {"user", "protocol", "passwords", "passwords_accepted", "said"}),
            (Lines{"alice plaintalk 2 1 2", "carol plaintalk 1 1 1", "dan plaintalk 0 0 1"}));
  EXPECT_EQ(rows(run("exposure", "foreign-chat"),
                 {"user", "protocol", "addresses", "passwords", "passwords_accepted"}),
            (Lines{"carol ftp 192.0.2.13 1 1", "alice other 192.0.2.11 1 1", "bob other 192.0.2.12 2 1"}));
}

// The client sent 91 bytes and a FIN.
TEST_F(PacketReports, AcknowledgementsAddUpToWhatWasSent) {
  std::uint64_t sum = 0;
  for (const std::string& line : rows(run("acknowledgements", "foreign-chat", {{"connection", "1"}}),
                                      {"acknowledged_by", "new_bytes", "times"})) {
    if (!line.starts_with("server ")) continue;
    const std::size_t blank = line.find(' ', 7);
    sum += std::stoull(line.substr(7)) * std::stoull(line.substr(blank + 1));
  }
  EXPECT_EQ(sum, 92u);
}

TEST_F(PacketReports, WindowsAndEventsAndFlight) {
  EXPECT_EQ(
      rows(run("windows", "foreign-chat", {{"connection", "1"}}), {"offered_by", "least_bytes", "closed"}),
      (Lines{"client 65535 0", "server 65535 0"}));
  EXPECT_EQ(rows(run("tcp-events", "foreign-chat", {{"verdict", "retransmission"}}),
                 {"packet", "connection", "sender", "length"}),
            Lines{"60 3 server 17"});
  const auto flight = rows(run("in-flight", "foreign-chat", {{"connection", "1"}, {"direction", "server"}}),
                           {"payload_bytes", "window_offered"});
  ASSERT_EQ(flight.size(), 6u);
  EXPECT_EQ(flight[3], "1460 65535");
  EXPECT_EQ(flight[5], "1081 65535");
}

}  // namespace
}  // namespace plaintalk::analyzer
