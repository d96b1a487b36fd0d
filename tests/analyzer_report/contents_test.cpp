// What is said when the capture does not hold what was looked for, and how wide tables fold.
#include <gtest/gtest.h>

#include "analyzer/report/render_report.hpp"
#include "analyzer/report/report_query.hpp"
#include "analyzer/report/text_table.hpp"
#include "analyzer/run/traffic.hpp"
#include "analyzer/tables/capture_contents.hpp"
#include "tests/analyzer_report/model.hpp"

namespace plaintalk::analyzer {
namespace {

// An IPv4 packet of any protocol, without options.
std::string ip_packet(std::uint8_t protocol, std::uint8_t from, std::uint8_t to, const std::string& payload) {
  std::string packet("\x45\0\0\0\0\0\0\0\x40\0\0\0\x0a\0\0\0\x0a\0\0\0", 20);
  const std::size_t size = packet.size() + payload.size();
  packet[2] = static_cast<char>(size >> 8U);
  packet[3] = static_cast<char>(size & 0xffU);
  packet[9] = static_cast<char>(protocol);
  packet[15] = static_cast<char>(from);
  packet[19] = static_cast<char>(to);
  return packet + payload;
}

std::string udp(std::uint16_t from, std::uint16_t to, const std::string& payload) {
  std::string header(8, '\0');
  header[0] = static_cast<char>(from >> 8U);
  header[1] = static_cast<char>(from & 0xffU);
  header[2] = static_cast<char>(to >> 8U);
  header[3] = static_cast<char>(to & 0xffU);
  header[5] = static_cast<char>(8 + payload.size());
  return header + payload;
}

class ForeignCapture {
 public:
  ForeignCapture() : writer_([this](std::string_view block) { bytes += block; }, {"test", ""}) {
    interface_ = writer_.add_interface({LinkType::raw, 262144, "test", ""});
  }
  capture::SyntheticConnection& connect(std::uint16_t port) {
    connections_.push_back(std::make_unique<capture::SyntheticConnection>(
        Endpoint{IpAddress::v4(10, 0, 0, 1), static_cast<std::uint16_t>(40000 + connections_.size())},
        Endpoint{IpAddress::v4(10, 0, 0, 9), port},
        [this](WallTime time, Bytes packet) { add(time, std::string(as_text(packet))); }));
    connections_.back()->open(step());
    return *connections_.back();
  }
  void add(WallTime time, const std::string& packet) {
    writer_.packet(interface_, time, as_bytes(packet), static_cast<std::uint32_t>(packet.size()));
  }
  WallTime step() { return now_ += std::chrono::milliseconds(5); }
  std::string bytes;

 private:
  capture::PcapngWriter writer_;
  std::uint32_t interface_ = 0;
  std::vector<std::unique_ptr<capture::SyntheticConnection>> connections_;
  WallTime now_{std::chrono::seconds(1'700'000'000)};
};

// A browser that logs in, a look-up of a name, a ping: 1 connection, 2 datagrams, 1 of ICMP.
std::string browser_capture() {
  ForeignCapture capture;
  capture.add(capture.step(), ip_packet(17, 1, 53, udp(50000, 53, "where?")));
  capture.add(capture.step(), ip_packet(17, 53, 1, udp(53, 50000, "there")));
  capture.add(capture.step(), ip_packet(1, 1, 9, std::string(8, '\x08')));
  auto& web = capture.connect(80);
  web.client_sent("GET / HTTP/1.1\r\nHost: x\r\nAuthorization: Basic YWxpY2U6dHVsaXA5\r\n\r\n",
                  capture.step());
  web.server_sent("HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok", capture.step());
  web.close(true, capture.step());
  return capture.bytes;
}

std::vector<std::vector<std::string>> table_of(const std::string& folder, const std::string& name) {
  return parse_csv(read_text(folder + "/" + name + ".csv"));
}

TEST(Contents, ABrowserInsteadOfTheMessengerIsNamedWithItsPortsAndWhatToTry) {
  const TemporaryFolder folder;
  const AnalysisOutcome outcome = analyse_bytes(browser_capture(), into(folder / "a"));
  EXPECT_NE(outcome.text.find("no PLAINTALK in it; it holds "), std::string::npos) << outcome.text;
  for (const std::string_view part : {"tcp port 80 (http)", "in 1 connection", "udp port 53 (dns) 2",
                                      "icmp 1", "10.0.0.1 (", "hint: ", "--port N"})
    EXPECT_NE(outcome.text.find(part), std::string::npos) << part << " is not in:\n" << outcome.text;
  const std::string summary = read_text(folder / "a/summary.md");
  EXPECT_NE(summary.find("1 password could be read"), std::string::npos) << summary;
  EXPECT_NE(summary.find("http, basic-password of alice"), std::string::npos);
  EXPECT_NE(summary.find("tcp port 80 (http)"), std::string::npos);
  const Report report = run_report(load_template("routing"), folder / "a");
  EXPECT_TRUE(report.rows.empty());
  const std::string text = render_text(report);
  EXPECT_NE(text.find("No message was routed"), std::string::npos) << text;
  EXPECT_NE(text.find("udp port 53 (dns) 2"), std::string::npos) << text;
  EXPECT_NE(render_markdown(report).find("tcp port 80 (http)"), std::string::npos);
  EXPECT_NE(text.find("10.0.0.1 ("), std::string::npos) << text;
}

TEST(Contents, TrafficCountsEveryPacketOnce) {
  const TemporaryFolder folder;
  analyse_bytes(browser_capture(), into(folder / "a"));
  std::vector<std::string> rows;
  std::uint64_t packets = 0;
  for (auto row : table_of(folder / "a", "traffic")) {
    if (row[0] == "protocol") continue;
    packets += std::stoull(row[6]) + std::stoull(row[7]);
    row.resize(6);
    std::string line;
    for (const std::string& cell : row) line += cell + ' ';
    rows.push_back(line);
  }
  EXPECT_EQ(rows, (std::vector<std::string>{"icmp 10.0.0.1 10.0.0.9    ", "tcp 10.0.0.1 10.0.0.9 80 http 1 ",
                                            "udp 10.0.0.1 10.0.0.53 53 dns  "}));
  EXPECT_EQ(std::to_string(packets), table_of(folder / "a", "captures")[1][1]);
}

TEST(Contents, AnEmptyCaptureSaysThatItIsEmpty) {
  const TemporaryFolder folder;
  const AnalysisOutcome outcome = analyse_bytes(ForeignCapture().bytes, into(folder / "a"));
  EXPECT_NE(outcome.text.find("no packet at all"), std::string::npos) << outcome.text;
  EXPECT_NE(outcome.text.find("start the capture first"), std::string::npos) << outcome.text;
  EXPECT_NE(render_text(run_report(load_template("credentials"), folder / "a")).find("no packet at all"),
            std::string::npos);
}

CaptureContents tcp_on(std::uint64_t port, const std::string& application) {
  CaptureContents contents;
  contents.packets = 10;
  contents.shares = {{"tcp", port, application, 2, 10}};
  contents.connections = 2;
  return contents;
}

bool tries(const CaptureContents& contents, std::string_view part) {
  const auto lines = what_to_try(contents);
  return std::any_of(lines.begin(), lines.end(),
                     [&](const std::string& line) { return line.find(part) != line.npos; });
}

TEST(Contents, WhatToTryFitsWhatWasThere) {
  EXPECT_TRUE(tries(tcp_on(9999, "other"), "Nothing was on port 7777"));
  EXPECT_TRUE(tries(tcp_on(9999, "other"), "`--port 9999`"));
  EXPECT_TRUE(tries(tcp_on(7777, ""), "not a byte was said"));
  EXPECT_TRUE(tries(tcp_on(7777, "tls"), "encrypted"));
  EXPECT_TRUE(tries(tcp_on(7777, "irc"), "not PLAINTALK but irc"));
  EXPECT_TRUE(tries(tcp_on(7777, "other"), "a protocol that is not known"));
  CaptureContents only_udp;
  only_udp.packets = 1;
  only_udp.shares = {{"udp", 53, "dns", 0, 1}};
  EXPECT_TRUE(tries(only_udp, "There is no TCP in it"));
  CaptureContents silent;
  silent.interface = "eth0";
  EXPECT_TRUE(tries(silent, "--live any"));
  CaptureContents late = tcp_on(7777, "plaintalk");
  late.messenger_connections = 2;
  EXPECT_TRUE(what_to_try(late).empty());
  late.begun_before = 2;
  EXPECT_TRUE(tries(late, "start the capture before the clients"));
}

// Goal: nobody takes made-up headers for the network's.
TEST(Contents, SyntheticHeadersAreNamedEverywhere) {
  std::string bytes;
  capture::PcapngWriter writer([&](std::string_view block) { bytes += block; },
                               {"test", "synthetic headers"});
  const std::uint32_t interface = writer.add_interface({LinkType::raw, 262144, "test", ""});
  capture::SyntheticConnection connection({IpAddress::v4(10, 0, 0, 1), 40000},
                                          {IpAddress::v4(10, 0, 0, 9), 80}, [&](WallTime time, Bytes packet) {
                                            writer.packet(interface, time, packet,
                                                          static_cast<std::uint32_t>(packet.size()));
                                          });
  connection.open(WallTime(std::chrono::seconds(1'700'000'000)));
  connection.client_sent("GET / HTTP/1.1\r\n\r\n", WallTime(std::chrono::seconds(1'700'000'001)));
  const TemporaryFolder folder;
  const AnalysisOutcome outcome = analyse_bytes(bytes, into(folder / "a"));
  EXPECT_NE(outcome.text.find("Synthetic headers"), std::string::npos) << outcome.text;
  EXPECT_NE(read_text(folder / "a/summary.md").find("Synthetic headers"), std::string::npos);
  for (const BuiltinTemplate& builtin : builtin_templates()) {
    const Report report = run_report(load_template(std::string(builtin.name)), folder / "a");
    EXPECT_NE(render_text(report).find("Synthetic headers"), std::string::npos) << builtin.name;
    EXPECT_NE(render_markdown(report).find("Synthetic headers"), std::string::npos) << builtin.name;
  }
  analyse_bytes(browser_capture(), into(folder / "real"));
  EXPECT_EQ(render_text(run_report(load_template("ports"), folder / "real")).find("Synthetic"),
            std::string::npos);
}

struct CountingSink : RowSink {
  std::uint64_t rows = 0;
  std::uint64_t packets = 0;
  void row(const Row& row) override {
    ++rows;
    packets += static_cast<std::uint64_t>(row.cells()[6].number + row.cells()[7].number);
  }
};

// Goal: a capture with a pair of addresses in every packet cannot fill the memory, and loses no packet.
TEST(Contents, PairsOfAddressesAreBounded) {
  Traffic traffic;
  constexpr std::uint64_t kPairs = 3 * Traffic::kRowCountMax;
  for (std::uint64_t number = 0; number < kPairs; ++number) {
    std::string packet = ip_packet(17, 1, 2, udp(static_cast<std::uint16_t>(number), 60000, "x"));
    packet[13] = static_cast<char>(number >> 16U);
    packet[14] = static_cast<char>(number >> 8U & 0xffU);
    PacketRecord record;
    record.link_type = LinkType::raw;
    record.bytes = as_bytes(packet);
    record.original_size = static_cast<std::uint32_t>(packet.size());
    traffic.add(record);
  }
  CountingSink sink;
  traffic.write(sink);
  EXPECT_LE(sink.rows, 2 * Traffic::kRowCountMax + 1);
  EXPECT_EQ(sink.packets, kPairs);
}

TEST(TextTables, WrapWithoutLosingAWord) {
  EXPECT_EQ(wrapped("one two three", 7), (std::vector<std::string>{"one two", "three"}));
  EXPECT_EQ(wrapped("abcdefghij", 4), (std::vector<std::string>{"abcd", "efgh", "ij"}));
  EXPECT_EQ(wrapped("", 4), std::vector<std::string>{""});
  EXPECT_EQ(wrapped("日本語です", 4), (std::vector<std::string>{"日本", "語で", "す"}));
  EXPECT_EQ(width_of("日本"), 4u);
  EXPECT_EQ(width_of("e\u0301"), 1u);
}

TEST(TextTables, FoldTextColumnsAndKeepNumbersWhole) {
  const TextTable table{{"n", "text"}, {true, false}, {{"7", "the quick brown fox"}, {"12", "jumps"}}};
  EXPECT_EQ(render(table, 0), " n  text\n--  -------------------\n 7  the quick brown fox\n12  jumps\n");
  EXPECT_EQ(render(table, 16), " n  text\n--  ------------\n 7  the quick\n    brown fox\n12  jumps\n");
}

TEST(TextTables, BreakNoTimeAndNoAddress) {
  const TextTable table{{"time", "text"}, {false, false}, {{"08:25:00.123", "one two three four five six"}}};
  EXPECT_EQ(render(table, 30),
            "time          text\n------------  ----------------\n08:25:00.123  one two three\n              "
            "four five six\n");
  EXPECT_TRUE(render(table, 20).starts_with("-- 1 of 1 ")) << "no room for the time";
}

TEST(TextTables, BecomeBlocksWhenColumnsHaveNoRoom) {
  const TextTable table{
      {"a_long_name", "another_name", "number"}, {false, false, true}, {{"some text here", "x", "1234567"}}};
  const std::string text = render(table, 26);
  EXPECT_EQ(text,
            "-- 1 of 1 ----------------\na_long_name   some text\n              here\nanother_name  "
            "x\nnumber        "
            "1234567\n");
}

// Goal: at any width every word of every cell is there, and no line is wider where words fit.
TEST(TextTables, LoseNothingAtAnyWidth) {
  const TemporaryFolder folder;
  analyse_bytes(session_capture(), into(folder / "a"));
  for (const BuiltinTemplate& builtin : builtin_templates()) {
    const Report report = run_report(load_template(std::string(builtin.name)), folder / "a");
    for (std::size_t width = 20; width <= 200; width += 12) {
      SCOPED_TRACE(std::string(builtin.name) + " at " + std::to_string(width));
      std::string text = render_text(report, width);
      EXPECT_EQ(text.find("..."), text.npos);
      std::size_t begin = 0;
      while (begin < text.size() && width >= 80) {
        const std::size_t end = text.find('\n', begin);
        EXPECT_LE(width_of(std::string_view(text).substr(begin, end - begin)), width);
        begin = end + 1;
      }
      std::erase_if(text, [](char c) { return c == ' ' || c == '\n'; });
      for (const auto& row : report.rows)
        for (const ReportCell& cell : row)
          if (cell.is_number) {
            EXPECT_NE(text.find(cell.text), text.npos) << cell.text;
          }
    }
  }
}

}  // namespace
}  // namespace plaintalk::analyzer
