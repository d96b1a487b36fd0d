#include <cmath>

#include <gtest/gtest.h>

#include "tests/analyzer_figures/figure_model.hpp"

namespace plaintalk::analyzer {
namespace {

class Figures : public testing::Test {
 protected:
  static void SetUpTestSuite() {
    folder = new TemporaryFolder;
    analyse_bytes(session_capture(), into(*folder / "filled"));
    analyse_bytes(session_capture("synthetic: recorded by a test"), into(*folder / "made-up"));
    SessionCapture empty;
    empty.finish();
    analyse_bytes(empty.bytes, into(*folder / "empty"));
  }
  static void TearDownTestSuite() { delete folder; }

  static Figure make(const std::string& description, const std::string& sql,
                     const FigureSettings& settings = {}) {
    return make_figure(load_figure(write_figure(*folder, description, sql)), *folder / "filled", settings);
  }
  static std::string make_error(const std::string& description, const std::string& sql,
                                const FigureSettings& settings = {}) {
    return error_of(*folder, [&] { make(description, sql, settings); });
  }
  static TemporaryFolder* folder;
};
TemporaryFolder* Figures::folder = nullptr;

TEST_F(Figures, ThatAreBuiltInAreMadeOfAnyAnalysis) {
  for (const std::string_view name : builtin_figures()) {
    SCOPED_TRACE(name);
    const FigureTemplate figure_template = load_figure(std::string(name));
    const Figure filled = make_figure(figure_template, *folder / "filled");
    EXPECT_EQ(filled.why_empty, "");
    EXPECT_NE(filled.sentence, "");
    EXPECT_EQ(filled.title.find('{'), filled.title.npos) << filled.title;
    EXPECT_GT(filled.row_count, 0U);
    EXPECT_EQ(filled.rows.size(), filled.row_count);
    const auto document = document_of(filled);
    EXPECT_EQ(document["title"], filled.title);
    EXPECT_EQ(document["rows"].size(), filled.row_count) << "short enough to stay whole";
    EXPECT_EQ(document["rows"][0].size(), filled.columns.size());
    const Figure empty = make_figure(figure_template, *folder / "empty");
    EXPECT_NE(empty.why_empty, "");
    EXPECT_EQ(document_of(empty)["empty"], empty.why_empty);
  }
}

// Goal: what made-up headers would have told is not drawn; what was said still is.
TEST_F(Figures, SayWhatMadeUpHeadersCannotTell) {
  for (const char* const name : {"time-sequence", "round-trip-time", "window"}) {
    SCOPED_TRACE(name);
    const Figure figure = make_figure(load_figure(name), *folder / "made-up");
    EXPECT_NE(figure.why_empty, "");
    ASSERT_FALSE(figure.notes.empty());
    EXPECT_NE(figure.notes[0].find("made up"), std::string::npos) << figure.notes[0];
  }
  const Figure latency = make_figure(load_figure("delivery-latency"), *folder / "made-up");
  EXPECT_EQ(latency.why_empty, "");
  EXPECT_FALSE(latency.notes.empty());
}

TEST_F(Figures, ChooseWhatThereIsMostOfAndSaySo) {
  const Figure figure = make_figure(load_figure("time-sequence"), *folder / "filled");
  ASSERT_GE(figure.choices.size(), 2U);
  EXPECT_EQ(figure.choice_parameter, "connection");
  EXPECT_EQ(figure.chosen, figure.choices[0].value);
  EXPECT_NE(figure.title.find(figure.choices[0].label), std::string::npos) << figure.title;
  FigureSettings settings;
  settings.parameters = {{"connection", figure.choices[1].value}};
  const Figure other = make_figure(load_figure("time-sequence"), *folder / "filled", settings);
  EXPECT_EQ(other.chosen, figure.choices[1].value);
  EXPECT_NE(other.title.find(figure.choices[1].label), std::string::npos) << other.title;
  settings.parameters = {{"connection", "99"}};
  const Figure none = make_figure(load_figure("time-sequence"), *folder / "filled", settings);
  EXPECT_NE(none.why_empty.find("with connection=99"), std::string::npos) << none.why_empty;
  settings.parameters = {{"user", "alice"}};
  EXPECT_EQ(
      error_of(*folder, [&] { make_figure(load_figure("time-sequence"), *folder / "filled", settings); }),
      "time-sequence has no parameter 'user'; see --list");
}

TEST_F(Figures, SayWhichLineOfWhichFileIsWrong) {
  const std::string good = kPlainDescription;
  EXPECT_EQ(make_error(good, "SELECT 1 AS x,\n  2 AS z"),
            "mine.figure.toml, line 9: mine.sql gives no column 'y'; it gives: x, z");
  EXPECT_EQ(make_error(good + "where = { kind = \"a\" }\n", "SELECT 1 AS x, 2 AS y"),
            "mine.figure.toml, line 10: mine.sql gives no column 'kind'; it gives: x, y");
  EXPECT_EQ(make_error("packets = \"p\"\n" + good, "SELECT 1 AS x, 2 AS y"),
            "mine.figure.toml, line 1: mine.sql gives no column 'p'; it gives: x, y");
  EXPECT_EQ(make_error(good, "SELECT 1 AS x,\n  2 AS y FROM nowhere"), "mine.sql: no such table: nowhere");
  EXPECT_EQ(make_error(good, "SELECT 1 AS x,\n  missing AS y"), "mine.sql, line 2: no such column: missing");
  EXPECT_EQ(make_error(good, "DELETE FROM messages"),
            "mine.sql: not authorized (a template may only read the tables)");
  EXPECT_EQ(make_error("sentence = \"SELECT\\n oops, 1\"\n" + good, "SELECT 1 AS x, 2 AS y"),
            "mine.figure.toml, line 2: no such column: oops")
      << "a line feed of the SQL counts as a line of it";
  EXPECT_EQ(make_error("sentence = \"\"\"\nSELECT\n oops, 1\"\"\"\n" + good, "SELECT 1 AS x, 2 AS y"),
            "mine.figure.toml, line 3: no such column: oops");
  EXPECT_EQ(make_error("sentence = \"SELECT 1, 2\"\n" + good, "SELECT 1 AS x, 2 AS y"),
            "mine.figure.toml: the SQL of 'sentence' gives 2 columns; it must give one text");
  EXPECT_EQ(make_error(good + "[choice]\nparameter = \"room\"\nsql = \"\"\"\nSELECT 1,\n  oops\"\"\"\n",
                       "-- parameter: room = : x\nSELECT 1 AS x, 2 AS y"),
            "mine.figure.toml, line 14: no such column: oops");
  EXPECT_EQ(make_error(good + "[choice]\nparameter = \"room\"\nsql = \"SELECT 1\"\n",
                       "-- parameter: room = : x\nSELECT 1 AS x, 2 AS y"),
            "mine.figure.toml: the SQL of [choice] gives 1 column; it must give a value and its label");
}

TEST_F(Figures, KeepUnknownUnknownAndNumbersWhole) {
  const Figure figure = make(kPlainDescription,
                             "SELECT 0 AS x, NULL AS y UNION ALL SELECT 1, 9e999 UNION ALL SELECT 2, 0.00004 "
                             "UNION ALL SELECT 3, 'text'");
  const auto rows = document_of(figure)["rows"];
  ASSERT_EQ(rows.size(), 4U);
  EXPECT_TRUE(rows[0][1].is_null());
  EXPECT_TRUE(rows[1][1].is_null()) << "infinity";
  EXPECT_EQ(rows[2][1], 0.00004);
  EXPECT_EQ(rows[3][1], "text");
  const Figure nothing = make(kPlainDescription, "-- empty: Nothing has a place\nSELECT 0 AS x, NULL AS y");
  EXPECT_TRUE(nothing.why_empty.starts_with("Nothing has a place")) << nothing.why_empty;
}

TEST_F(Figures, AreThinnedAndSaySo) {
  FigureSettings settings;
  settings.column_count = 20;
  const Figure figure = make(kPlainDescription,
                             "WITH RECURSIVE n(x) AS (SELECT 0 UNION ALL SELECT x + 1 FROM n WHERE x < 9999) "
                             "SELECT x, CASE WHEN x = 5432 THEN 77 ELSE x % 10 END AS y FROM n",
                             settings);
  const auto document = document_of(figure);
  EXPECT_EQ(figure.row_count, 10'000U);
  EXPECT_LE(document["rows"].size(), 80U);
  ASSERT_EQ(figure.notes.size(), 1U);
  EXPECT_EQ(figure.notes[0],
            "Thinned from 10000 to " + std::to_string(document["rows"].size()) +
                " points: of each 1/20 of the width the first, last, lowest and highest are kept.");
  EXPECT_NE(document["rows"].dump().find("[5432,77]"), std::string::npos) << "the highest of all";
}

// Goal: many rows are a figure, and what is held of any query is bounded.
TEST_F(Figures, TakeManyRowsAndNoMoreThanTheirBounds) {
  const std::string many =
      "WITH RECURSIVE n(x) AS (SELECT 1 UNION ALL SELECT x + 1 FROM n WHERE x < 100000) SELECT x, x % 977 AS "
      "y FROM n";
  FigureSettings settings;
  settings.table_row_max = 100;
  const Figure figure = make(kPlainDescription, many, settings);
  EXPECT_EQ(figure.row_count, 100'000U);
  EXPECT_EQ(figure.rows.size(), 100U);
  EXPECT_LE(figure.document.size(), 200'000U);
  settings.row_count_max = 1000;
  EXPECT_EQ(make_error(kPlainDescription, many, settings),
            "mine.sql: the query gives more than 1000 rows; add a LIMIT");
  settings.row_count_max = 2'000'000;
  settings.size_max = 1 << 20;
  EXPECT_EQ(make_error(kPlainDescription, many, settings),
            "mine.sql: the query gives more than 1 MiB; add a LIMIT");
}

TEST_F(Figures, ShowTheGroupsWithTheMostRows) {
  const Figure figure = make(std::string("split = \"g\"\n") + kPlainDescription,
                             "WITH RECURSIVE n(x) AS (SELECT 1 UNION ALL SELECT x + 1 FROM n WHERE x < 999) "
                             "SELECT x, 1 AS y, CASE WHEN x < 100 THEN x ELSE 1000 END AS g FROM n");
  ASSERT_FALSE(figure.notes.empty());
  EXPECT_EQ(figure.notes[0], "The 64 with the most rows, of 100.");
}

TEST_F(Figures, HaveABoundOfRowsForAllSeriesTogether) {
  const Figure figure =
      make(std::string("split = \"g\"\n") + kPlainDescription,
           "WITH RECURSIVE n(x) AS (SELECT 1 UNION ALL SELECT x + 1 FROM n WHERE x < 120000) "
           "SELECT x, CASE WHEN x % 7 THEN x % 1009 END AS y, x % 60 AS g FROM n");
  const std::size_t count = document_of(figure)["rows"].size();
  EXPECT_LE(count, 50'000U);
  EXPECT_GT(count, 20'000U);
}

TEST_F(Figures, HoldNoMarkupOfTheDataInTheirDocument) {
  const Figure figure = make("split = \"g\"\n" + std::string(kPlainDescription),
                             "SELECT 1 AS x, 2 AS y, '</script><!--' || char(8232) AS g");
  EXPECT_EQ(figure.document.find('<'), figure.document.npos) << figure.document;
  EXPECT_EQ(document_of(figure)["rows"][0][2], "</script><!--\u2028");
}

TEST_F(Figures, OfManyCapturesAreOfOne) {
  EXPECT_EQ(error_of(*folder, [] { make_figure(load_figure("timeline"), *folder / "nowhere"); })
                .find("nowhere does not exist"),
            0U);
  FigureSettings settings;
  settings.capture = "one.pcap";
  EXPECT_EQ(error_of(*folder, [&] { make_figure(load_figure("timeline"), *folder / "filled", settings); }),
            "this analysis is of one capture; --capture chooses among those of analyze --each");
}

}  // namespace
}  // namespace plaintalk::analyzer
