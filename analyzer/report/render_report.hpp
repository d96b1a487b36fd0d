// A report as CSV (RFC 4180 with LF line ends, safe against spreadsheets' formulas), as a Markdown page, or
// as aligned text for a terminal.
#pragma once

#include <string>

#include "analyzer/report/report_query.hpp"

namespace plaintalk::analyzer {

std::string render_csv(const Report& report);
std::string render_markdown(const Report& report);
std::string render_text(const Report& report);

}  // namespace plaintalk::analyzer
