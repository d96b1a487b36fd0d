// report.html: an analysis as one page that asks nobody for anything. Words, figures and tables are in it as
// they are; its script, the only one that its policy (CSP) lets run, filters, sorts and draws anew. The same
// analysis gives the same bytes.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "analyzer/page/page_figures.hpp"

namespace plaintalk::analyzer {

inline constexpr std::string_view kPageName = "report.html";
// In the first 4 KiB of every page.
inline constexpr std::string_view kPageMark = "<meta name=\"generator\" content=\"plaintalk\">";

struct PageOptions {
  bool show_secrets = false;  // of an analysis that has them; else none is in the page
  FigureBudget figures{};
};

struct Page {
  std::string html;
  std::vector<std::string> troubles;  // figures that are missing in it, and why
};

// In one line for a person at a terminal; empty: nothing is.
std::string what_is_missing(const Page& page);

// `analysis` is a folder that plaintalk-analyze wrote, or its database. Throws std::runtime_error when that
// cannot be read, or secrets are asked for that it has not.
Page make_page(const std::string& analysis, const PageOptions& options = {});

}  // namespace plaintalk::analyzer
