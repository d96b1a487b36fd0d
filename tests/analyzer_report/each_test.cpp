// Many captures at once: one analysis for each, and the tables of all of them with a column `capture`.
#include <gtest/gtest.h>

#include "analyzer/report/report_query.hpp"
#include "analyzer/run/analyse_each.hpp"
#include "analyzer/run/capture_files.hpp"
#include "analyzer/tables/table.hpp"
#include "tests/analyzer_report/model.hpp"

namespace plaintalk::analyzer {
namespace {

EachOptions each_of(const std::vector<std::string>& files, const std::string& folder) {
  EachOptions options;
  options.files = files;
  options.analysis = into(folder);
  options.analysis.version = "test";
  options.open = [](const std::string& file) { return capture::CaptureReader::open(file); };
  options.begins = [](std::size_t, const std::string&) {};
  options.ended = [](const std::string&, const AnalysisOutcome&) {};
  options.failed = [](const std::string&, const std::string&) {};
  return options;
}

std::vector<std::vector<std::string>> rows_of(const std::string& folder, std::string_view table) {
  return parse_csv(read_text(folder + "/" + std::string(table) + ".csv"));
}

// Goal: every table is the same as the tables of the single analyses, one after the other, whatever stands in
// their cells; a file that is no capture and one that is cut cost only themselves.
TEST(Each, CombinesTheTablesOfAllCaptures) {
  const TemporaryFolder folder;
  const std::string session = session_capture();
  write_text(folder / "anna.pcapng", session);
  write_text(folder / "ben.pcapng", session.substr(0, session.size() * 2 / 3));
  write_text(folder / "cleo.pcapng", "this is no capture at all, but a letter to the teacher\n");
  write_text(folder / "dora.pcapng", session);
  std::vector<std::string> failed;
  EachOptions options =
      each_of({folder / "anna.pcapng", folder / "ben.pcapng", folder / "cleo.pcapng", folder / "dora.pcapng"},
              folder / "all");
  options.failed = [&](const std::string& file, const std::string&) { failed.push_back(file); };
  const EachOutcome outcome = analyse_each(options);
  EXPECT_EQ(outcome.analysed_count, 3u);
  EXPECT_EQ(outcome.damaged_count, 1u);
  EXPECT_EQ(failed, std::vector<std::string>{folder / "cleo.pcapng"});

  for (const Table& table : tables()) {
    SCOPED_TRACE(table.name);
    std::vector<std::vector<std::string>> expected;
    for (const std::string name : {"anna", "ben", "cleo", "dora"}) {
      if (name == "cleo") {
        if (table.name != "captures") continue;
        std::vector<std::string> row(table.columns.size() + 1);
        row.front() = name;
        row.back() = rows_of(folder / "all", "captures").at(3).back();
        EXPECT_NE(row.back(), "");
        expected.push_back(row);
        continue;
      }
      auto rows = rows_of(folder / ("all/" + name), table.name);
      if (expected.empty()) {
        rows[0].insert(rows[0].begin(), "capture");
        expected.push_back(rows[0]);
      }
      for (std::size_t index = 1; index < rows.size(); ++index) {
        rows[index].insert(rows[index].begin(), name);
        expected.push_back(rows[index]);
      }
    }
    EXPECT_EQ(rows_of(folder / "all", table.name), expected);
  }
}

TEST(Each, ReportsTellTheCapturesApart) {
  const TemporaryFolder folder;
  const std::string session = session_capture();
  SessionCapture quiet;
  quiet.connect(7);
  quiet.finish();
  write_text(folder / "anna.pcapng", session);
  write_text(folder / "quiet.pcapng", quiet.bytes);
  write_text(folder / "zoe.pcapng", session);
  analyse_each(
      each_of({folder / "anna.pcapng", folder / "quiet.pcapng", folder / "zoe.pcapng"}, folder / "all"));
  for (const BuiltinTemplate& builtin : builtin_templates()) {
    SCOPED_TRACE(builtin.name);
    const ReportTemplate report_template = load_template(std::string(builtin.name));
    const Report combined = run_report(report_template, folder / "all");
    EXPECT_EQ(combined.columns.at(0), "capture");
    std::vector<std::vector<std::string>> found;
    for (const auto& row : combined.rows) {
      auto& texts = found.emplace_back();
      for (const ReportCell& cell : row) texts.push_back(cell.text);
    }
    std::vector<std::vector<std::string>> expected;
    for (const std::string name : {"anna", "quiet", "zoe"}) {
      const Report alone = run_report(report_template, folder / ("all/" + name));
      for (const auto& row : alone.rows) {
        auto& texts = expected.emplace_back(std::vector<std::string>{name});
        for (const ReportCell& cell : row) texts.push_back(cell.text);
      }
      EXPECT_EQ(run_report(report_template, folder / "all", {}, name).rows.size(), alone.rows.size());
    }
    EXPECT_EQ(found, expected);
  }
  EXPECT_THROW(run_report(load_template("routing"), folder / "all", {}, "nobody"), std::runtime_error);
  EXPECT_THROW(run_report(load_template("routing"), folder / "all/anna", {}, "anna"), std::runtime_error);
  EXPECT_NE(
      run_report(load_template("routing"), folder / "all", {}, "quiet").why_empty.find("The capture holds"),
      std::string::npos);
}

// A template of a stranger has no more rights over many captures than over one.
TEST(Each, TemplatesMayStillOnlyRead) {
  const TemporaryFolder folder;
  write_text(folder / "anna.pcapng", session_capture());
  analyse_each(each_of({folder / "anna.pcapng"}, folder / "all"));
  for (const std::string sql :
       {"DELETE FROM temp.chosen_capture", "CREATE TEMP TABLE t (a)", "ATTACH 'x.db' AS x",
        "UPDATE main.captures SET packets = 0 RETURNING packets"})
    EXPECT_THROW(run_report(parse_template("mine", sql), folder / "all"), std::runtime_error) << sql;
}

TEST(Each, AFolderGivesItsCaptures) {
  const TemporaryFolder folder;
  std::filesystem::create_directory(folder / "inside.pcap");
  for (const std::string name : {"b.pcapng", "a.pcap.gz", "a.pcap", "notes.txt", ".hidden.pcap", "c.cap.zst"})
    write_text(folder / name, "x");
  const auto files = capture_files({folder / "."});
  std::vector<std::string> names;
  for (const std::string& file : files) names.push_back(std::filesystem::path(file).filename().string());
  EXPECT_EQ(names, (std::vector<std::string>{"a.pcap", "a.pcap.gz", "b.pcapng", "c.cap.zst"}));
  EXPECT_EQ(capture_names(files), (std::vector<std::string>{"a", "a-2", "b", "c"}));
  EXPECT_EQ(capture_files({"-", "missing.pcap"}), (std::vector<std::string>{"-", "missing.pcap"}));
  EXPECT_THROW(capture_files({folder / "inside.pcap"}), std::runtime_error);
}

}  // namespace
}  // namespace plaintalk::analyzer
