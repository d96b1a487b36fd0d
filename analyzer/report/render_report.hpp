// A report as CSV (RFC 4180 with LF line ends, safe against spreadsheets' formulas), as a Markdown page, or
// as text for a terminal. A report without rows says why.
#pragma once

#include <cstddef>
#include <string>

#include "analyzer/report/report_query.hpp"

namespace plaintalk::analyzer {

std::string render_csv(const Report& report);
std::string render_markdown(const Report& report);
// Folded to `width` places on the terminal; 0: as wide as it is.
std::string render_text(const Report& report, std::size_t width = 0);

}  // namespace plaintalk::analyzer
