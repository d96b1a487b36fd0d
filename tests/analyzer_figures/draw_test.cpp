// plaintalk-draw: pictures that are well-formed whatever stands in the data, and a caller that never waits
// for ever.
#include "analyzer/figures/draw.hpp"

#include <regex>
#include <stack>

#include <gtest/gtest.h>

#include "analyzer/figures/figure_file.hpp"
#include "tests/analyzer_figures/figure_model.hpp"

namespace plaintalk::analyzer {
namespace {

using nlohmann::json;

json chart() {
  return {{"kind", "chart"},
          {"name", "mine"},
          {"title", "Points"},
          {"sentence", "Three points."},
          {"notes", json::array()},
          {"empty", ""},
          {"x", {{"column", "x"}, {"title", "time"}, {"unit", "s"}, {"scale", "linear"}, {"zero", false}}},
          {"y", {{"column", nullptr}, {"title", "bytes"}, {"unit", ""}, {"scale", "linear"}, {"zero", true}}},
          {"series",
           {{{"name", "sent"},
             {"mark", "points"},
             {"column", "y"},
             {"to", nullptr},
             {"until", nullptr},
             {"stretch", true},
             {"where", nullptr}}}},
          {"split", nullptr},
          {"panels", false},
          {"columns", {"x", "y", "packet", "who"}},
          {"filter", {{"person", {"who"}}, {"room", nullptr}, {"connection", nullptr}, {"time", "x"}}},
          {"packets", {"packet"}},
          {"rows", {{0, 10, 1, "alice"}, {1, nullptr, 2, "bob"}, {2, 30, 3, "alice"}}}};
}

std::string svg_of(const json& document, const FigureStyle& style = {}) {
  const auto drawings = draw({document.dump()}, style);
  EXPECT_EQ(drawings.front().error, "");
  return drawings.front().picture;
}

// Elements open and close as XML wants it, and no attribute or text holds markup. Enough to tell hostile
// data.
void expect_well_formed(const std::string& svg) {
  std::stack<std::string> open;
  std::size_t at = 0;
  while ((at = svg.find('<', at)) != svg.npos) {
    const std::size_t end = svg.find('>', at);
    ASSERT_NE(end, svg.npos);
    std::string tag = svg.substr(at + 1, end - at - 1);
    at = end;
    ASSERT_FALSE(tag.empty());
    const std::string name =
        tag.substr(tag[0] == '/' ? 1 : 0, tag.find_first_of(" /", 1) - (tag[0] == '/' ? 1 : 0));
    static const std::regex kKnown("svg|g|path|text|tspan|title|desc|rect|line|circle");
    ASSERT_TRUE(std::regex_match(name, kKnown)) << tag;
    ASSERT_EQ(tag.find(" on"), tag.npos) << "no handler: " << tag;
    if (tag[0] == '/') {
      ASSERT_FALSE(open.empty());
      ASSERT_EQ(open.top(), name);
      open.pop();
    } else if (tag.back() != '/') {
      open.push(name);
    }
  }
  EXPECT_TRUE(open.empty());
}

std::size_t count_of(const std::string& text, const std::string& what) {
  std::size_t count = 0;
  for (std::size_t at = text.find(what); at != text.npos; at = text.find(what, at + 1)) ++count;
  return count;
}

TEST(Drawing, GivesAPictureWithWordsForThoseWhoDoNotSeeIt) {
  const std::string svg = svg_of(chart());
  expect_well_formed(svg);
  EXPECT_TRUE(svg.starts_with("<svg xmlns=\"http://www.w3.org/2000/svg\" role=\"img\""))
      << svg.substr(0, 100);
  EXPECT_NE(svg.find("<title>Points</title><desc>Three points.</desc>"), svg.npos);
  EXPECT_EQ(count_of(svg, "data-packet="), 2U) << "what is unknown has no mark";
  EXPECT_NE(svg.find("data-packet=\"3\""), svg.npos);
  EXPECT_NE(svg.find(">time (s)<"), svg.npos);
  EXPECT_EQ(svg, svg_of(chart())) << "the same each time";
}

TEST(Drawing, EscapesWhateverStandsInTheData) {
  const std::string hostile =
      "</text><script>alert(1)</script>\" onload=\"x' & aria-label=\"packet 7\" \x01\xef\xbf\xbf";
  json document = chart();
  document["title"] = hostile;
  document["sentence"] = hostile;
  document["notes"] = {hostile};
  document["x"]["title"] = hostile;
  document["series"][0]["name"] = hostile;
  document["split"] = "who";
  document["rows"] = {{0, 10, 1, hostile}, {1, 5, 2, "<b>"}, {2, 30, 3, "__proto__"}, {3, 1, 4, nullptr}};
  const std::string svg = svg_of(document);
  expect_well_formed(svg);
  EXPECT_EQ(svg.find("<script"), svg.npos);
  EXPECT_EQ(svg.find('\x01'), svg.npos) << "XML has no place for it";
  EXPECT_NE(svg.find("__proto__"), svg.npos);
  EXPECT_EQ(count_of(svg, "data-packet="), 4U);
  document = chart();
  document["y"]["scale"] = "category";
  document["series"][0]["column"] = "who";
  document["rows"] = {{0, 10, 1, hostile}, {2, 30, 3, "<b>"}};
  expect_well_formed(svg_of(document));
  document["empty"] = hostile;
  const std::string empty = svg_of(document);
  expect_well_formed(empty);
  EXPECT_EQ(empty.find("<script"), empty.npos);
}

TEST(Drawing, TakesOneRowNoRowAndNumbersOfEverySize) {
  json document = chart();
  document["rows"] = {{5, 7, 1, "alice"}};
  for (const char* const mark : {"points", "line", "steps", "area", "range"}) {
    SCOPED_TRACE(mark);
    document["series"][0]["mark"] = mark;
    document["series"][0]["to"] = mark == std::string("range") ? json("packet") : json(nullptr);
    expect_well_formed(svg_of(document));
  }
  document = chart();
  document["rows"] = json::array();
  EXPECT_NE(svg_of(document).find("Nothing to show with this choice."), std::string::npos);
  document["rows"] = {{-1e300, 1e300, 1, "a"}, {1e300, -1e300, 2, "a"}, {0, 1e-300, 3, "a"}};
  expect_well_formed(svg_of(document));
  document["y"]["scale"] = "log";
  document["rows"] = {{1, 0, 1, "a"}, {2, -5, 2, "a"}};
  EXPECT_NE(svg_of(document).find("Nothing to show"), std::string::npos) << "no place on a logarithmic axis";
  document["rows"] = {{1, 3, 1, "a"}};
  expect_well_formed(svg_of(document));
}

TEST(Drawing, BreaksALineWhereAValueIsUnknown) {
  json document = chart();
  document["series"][0]["mark"] = "line";
  document["rows"] = {{0, 1, 1, "a"}, {1, 2, 2, "a"}, {2, nullptr, 3, "a"}, {3, 4, 4, "a"}, {4, 5, 5, "a"}};
  const std::string svg = svg_of(document);
  std::smatch line;
  static const std::regex kLine("d=\"(M[^\"]*L[^\"]*M[^\"]*L[^\"]*)\"");
  EXPECT_TRUE(std::regex_search(svg, line, kLine)) << "two pieces of one line";
}

TEST(Drawing, ShowsOnlyWhatTheFilterLeaves) {
  FigureStyle style;
  style.person = "alice";
  EXPECT_EQ(count_of(svg_of(chart(), style), "data-packet="), 2U);
  style.person = "bob";
  EXPECT_NE(svg_of(chart(), style).find("Nothing to show with this choice."), std::string::npos);
  style.person.clear();
  style.from = "1.5";
  EXPECT_EQ(count_of(svg_of(chart(), style), "data-packet="), 1U);
  style.from.clear();
  style.connection = "4";
  EXPECT_EQ(count_of(svg_of(chart(), style), "data-packet="), 2U) << "the figure knows no connections";
}

TEST(Drawing, HasTheSizeFontAndColoursThatWereAskedFor) {
  FigureStyle style;
  style.width = 800;
  style.height = 300;
  style.font = "Some Font";
  const std::string light = svg_of(chart(), style);
  EXPECT_NE(light.find("width=\"800\" height=\"300\""), light.npos);
  EXPECT_NE(light.find("Some Font"), light.npos);
  style.dark = true;
  EXPECT_NE(svg_of(chart(), style), light);
}

TEST(Drawing, TellsSeriesApartByMoreThanColour) {
  json document = chart();
  document["split"] = "who";
  document["series"][0]["mark"] = "line";
  document["rows"] = {{0, 1, 1, "a"}, {1, 2, 2, "a"}, {0, 4, 4, "b"}, {1, 5, 5, "b"}};
  EXPECT_EQ(count_of(svg_of(document), "stroke-dasharray"), 2U) << "one line and its sample in the legend";
}

TEST(Drawing, ShowsEightSeriesAndSaysHowManyMoreThereAre) {
  json document = chart();
  document["split"] = "who";
  document["rows"] = json::array();
  for (int who = 0; who < 11; ++who)
    document["rows"].push_back({who, 1, who + 1, "user" + std::to_string(who)});
  const std::string svg = svg_of(document);
  EXPECT_NE(svg.find(">3 more are not drawn: choose a person, a room or a connection.<"), svg.npos);
  EXPECT_EQ(count_of(svg, "data-packet="), 8U);
}

TEST(Drawing, ShowsTimesAsAClockInUtc) {
  json document = chart();
  document["x"]["scale"] = "time";
  document["rows"] = {{1'700'000'000, 1, 1, "a"}, {1'700'000'060, 2, 2, "a"}};
  EXPECT_NE(svg_of(document).find(">22:14<"), std::string::npos) << "2023-11-14 22:13:20 UTC and a minute";
}

TEST(Drawing, TakesTextsOfAnyLength) {
  json document = chart();
  document["title"] = std::string(3'000'000, 'x');
  document["split"] = "who";
  document["rows"] = {{0, 1, 1, std::string(1'000'000, 'y')}, {1, 2, 2, "b"}};
  expect_well_formed(svg_of(document));
}

// Goal: a figure that cannot be drawn is told of, and the others are drawn.
TEST(Drawing, GoesOnAfterAFigureThatFails) {
  json unknown = chart();
  unknown["kind"] = "constructor";
  json broken = chart();
  broken.erase("columns");
  const auto drawings = draw({chart().dump(), unknown.dump(), broken.dump(), chart().dump()}, {});
  ASSERT_EQ(drawings.size(), 4U);
  EXPECT_EQ(drawings[0].error, "");
  EXPECT_EQ(drawings[1].error, "there is no figure of the kind 'constructor'");
  EXPECT_NE(drawings[2].error, "");
  EXPECT_EQ(drawings[3].picture, drawings[0].picture);
}

// The limit is so small that no figure is drawn in it, on any machine.
TEST(Drawing, EndsWhatTakesTooLong) {
  DrawLimits limits;
  limits.time = std::chrono::nanoseconds(1);
  const auto drawings = draw({chart().dump(), chart().dump()}, {}, PictureFormat::svg, 1, limits);
  for (const Drawing& drawing : drawings) EXPECT_EQ(drawing.error, "it took too long and was ended");
}

TEST(Drawing, RefusesPicturesThatAreTooLarge) {
  DrawLimits limits;
  limits.size_max = 100;
  EXPECT_EQ(draw({chart().dump()}, {}, PictureFormat::svg, 1, limits).front().error,
            "the picture is too large");
  FigureStyle style;
  style.width = 10'000;
  style.height = 10'000;
  EXPECT_EQ(draw({chart().dump()}, style, PictureFormat::png, 20).front().error,
            "the picture would have 200000 x 200000 pixels; choose a smaller size, or SVG or PDF");
}

TEST(Drawing, MakesPngAndPdfOfTheSamePicture) {
  FigureStyle style;
  style.width = 400;
  style.height = 200;
  const std::string png = draw({chart().dump()}, style, PictureFormat::png, 2).front().picture;
  ASSERT_TRUE(png.starts_with("\x89PNG"));
  const auto number = [&](std::size_t at) {
    return static_cast<unsigned>(static_cast<unsigned char>(png[at + 2])) << 8U |
           static_cast<unsigned char>(png[at + 3]);
  };
  EXPECT_EQ(number(16), 800U);
  EXPECT_EQ(number(20), 400U);
  const std::string pdf = draw({chart().dump()}, style, PictureFormat::pdf).front().picture;
  EXPECT_TRUE(pdf.starts_with("%PDF"));
  EXPECT_NE(pdf.find("[ 0 0 300 150 ]"), pdf.npos) << "points of 1/72 inch";
}

// Goal: every figure that is built in, of a session whose texts are hostile.
TEST(Drawing, DrawsEveryBuiltInFigure) {
  const TemporaryFolder folder;
  analyse_bytes(session_capture(), into(folder / "analysis"));
  std::vector<std::string> documents;
  for (const std::string_view name : builtin_figures())
    documents.push_back(make_figure(load_figure(std::string(name)), folder / "analysis").document);
  FigureStyle style;
  for (const bool dark : {false, true}) {
    style.dark = dark;
    const auto drawings = draw(documents, style);
    for (std::size_t at = 0; at < drawings.size(); ++at) {
      SCOPED_TRACE(builtin_figures()[at]);
      EXPECT_EQ(drawings[at].error, "");
      expect_well_formed(drawings[at].picture);
      // An arrow of the graph stands for as many packets as there were messages.
      if (builtin_figures()[at] != "talk-graph") {
        EXPECT_NE(drawings[at].picture.find(" data-packet"), std::string::npos);
      }
    }
  }
}

TEST(FigureFiles, AreWrittenWholeAndReplaceOnlyPictures) {
  const TemporaryFolder folder;
  write_picture(folder / "a.svg", PictureFormat::svg, "<svg/>");
  write_picture(folder / "a.svg", PictureFormat::svg, "<svg />");
  EXPECT_EQ(read_text(folder / "a.svg"), "<svg />");
  write_text(folder / "thesis.svg", "my own notes");
  EXPECT_EQ(error_of(folder, [&] { write_picture(folder / "thesis.svg", PictureFormat::svg, "<svg/>"); }),
            "thesis.svg exists and is no picture of that kind: choose another name, or remove it");
  EXPECT_EQ(read_text(folder / "thesis.svg"), "my own notes");
  EXPECT_NE(error_of(folder, [&] { write_picture(folder / "no/a.svg", PictureFormat::svg, "<svg/>"); }), "");
}

TEST(FigureFiles, HaveSizesAsPeopleWriteThem) {
  EXPECT_NEAR(parse_length("160mm")->pixels, 604.72, 0.01);
  EXPECT_NEAR(parse_length("16cm")->pixels, 604.72, 0.01);
  EXPECT_DOUBLE_EQ(parse_length("6.5in")->pixels, 624);
  EXPECT_DOUBLE_EQ(parse_length("800px")->pixels, 800);
  EXPECT_FALSE(parse_length("800")->is_on_paper);
  EXPECT_TRUE(parse_length("160mm")->is_on_paper);
  for (const char* const wrong : {"", "mm", "12 mm", "160MM", "-5", "nan", "inf", "199", "10001", "1e9mm"})
    EXPECT_FALSE(parse_length(wrong)) << wrong;
  EXPECT_EQ(picture_format("a/b.svg"), PictureFormat::svg);
  EXPECT_EQ(picture_format("b.pdf"), PictureFormat::pdf);
  EXPECT_FALSE(picture_format("b.jpeg"));
  EXPECT_FALSE(picture_format("svg"));
}

}  // namespace
}  // namespace plaintalk::analyzer
