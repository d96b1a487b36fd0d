#include <cmath>

#include <gtest/gtest.h>
#include <sqlite3.h>

#include "analyzer/run/live_events.hpp"
#include "analyzer/tables/database.hpp"
#include "analyzer/tables/table.hpp"
#include "tests/analyzer_report/model.hpp"

namespace plaintalk::analyzer {
namespace {

// What a table of the database would look like in its CSV file.
std::vector<std::vector<std::string>> rows_of(const std::string& path, const Table& table) {
  sqlite3* database = nullptr;
  EXPECT_EQ(sqlite3_open_v2(path.c_str(), &database, SQLITE_OPEN_READONLY, nullptr), SQLITE_OK);
  std::string names;
  std::vector<std::vector<std::string>> rows(1);
  for (const Column& column : table.columns) {
    names += (names.empty() ? "" : ", ") + std::string(column.name);
    rows[0].emplace_back(column.name);
  }
  sqlite3_stmt* statement = nullptr;
  const std::string sql = "SELECT " + names + " FROM " + std::string(table.name) + " ORDER BY rowid";
  EXPECT_EQ(sqlite3_prepare_v2(database, sql.c_str(), -1, &statement, nullptr), SQLITE_OK);
  while (sqlite3_step(statement) == SQLITE_ROW) {
    auto& row = rows.emplace_back();
    for (int index = 0; index < static_cast<int>(table.columns.size()); ++index) {
      Cell cell;
      const CellType type = table.columns[static_cast<std::size_t>(index)].type;
      cell.present = sqlite3_column_type(statement, index) != SQLITE_NULL;
      if (!cell.present) {
        row.emplace_back();
        continue;
      }
      if (type == CellType::text || type == CellType::time) {
        const auto* text = reinterpret_cast<const char*>(sqlite3_column_text(statement, index));
        const std::string value(text, static_cast<std::size_t>(sqlite3_column_bytes(statement, index)));
        const bool formula = type == CellType::text && csv_field(value).starts_with("\"'");
        row.push_back((formula ? "'" : "") + value);
        continue;
      }
      if (type == CellType::integer) {
        EXPECT_EQ(sqlite3_column_type(statement, index), SQLITE_INTEGER);
        cell.number = sqlite3_column_int64(statement, index);
      } else {
        EXPECT_EQ(sqlite3_column_type(statement, index), SQLITE_FLOAT);
        cell.number =
            std::llround(sqlite3_column_double(statement, index) * (type == CellType::seconds ? 1e9 : 1e3));
      }
      std::string number;
      append_number(number, cell, type);
      row.push_back(number);
    }
  }
  sqlite3_finalize(statement);
  sqlite3_close(database);
  return rows;
}

TEST(Analysis, TellsEveryMessageAndEveryCopy) {
  const TemporaryFolder folder;
  const AnalysisOutcome outcome = analyse_bytes(session_capture(), into(folder / "out"));
  EXPECT_TRUE(outcome.damage.empty());
  EXPECT_NE(outcome.text.find("2 in, 4 of 4 copies out; nothing missing"), std::string::npos) << outcome.text;
  const auto messages = parse_csv(read_text(folder / "out/messages.csv"));
  ASSERT_EQ(messages.size(), 3u);
  EXPECT_EQ(messages[1][2], "alice");
  EXPECT_EQ(messages[1][8], "2");
  EXPECT_EQ(messages[1][9], "2");
  EXPECT_EQ(messages[1][10], "0");
  EXPECT_EQ(parse_csv(read_text(folder / "out/deliveries.csv")).size(), 5u);
  const auto files = parse_csv(read_text(folder / "out/files.csv"));
  ASSERT_EQ(files.size(), 2u);
  EXPECT_EQ(files[1][7], hex(sha256(kFileContent)));
  EXPECT_EQ(files[1][8], files[1][7]);
  EXPECT_EQ(read_text(folder / "out/" + files[1][11]), kFileContent);
}

TEST(Analysis, WritesTheSameInBothFormsOfEveryTable) {
  const TemporaryFolder folder;
  analyse_bytes(session_capture(), into(folder / "out"));
  for (const Table& table : tables()) {
    SCOPED_TRACE(table.name);
    const auto csv = parse_csv(read_text(folder / "out/" + std::string(table.name) + ".csv"));
    EXPECT_EQ(csv, rows_of(folder / "out/analysis.sqlite", table));
    for (const auto& row : csv) EXPECT_EQ(row.size(), table.columns.size());
  }
}

TEST(Analysis, GivesNanosecondsForArithmetic) {
  const TemporaryFolder folder;
  analyse_bytes(session_capture(), into(folder / "out"));
  sqlite3* database = nullptr;
  ASSERT_EQ(
      sqlite3_open_v2((folder / "out/analysis.sqlite").c_str(), &database, SQLITE_OPEN_READONLY, nullptr),
      SQLITE_OK);
  sqlite3_stmt* statement = nullptr;
  ASSERT_EQ(sqlite3_prepare_v2(
                database,
                "SELECT count(*), sum(d.latency_us * 1000 = d.time_out_ns - m.time_in_ns) FROM deliveries d "
                "JOIN messages m USING (room, seq)",
                -1, &statement, nullptr),
            SQLITE_OK);
  ASSERT_EQ(sqlite3_step(statement), SQLITE_ROW);
  EXPECT_EQ(sqlite3_column_int(statement, 0), 4);
  EXPECT_EQ(sqlite3_column_int(statement, 1), 4);
  sqlite3_finalize(statement);
  sqlite3_close(database);
}

TEST(Analysis, IsTheSameByteForByteEveryTime) {
  const TemporaryFolder folder;
  for (const std::string name : {"one", "two"}) analyse_bytes(session_capture(), into(folder / name));
  std::size_t count = 0;
  for (const auto& entry : std::filesystem::recursive_directory_iterator(folder / "one")) {
    if (!entry.is_regular_file()) continue;
    const std::string name = std::filesystem::relative(entry.path(), folder / "one").string();
    EXPECT_EQ(read_text(entry.path().string()), read_text(folder / "two/" + name)) << name;
    ++count;
  }
  EXPECT_EQ(count, tables().size() + 4) << "tables, database, summary, marker and one carved file";
}

TEST(Analysis, KeepsSecretsOutOfEveryFileUnlessAsked) {
  const TemporaryFolder folder;
  for (const bool show : {false, true}) {
    AnalysisOptions options = into(folder / (show ? "shown" : "masked"));
    options.show_secrets = show;
    analyse_bytes(session_capture(), options);
    bool found = false;
    for (const auto& entry : std::filesystem::recursive_directory_iterator(options.folder)) {
      if (!entry.is_regular_file()) continue;
      const std::string text = read_text(entry.path().string());
      found = found || text.find("tulip9") != text.npos || text.find("K3V5") != text.npos;
    }
    EXPECT_EQ(found, show);
  }
}

TEST(Analysis, LetsNothingHostileThrough) {
  const TemporaryFolder folder;
  const AnalysisOutcome outcome = analyse_bytes(session_capture(), into(folder / "out"));
  EXPECT_EQ(outcome.text.find('\x1b'), outcome.text.npos);
  const std::string csv = read_text(folder / "out/messages.csv");
  EXPECT_EQ(csv.find('\x1b'), csv.npos);
  EXPECT_NE(csv.find("\"'=HYPERLINK(\"\"http://x\"\") <b>|`\\x1b[31m"), csv.npos) << csv;
  const std::string summary = read_text(folder / "out/summary.md");
  EXPECT_EQ(summary.find('\x1b'), summary.npos);
  EXPECT_EQ(summary.find("<b>"), summary.npos);
  for (const auto& entry : std::filesystem::recursive_directory_iterator(folder / "out"))
    EXPECT_EQ(entry.path().string().find("passwd"), std::string::npos);
}

TEST(Analysis, WritesOnlyTheTablesThatWereAskedFor) {
  const TemporaryFolder folder;
  AnalysisOptions options = into(folder / "out");
  options.tables = {"messages", "deliveries"};
  analyse_bytes(session_capture(), options);
  std::vector<std::string> names;
  for (const auto& entry : std::filesystem::directory_iterator(folder / "out"))
    names.push_back(entry.path().filename().string());
  std::sort(names.begin(), names.end());
  EXPECT_EQ(names, (std::vector<std::string>{".plaintalk-analysis", "deliveries.csv", "messages.csv"}));
}

// Goal: passwords on connections of other protocols are looked for only where somebody will read them; the
// names of the protocols do not depend on it.
TEST(Analysis, SaysThatPasswordsWereNotLookedFor) {
  const TemporaryFolder folder;
  const auto run = [&](const std::string& name, std::vector<std::string> tables) {
    const std::string file = std::string(PLAINTALK_SOURCE_DIR) + "/tests/golden/foreign-chat.pcap";
    std::vector<capture::CaptureReader> readers;
    readers.push_back(capture::CaptureReader::open(file));
    MergedCapture input(std::move(readers), {"foreign-chat"});
    AnalysisOptions options = into(folder / name);
    options.tables = std::move(tables);
    return analyse(input, options).text;
  };
  constexpr std::string_view kNotLookedFor = "passwords of other protocols: not looked for";
  const std::string whole = run("whole", {});
  const std::string with = run("with", {"connections", "credentials"});
  const std::string without = run("without", {"connections"});
  EXPECT_EQ(whole.find(kNotLookedFor), whole.npos) << whole;
  EXPECT_EQ(with.find(kNotLookedFor), with.npos) << with;
  EXPECT_NE(without.find(kNotLookedFor), without.npos) << without;
  EXPECT_EQ(without.find("readable: "), without.npos) << without;
  EXPECT_NE(with.find("readable: "), with.npos) << with;
  EXPECT_EQ(read_text(folder / "with/credentials.csv"), read_text(folder / "whole/credentials.csv"));
  EXPECT_EQ(read_text(folder / "without/connections.csv"), read_text(folder / "whole/connections.csv"));
}

TEST(Analysis, OfADamagedFileHoldsEverythingBeforeTheDamage) {
  const TemporaryFolder folder;
  const std::string whole = session_capture();
  const AnalysisOutcome outcome = analyse_bytes(whole.substr(0, whole.size() - 200), into(folder / "out"));
  EXPECT_EQ(outcome.damage.size(), 1U);
  EXPECT_NE(read_text(folder / "out/findings.csv").find("damaged-input"), std::string::npos);
  EXPECT_EQ(parse_csv(read_text(folder / "out/messages.csv")).size(), 3u);
}

TEST(Analysis, EndsEarlyWhenAskedTo) {
  const TemporaryFolder folder;
  SessionCapture session;
  auto& alice = session.connect(1);
  for (int count = 0; count < 1000; ++count) alice.client_sent("PING\n", session.step());
  session.finish();
  AnalysisOptions options = into(folder / "out");
  options.keep_reading = [](const MergedCapture&) { return false; };
  const AnalysisOutcome outcome = analyse_bytes(session.bytes, options);
  EXPECT_NE(outcome.text.find("256 packets"), std::string::npos) << outcome.text;
}

TEST(MergedCapture, TakesSeveralFilesInTheOrderOfTime) {
  const std::string first = session_capture();
  SessionCapture later;
  later.step();
  later.connect(9);
  later.finish();
  std::vector<capture::CaptureReader> readers;
  readers.push_back(capture::CaptureReader::from_memory(as_bytes(first), "a"));
  readers.push_back(capture::CaptureReader::from_memory(as_bytes(later.bytes), "b"));
  MergedCapture merged(std::move(readers), {"a", "b"});
  std::uint64_t count = 0;
  WallTime last{};
  bool second_file = false;
  while (const auto record = merged.next()) {
    EXPECT_EQ(record->number, ++count);
    EXPECT_LE(last, record->time);
    last = record->time;
    second_file = second_file || record->interface != 0;
  }
  EXPECT_TRUE(second_file);
  CaptureInfo facts;
  merged.describe(facts);
  EXPECT_TRUE(facts.damage.empty());
}

LiveEvent happening(LiveEvent::Kind kind, std::string_view who, std::string_view room,
                    std::string_view text) {
  LiveEvent event;
  event.kind = kind;
  event.time = WallTime{std::chrono::milliseconds(1'700'000'000'345)};
  event.packet = 7;
  event.connection = ConnectionId{1};
  event.who = who;
  event.room = room;
  event.text = text;
  return event;
}

TEST(Happenings, AreOneSafeLineEach) {
  using Kind = LiveEvent::Kind;
  EXPECT_EQ(render_live_event(happening(Kind::message, "alice", "#lab", "a\x1b[31m\nb")),
            "22:13:20.345 #lab  alice: a\\x1b[31m\\nb\n");
  EXPECT_EQ(render_live_event(happening(Kind::ended, "", "", "")), "");
  EXPECT_EQ(render_live_event(happening(Kind::copy, "bob", "#lab", "again")), "");
  LiveEvent replay = happening(Kind::message, "alice", "#lab", "an old page");
  replay.may_be_replay = true;
  EXPECT_EQ(render_live_event(replay), "");
  const std::string longest(5000, 'x');
  EXPECT_LT(render_live_event(happening(Kind::message, "a", "#l", longest)).size(), 500u);
}

}  // namespace
}  // namespace plaintalk::analyzer
