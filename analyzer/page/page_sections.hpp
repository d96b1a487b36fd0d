// Parts of the page: its head, the filters, a figure with its words and numbers.
#pragma once

#include <string>

#include "analyzer/page/page_facts.hpp"
#include "analyzer/page/page_figures.hpp"

namespace plaintalk::analyzer {

std::string head_html(const PageFacts& facts);
std::string filters_html(const PageFacts& facts);
// `rows` gets those of its table that the script adds.
std::string figure_html(const PageFigure& figure, std::string& rows);
std::string footer_html(const PageFacts& facts, bool masked);

}  // namespace plaintalk::analyzer
