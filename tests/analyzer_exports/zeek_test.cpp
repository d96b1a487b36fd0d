#include <sstream>
#include <string>
#include <vector>

#include <gtest/gtest.h>
#include <nlohmann/json.hpp>

#include "analyzer/zeek/write_zeek_logs.hpp"
#include "analyzer/zeek/zeek_value.hpp"
#include "tests/analyzer_report/model.hpp"

namespace plaintalk::analyzer {
namespace {

using Json = nlohmann::json;

std::vector<std::string> split(const std::string& text, char separator) {
  std::vector<std::string> parts;
  std::istringstream stream(text);
  for (std::string part; std::getline(stream, part, separator);) parts.push_back(part);
  return parts;
}

// As a reader of Zeek's logs takes it: by the header lines alone.
struct Log {
  std::vector<std::string> fields;
  std::vector<std::string> types;
  std::vector<std::vector<std::string>> rows;
  std::string at(std::size_t row, const std::string& field) const {
    const auto place = std::ranges::find(fields, field);
    EXPECT_NE(place, fields.end()) << field;
    return rows.at(row).at(static_cast<std::size_t>(place - fields.begin()));
  }
};

Log read_log(const std::string& path) {
  Log log;
  for (const std::string& line : split(read_text(path), '\n')) {
    auto cells = split(line, '\t');
    if (cells.front() == "#fields") log.fields.assign(cells.begin() + 1, cells.end());
    if (cells.front() == "#types") log.types.assign(cells.begin() + 1, cells.end());
    if (!line.starts_with('#')) log.rows.push_back(std::move(cells));
  }
  return log;
}

class ZeekLogs : public testing::Test {
 protected:
  void SetUp() override {
    analyse_bytes(session_capture(), into(folder / "analysis"));
    analyse_bytes(session_capture("synthetic headers"), into(folder / "synthetic"));
  }
  TemporaryFolder folder;
};

TEST_F(ZeekLogs, HaveAFieldForEachOfTheirHeaders) {
  EXPECT_EQ(write_zeek_logs(folder / "analysis", folder / "logs", ZeekForm::tsv),
            (std::vector<std::string>{"conn.log", "plaintalk.log", "files.log"}));
  for (const std::string name : {"conn.log", "plaintalk.log", "files.log"}) {
    const Log log = read_log(folder / ("logs/" + name));
    EXPECT_EQ(log.fields.size(), log.types.size()) << name;
    EXPECT_FALSE(log.rows.empty()) << name;
    for (const auto& row : log.rows) EXPECT_EQ(row.size(), log.fields.size()) << name;
  }
}

TEST_F(ZeekLogs, SayWhatTheTablesSay) {
  write_zeek_logs(folder / "analysis", folder / "logs", ZeekForm::tsv);
  const Log conn = read_log(folder / "logs/conn.log");
  const auto connections = parse_csv(read_text(folder / "analysis/connections.csv"));
  ASSERT_EQ(conn.rows.size(), connections.size() - 1);
  const auto column = [&](const std::string& name) {
    return static_cast<std::size_t>(std::ranges::find(connections[0], name) - connections[0].begin());
  };
  for (std::size_t row = 0; row < conn.rows.size(); ++row) {
    const auto& ours = connections[row + 1];
    for (const auto& [field, name] :
         std::vector<std::pair<std::string, std::string>>{{"uid", "uid"},
                                                          {"id.orig_h", "client_address"},
                                                          {"id.resp_p", "server_port"},
                                                          {"service", "protocol"},
                                                          {"orig_bytes", "client_bytes"},
                                                          {"conn_state", "state"},
                                                          {"history", "history"},
                                                          {"resp_pkts", "server_packets"}})
      EXPECT_EQ(conn.at(row, field), ours[column(name)]) << field;
  }
  const Log frames = read_log(folder / "logs/plaintalk.log");
  const auto pdus = parse_csv(read_text(folder / "analysis/pdus.csv"));
  EXPECT_EQ(frames.rows.size(), pdus.size() - 1);
  std::size_t messages = 0;
  for (std::size_t row = 0; row < frames.rows.size(); ++row)
    if (frames.at(row, "verb") == "MSG") {
      EXPECT_EQ(frames.at(row, "room"), "#lab");
      EXPECT_EQ(frames.at(row, "seq"), "1");
      EXPECT_EQ(frames.at(row, "is_orig"), "F");
      ++messages;
    }
  EXPECT_EQ(messages, 2u);
  const Log files = read_log(folder / "logs/files.log");
  ASSERT_EQ(files.rows.size(), 1u);
  EXPECT_EQ(files.at(0, "sha256"), hex(sha256(kFileContent)));
  EXPECT_EQ(files.at(0, "uid"), conn.at(0, "uid"));
  EXPECT_EQ(files.at(0, "seen_bytes"), "3000");
  EXPECT_EQ(files.at(0, "is_orig"), "T");
}

TEST_F(ZeekLogs, AreTheSameAsJson) {
  write_zeek_logs(folder / "analysis", folder / "tsv", ZeekForm::tsv);
  write_zeek_logs(folder / "analysis", folder / "json", ZeekForm::json);
  for (const std::string name : {"conn.log", "plaintalk.log", "files.log"}) {
    const Log tsv = read_log(folder / ("tsv/" + name));
    const auto lines = split(read_text(folder / ("json/" + name)), '\n');
    ASSERT_EQ(lines.size(), tsv.rows.size());
    for (std::size_t row = 0; row < lines.size(); ++row) {
      const Json object = Json::parse(lines[row]);
      for (std::size_t field = 0; field < tsv.fields.size(); ++field) {
        const std::string& cell = tsv.rows[row][field];
        SCOPED_TRACE(name + ' ' + tsv.fields[field]);
        ASSERT_EQ(object.contains(tsv.fields[field]), cell != "-");
        if (cell == "-") continue;
        const Json& value = object[tsv.fields[field]];
        const std::string& type = tsv.types[field];
        if (type == "count" || type == "port") {
          EXPECT_EQ(value.get<std::uint64_t>(), std::stoull(cell));
        } else if (type == "time" || type == "interval") {
          EXPECT_DOUBLE_EQ(value.get<double>(), std::stod(cell));
        } else if (type == "bool") {
          EXPECT_EQ(value.get<bool>(), cell == "T");
        } else {
          EXPECT_EQ(zeek_field(ZeekType::string, value.get<std::string>()), cell);
        }
      }
    }
  }
}

TEST_F(ZeekLogs, WhatNobodyKnowsIsNotSet) {
  write_zeek_logs(folder / "synthetic", folder / "logs", ZeekForm::tsv);
  const Log conn = read_log(folder / "logs/conn.log");
  ASSERT_FALSE(conn.rows.empty());
  for (const std::string field : {"orig_pkts", "orig_ip_bytes", "missed_bytes", "history"})
    EXPECT_EQ(conn.at(0, field), "-") << field << ": the headers were made up";
  EXPECT_NE(conn.at(0, "orig_bytes"), "-") << "the bytes were not";
}

TEST_F(ZeekLogs, NeverReplaceAnything) {
  write_text(folder / "mine.log", "");
  std::filesystem::create_directory(folder / "logs");
  write_text(folder / "logs/files.log", "mine");
  EXPECT_THROW(require_room_for_zeek_logs(folder / "logs"), std::runtime_error);
  EXPECT_THROW(write_zeek_logs(folder / "analysis", folder / "logs", ZeekForm::tsv), std::runtime_error);
  EXPECT_EQ(read_text(folder / "logs/files.log"), "mine");
  std::size_t count = 0;
  for ([[maybe_unused]] const auto& entry : std::filesystem::directory_iterator(folder / "logs")) ++count;
  EXPECT_EQ(count, 1u) << "nothing else is left behind";
}

TEST(ZeekValues, AreEscapedAsZeekDoes) {
  EXPECT_EQ(zeek_field(ZeekType::string, "-"), "\\x2d");
  EXPECT_EQ(zeek_field(ZeekType::string, "(empty)"), "\\x28empty)");
  EXPECT_EQ(zeek_field(ZeekType::string, ""), "(empty)");
  EXPECT_EQ(zeek_field(ZeekType::string, "a\tb\nc\\d\x1b\x7f"), "a\\x09b\\x0ac\\\\d\\x1b\\x7f");
  EXPECT_EQ(zeek_field(ZeekType::string, "grüße"), "grüße");
  EXPECT_EQ(zeek_field(ZeekType::time, "1789201502.123456789"), "1789201502.123457");
  EXPECT_EQ(zeek_field(ZeekType::boolean, "0"), "F");
  EXPECT_EQ(zeek_json(ZeekType::string, "\x1b").get<std::string>(), "\x1b");
  EXPECT_EQ(zeek_field(ZeekType::file_id, "a").size(), 18u);
  EXPECT_NE(zeek_field(ZeekType::file_id, "a"), zeek_field(ZeekType::file_id, "b"));
}

}  // namespace
}  // namespace plaintalk::analyzer
