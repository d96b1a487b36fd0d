// A capture whose TCP/IP headers an application made up: what comes from them is empty, the conversation is
// not.
#include <map>

#include <gtest/gtest.h>

#include "analyzer/report/render_report.hpp"
#include "analyzer/report/report_query.hpp"
#include "analyzer/report/report_template.hpp"
#include "analyzer/tables/table.hpp"
#include "tests/analyzer_report/model.hpp"

namespace plaintalk::analyzer {
namespace {

constexpr std::string_view kComment = "synthetic: recorded by a test";

std::vector<std::vector<std::string>> csv_rows(const std::string& folder, const Table& table) {
  return parse_csv(read_text(folder + '/' + std::string(table.name) + ".csv"));
}

TEST(Synthetic, LeavesEmptyWhatOnlyRealHeadersKnow) {
  const TemporaryFolder folder;
  analyse_bytes(session_capture(), into(folder / "real"));
  analyse_bytes(session_capture(std::string(kComment)), into(folder / "made-up"));
  std::size_t emptied = 0;
  for (const Table& table : tables()) {
    SCOPED_TRACE(table.name);
    const auto real = csv_rows(folder / "real", table);
    const auto made_up = csv_rows(folder / "made-up", table);
    if (table.is_of_headers) {
      EXPECT_EQ(made_up.size(), 1U) << "the header line only";
      continue;
    }
    if (table.name == "captures" || table.name == "findings") continue;  // they say that it is synthetic
    ASSERT_EQ(real.size(), made_up.size());
    for (std::size_t row = 1; row < real.size(); ++row) {
      for (std::size_t column = 0; column < table.columns.size(); ++column) {
        const bool is_of_headers = table.columns[column].is_of_headers;
        EXPECT_EQ(made_up[row][column], is_of_headers ? "" : real[row][column]) << table.columns[column].name;
        emptied += is_of_headers && !real[row][column].empty() ? 1U : 0U;
      }
    }
  }
  EXPECT_GT(emptied, 100U);
}

TEST(Synthetic, EmptiesRoundTripsLossWindowsAndTtl) {
  for (const auto& [table, column] :
       std::multimap<std::string_view, std::string_view>{{"connections", "handshake_rtt_us"},
                                                         {"connections", "client_rtt_mean_us"},
                                                         {"connections", "client_retransmitted_packets"},
                                                         {"connections", "server_gap_bytes"},
                                                         {"connections", "client_window_max"},
                                                         {"connections", "client_isn"},
                                                         {"connections", "client_in_flight_max"},
                                                         {"packets", "ttl"},
                                                         {"packets", "window"},
                                                         {"packets", "rtt_us"},
                                                         {"packets", "verdicts"},
                                                         {"deliveries", "time_acked"}}) {
    const auto& columns = find_table(table)->columns;
    const auto found = std::ranges::find(columns, column, &Column::name);
    ASSERT_NE(found, columns.end()) << column;
    EXPECT_TRUE(found->is_of_headers) << table << '.' << column;
  }
}

TEST(Synthetic, IsSaidInEveryOutput) {
  const TemporaryFolder folder;
  const AnalysisOutcome outcome = analyse_bytes(session_capture(std::string(kComment)), into(folder / "out"));
  EXPECT_NE(outcome.text.find("Synthetic headers"), std::string::npos);
  EXPECT_NE(read_text(folder / "out/summary.md").find("Synthetic headers"), std::string::npos);
  EXPECT_EQ(read_text(folder / "out/summary.md").find("out of the ordinary"), std::string::npos);
  EXPECT_NE(read_text(folder / "out/findings.csv").find("Synthetic headers"), std::string::npos);
  for (const BuiltinTemplate& builtin : builtin_templates()) {
    const Report report = run_report(load_template(std::string(builtin.name)), folder / "out");
    EXPECT_NE(render_text(report).find("Synthetic headers"), std::string::npos) << builtin.name;
    EXPECT_NE(render_markdown(report).find("Synthetic headers"), std::string::npos) << builtin.name;
  }
}

TEST(Synthetic, IsNotSaidOfOthers) {
  const TemporaryFolder folder;
  const AnalysisOutcome outcome = analyse_bytes(session_capture(), into(folder / "out"));
  EXPECT_EQ(outcome.text.find("Synthetic"), std::string::npos);
  EXPECT_TRUE(run_report(load_template("tcp-health"), folder / "out").warning.empty());
}

}  // namespace
}  // namespace plaintalk::analyzer
