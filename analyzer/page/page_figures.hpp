// The figures of the page: made from their templates, drawn beforehand by plaintalk-draw, and with the
// documents from which the page draws them anew under a filter.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "analyzer/page/page_table.hpp"
#include "base/time.hpp"

namespace plaintalk::analyzer {

struct PageFigureVariant {  // of one connection, say
  std::string value;        // empty: the figure has no choice
  std::string label;
  std::string document;  // JSON without "<"
};

struct PageFigure {
  std::string name;
  std::string section;
  std::string title;
  std::string sentence;
  std::string description;
  std::vector<std::string> notes;
  std::string why_empty;
  std::string svg;      // of the first variant; empty: it could not be drawn
  std::string trouble;  // why
  PageTable table;
  std::vector<PageFigureVariant> variants;
};

struct PageFigures {
  std::vector<PageFigure> figures;
  std::vector<std::string> troubles;  // in words, for a person at a terminal
};

struct FigureBudget {
  // For the queries of all figures together, those of further connections only in its first half; drawing may
  // take as long again. What has no room in it is left out, and said.
  Nanoseconds time = std::chrono::seconds(20);
  std::size_t variant_count = 8;             // of a figure with a choice
  std::size_t document_size_max = 3 << 20;   // of one document that is put into the page
  std::size_t documents_size_max = 8 << 20;  // of all
};

// Never throws because of a figure: it is left out, and said so.
PageFigures make_page_figures(const std::string& analysis, const FigureBudget& budget);

// An SVG may stand in a page with others: its ids get the figure's name in front.
std::string with_own_ids(std::string svg, std::string_view name);

}  // namespace plaintalk::analyzer
