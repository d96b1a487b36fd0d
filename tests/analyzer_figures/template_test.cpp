// What a description may say, and that each fault names its file and line.
#include <gtest/gtest.h>

#include "tests/analyzer_figures/figure_model.hpp"

namespace plaintalk::analyzer {
namespace {

constexpr const char* kSql = "-- parameter: room = #lab : which\nSELECT 1 AS x, 2 AS y";

std::string load_error(const std::string& description, const std::string& sql = kSql) {
  const TemporaryFolder folder;
  const std::string path = write_figure(folder, description, sql);
  return error_of(folder, [&] { load_figure(path); });
}

std::string replaced(std::string text, const std::string& from, const std::string& to) {
  const std::size_t at = text.find(from);
  EXPECT_NE(at, text.npos) << from;
  return text.replace(at, from.size(), to);
}

TEST(FigureTemplates, AreReadFromADescriptionBesideItsQuery) {
  const TemporaryFolder folder;
  const std::string path = write_figure(folder, kPlainDescription, kSql);
  for (const std::string& name : {path, folder / "mine.sql", folder / "mine"}) {
    const FigureTemplate figure = load_figure(name);
    EXPECT_EQ(figure.name, "mine");
    EXPECT_EQ(figure.kind, "chart");
    EXPECT_EQ(figure.x.column.text, "x");
    EXPECT_EQ(figure.x.scale, "linear");
    ASSERT_EQ(figure.series.size(), 1U);
    EXPECT_EQ(figure.series[0].mark, "points");
    EXPECT_EQ(figure.series[0].name, "y");
    ASSERT_EQ(figure.query.parameters.size(), 1U);
  }
}

TEST(FigureTemplates, MayNameAnotherQuery) {
  const TemporaryFolder folder;
  write_figure(folder, std::string("query = \"other.sql\"\n") + kPlainDescription, kSql);
  EXPECT_EQ(error_of(folder, [&] { load_figure(folder / "mine.figure.toml"); }),
            "mine.figure.toml: its query is missing: there is no file other.sql");
  write_text(folder / "other.sql", "-- title: The other\nSELECT 1 AS x, 2 AS y");
  EXPECT_EQ(load_figure(folder / "mine.figure.toml").query.title, "The other");
}

TEST(FigureTemplates, ThatAreNowhereSayWhatThereIs) {
  const TemporaryFolder folder;
  const std::string error = error_of(folder, [] { load_figure("no-such-figure"); });
  EXPECT_NE(error.find("there is no figure 'no-such-figure'"), error.npos) << error;
  EXPECT_NE(error.find("time-sequence"), error.npos) << error;
}

TEST(FigureTemplates, ThatAreBuiltInLoadAndTellHowTheyAreRead) {
  ASSERT_GE(builtin_figures().size(), 2U);
  for (const std::string_view name : builtin_figures()) {
    SCOPED_TRACE(name);
    const FigureTemplate figure = load_figure(std::string(name));
    EXPECT_EQ(figure.name, name);
    EXPECT_FALSE(figure.query.description.empty());
    EXPECT_FALSE(figure.sentence.sql.empty());
  }
}

// Every fault that a description can have, and the line that is named.
TEST(FigureTemplates, ThatAreFaultySayWhichLineAndWhatIsWrong) {
  const std::string good = kPlainDescription;
  EXPECT_EQ(load_error(good), "");
  EXPECT_TRUE(
      load_error("kind = \"chart\"\ntitle = \n").starts_with("mine.figure.toml, line 2: Error while parsing"))
      << "the rest is the parser's";
  EXPECT_EQ(load_error(replaced(good, "[y]", "[y]\ncolour = \"red\"")),
            "mine.figure.toml, line 7: unknown key 'colour' in [y]");
  EXPECT_EQ(load_error("colour = 1\n" + good), "mine.figure.toml, line 1: unknown key 'colour'");
  EXPECT_EQ(load_error(good + "colour = 1\n"),
            "mine.figure.toml, line 10: unknown key 'colour' in [[series]]");
  EXPECT_EQ(load_error(replaced(good, "title = \"Points\"\n", "")),
            "mine.figure.toml, line 1: 'title' is missing: what there is to see");
  EXPECT_EQ(load_error(replaced(good, "\"Points\"", "5")),
            "mine.figure.toml, line 2: 'title' is a text in quotation marks");
  EXPECT_EQ(load_error(replaced(good, "\"Points\"", "\"\"")), "mine.figure.toml, line 2: 'title' is empty");
  EXPECT_EQ(load_error(replaced(good, "Points", "Points of {nobody}")),
            "mine.figure.toml, line 2: {nobody} in the title is no parameter of the query, and there is no "
            "[choice]");
  EXPECT_EQ(load_error(replaced(good, "Points", "Points of {room}")), "");
  EXPECT_EQ(load_error(replaced(good, "title = \"x\"", "title = \"x\"\nscale = \"cubic\"")),
            "mine.figure.toml, line 6: 'cubic' is no scale: write linear, log, time or category");
  EXPECT_EQ(
      load_error(good + "mark = \"pie\"\n"),
      "mine.figure.toml, line 10: 'pie' is no mark: write points, line, steps, bars, area, range or tick");
  EXPECT_EQ(
      load_error(good + "mark = \"range\"\n"),
      "mine.figure.toml, line 8: 'to' and the mark 'range' go together: a bar from one column to the other");
  EXPECT_EQ(load_error(good + "until = \"x\"\n"),
            "mine.figure.toml, line 8: 'until' goes with the mark 'bars': where each bar ends on x");
  EXPECT_EQ(load_error(good + "mark = \"bars\"\n"),
            "mine.figure.toml, line 9: the mark 'bars' needs 'until', or an x axis of the scale category");
  EXPECT_EQ(load_error(good + "mark = \"tick\"\n"),
            "mine.figure.toml, line 9: the mark 'tick' needs a y axis of the scale category");
  EXPECT_EQ(load_error(good + "where = { a = \"1\", b = \"2\" }\n"),
            "mine.figure.toml, line 8: 'where' names one column and its value: where = { kind = \"data\" }");
  EXPECT_EQ(load_error(good + "stretch = \"no\"\n"), "mine.figure.toml, line 10: 'stretch' is true or false");
  EXPECT_EQ(load_error(replaced(good, "[y]\ntitle = \"y\"\n", "")),
            "mine.figure.toml, line 1: [y] is missing: a chart has two axes");
  EXPECT_EQ(load_error(replaced(good, "[[series]]", "[series]")),
            "mine.figure.toml, line 8: 'series' is one table or several: [[series]]");
  EXPECT_EQ(load_error(replaced(good, "column = \"x\"\n", "")),
            "mine.figure.toml, line 1: 'column' is missing in [x]: which column of the query is the x axis");
  EXPECT_EQ(load_error("packets = [\"a\", \"b\", \"c\"]\n" + good),
            "mine.figure.toml, line 1: 'packets' names one column, or the first and the last packet");
  EXPECT_EQ(load_error(good + "[choice]\nparameter = \"connection\"\nsql = \"SELECT 1, 2\"\n"),
            "mine.figure.toml, line 11: mine.sql has no parameter 'connection'");
  EXPECT_EQ(load_error(good + "[choice]\nparameter = \"room\"\n"),
            "mine.figure.toml, line 10: 'sql' is missing: gives each value and its label, the best first");
  EXPECT_EQ(load_error(good + "[filter]\ncolor = \"x\"\n"),
            "mine.figure.toml, line 11: unknown key 'color' in [filter]");
  EXPECT_EQ(load_error(good, "-- parameter: Room\nSELECT 1"),
            "mine.sql, line 1: a parameter is written as '-- parameter: name = default : description'");
}

TEST(FigureTemplates, AreNotReadWhenTheyAreTooLarge) {
  EXPECT_EQ(load_error(std::string(kPlainDescription) + "# " + std::string(70'000, 'x') + "\n"),
            "mine.figure.toml is too large for the description of a figure");
}

}  // namespace
}  // namespace plaintalk::analyzer
