#include "analyzer/page/page_figures.hpp"

#include <algorithm>
#include <array>
#include <cstdint>
#include <exception>
#include <stdexcept>
#include <utility>

#include <nlohmann/json.hpp>

#include "analyzer/figures/draw.hpp"
#include "analyzer/figures/figure.hpp"
#include "analyzer/figures/figure_template.hpp"
#include "analyzer/page/html_text.hpp"
#include "base/text.hpp"

namespace plaintalk::analyzer {
namespace {

struct Place {
  std::string_view figure;
  std::string_view section;
};
constexpr std::array<Place, 8> kPlaces{{{"ladder", "ladder"},
                                        {"talk-graph", "people"},
                                        {"delivery-latency", "delivery"},
                                        {"time-sequence", "connections"},
                                        {"throughput", "connections"},
                                        {"round-trip-time", "connections"},
                                        {"window", "connections"},
                                        {"timeline", "timeline"}}};
constexpr std::size_t kTableRowsMax = 5'000;

PageTable table_of(const Figure& figure) {
  PageTable table;
  table.id = "numbers-" + figure.name;
  table.title = "Numbers of: " + figure.title;
  table.columns = figure.columns;
  table.rows = figure.rows;
  table.why_empty = figure.why_empty;
  if (figure.row_count > figure.rows.size())
    table.rule = "The first " + std::to_string(figure.rows.size()) + " of " +
                 plural(figure.row_count, "row") + "; plaintalk report " + figure.name +
                 " --format csv gives all.";
  return table;
}

// Title and notes stand beside the figure in the page's own words.
std::string without_words(const std::string& document) {
  nlohmann::ordered_json json = nlohmann::ordered_json::parse(document);
  json["title"] = "";
  json["notes"] = nlohmann::ordered_json::array();
  return json.dump(-1, ' ', false, nlohmann::ordered_json::error_handler_t::replace);
}

class PageFigureMaker {
 public:
  PageFigureMaker(const std::string& analysis, const FigureBudget& budget)
      : analysis_(analysis), budget_(budget), end_(read_clocks().instant + budget.time) {
    settings_.table_row_max = kTableRowsMax;
    settings_.column_count = 400;
    settings_.document_row_max = 12'000;
  }

  PageFigures make() {
    for (const Place& place : kPlaces) {
      try {
        add(place);
      } catch (const std::exception& error) {
        PageFigure& figure = result_.figures.emplace_back();
        figure.name = place.figure;
        figure.section = place.section;
        figure.title = place.figure;
        figure.trouble = error.what();
        result_.troubles.push_back("the figure " + std::string(place.figure) + ": " + error.what());
      }
    }
    draw_all();
    return std::move(result_);
  }

 private:
  Nanoseconds time_left() const { return end_ - read_clocks().instant; }

  void add(const Place& place) {
    const FigureTemplate description = load_figure(std::string(place.figure));
    FigureSettings settings = settings_;
    settings.time = time_left();
    if (settings.time <= Nanoseconds::zero())
      throw std::runtime_error("there was no time left for it; plaintalk report --figure " +
                               std::string(place.figure) + " draws it");
    Figure figure = make_figure(description, analysis_, settings);
    PageFigure& made = result_.figures.emplace_back();
    made.name = figure.name;
    made.section = place.section;
    made.title = figure.title;
    made.sentence = figure.sentence;
    made.description = figure.description;
    made.notes = figure.notes;
    made.why_empty = figure.why_empty;
    made.table = table_of(figure);
    first_documents_.push_back(figure.document);
    drawn_.push_back(result_.figures.size() - 1);
    const auto label = std::ranges::find(figure.choices, figure.chosen, &FigureChoice::value);
    keep(made,
         {figure.chosen, label == figure.choices.end() ? figure.chosen : label->label, figure.document});
    if (figure.choices.size() < 2) return;
    std::size_t left_out = 0;
    for (const FigureChoice& choice : figure.choices) {
      if (choice.value == figure.chosen) continue;
      if (made.variants.size() >= budget_.variant_count) {
        ++left_out;
        continue;
      }
      settings.time = time_left() - budget_.time / 2;
      settings.parameters = {{figure.choice_parameter, choice.value}};
      settings.table_row_max = 1;
      if (!keep_variant(made, description, choice, settings)) ++left_out;
    }
    made.notes.push_back(
        "Drawn here is " + (label == figure.choices.end() ? figure.chosen : label->label) + ", of " +
        plural(figure.choices.size(), "connection") + "." +
        (left_out > 0 ? " " + std::to_string(left_out) + " are not in this page: plaintalk report --figure " +
                            figure.name + " --set " + figure.choice_parameter + "=N draws them."
                      : ""));
  }

  // One more connection is worth some time, and no trouble when there is none.
  bool keep_variant(PageFigure& figure, const FigureTemplate& description, const FigureChoice& choice,
                    const FigureSettings& settings) {
    if (settings.time <= Nanoseconds::zero()) return false;
    try {
      return keep(figure,
                  {choice.value, choice.label, make_figure(description, analysis_, settings).document});
    } catch (const std::runtime_error&) {
      return false;
    }
  }

  bool keep(PageFigure& figure, PageFigureVariant variant) {
    if (variant.document.size() > budget_.document_size_max ||
        documents_size_ + variant.document.size() > budget_.documents_size_max)
      return false;
    documents_size_ += variant.document.size();
    figure.variants.push_back(std::move(variant));
    return true;
  }

  void draw_all() {
    if (first_documents_.empty()) return;
    try {
      std::vector<std::string> documents;
      for (const std::string& document : first_documents_) documents.push_back(without_words(document));
      FigureStyle style;
      style.width = 960;
      style.height = 380;
      style.font = "system-ui, 'DejaVu Sans', sans-serif";
      style.font_size = 12;
      const std::vector<Drawing> drawings =
          draw(documents, style, PictureFormat::svg, 1,
               {.time = budget_.time / static_cast<std::int64_t>(documents.size())});
      for (std::size_t at = 0; at < drawings.size(); ++at) {
        PageFigure& figure = result_.figures[drawn_[at]];
        figure.svg = with_own_ids(drawings[at].picture, figure.name);
        if (figure.svg.starts_with("<svg "))
          figure.svg.insert(4, " aria-label=\"" + escape_html(figure.title) + '"');
        figure.trouble = drawings[at].error;
        if (!figure.trouble.empty())
          result_.troubles.push_back("the figure " + figure.name + ": " + figure.trouble);
      }
    } catch (const std::exception& error) {
      for (const std::size_t at : drawn_) result_.figures[at].trouble = error.what();
      result_.troubles.emplace_back(error.what());
    }
  }

  const std::string& analysis_;
  const FigureBudget& budget_;
  Instant end_;  // of the time for queries
  FigureSettings settings_;
  PageFigures result_;
  std::vector<std::string> first_documents_;
  std::vector<std::size_t> drawn_;  // which figure each of them belongs to
  std::size_t documents_size_ = 0;
};

}  // namespace

PageFigures make_page_figures(const std::string& analysis, const FigureBudget& budget) {
  return PageFigureMaker(analysis, budget).make();
}

std::string with_own_ids(std::string svg, std::string_view name) {
  const auto put = [&](std::string_view mark) {
    for (std::size_t at = svg.find(mark); at != svg.npos;
         at = svg.find(mark, at + mark.size() + name.size() + 1))
      svg.insert(at + mark.size(), std::string(name) + '-');
  };
  put(" id=\"");
  put("url(#");
  return svg;
}

}  // namespace plaintalk::analyzer
