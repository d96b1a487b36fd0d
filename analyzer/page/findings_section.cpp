#include "analyzer/page/findings_section.hpp"

#include <algorithm>
#include <cstdint>

#include "analyzer/page/html_text.hpp"
#include "analyzer/page/page_table.hpp"
#include "analyzer/page/rival_explanations.hpp"
#include "analyzer/report/report_query.hpp"
#include "analyzer/talk/findings.hpp"
#include "base/text.hpp"

namespace plaintalk::analyzer {
namespace {

constexpr std::size_t kFindingsMax = 500;

// The heaviest first, as the table has them.
constexpr std::string_view kFindingsSql =
    "SELECT severity, kind, rule, text, f.packets, connection, round((time_ns - c.first_time_ns) / 1e9, 6) "
    "FROM findings f, captures c "
    "ORDER BY f.rowid LIMIT 501";
constexpr std::string_view kCountsSql = "SELECT count(*) FROM findings";

std::string_view meaning_of(std::string_view rule) {
  const auto& kinds = finding_kinds();
  const auto found =
      std::find_if(kinds.begin(), kinds.end(), [&](const FindingKind& kind) { return kind.rule == rule; });
  return found == kinds.end() ? std::string_view("a kind that this program does not know") : found->meaning;
}

std::string finding_html(const std::vector<ReportCell>& row) {
  const std::string severity = row[0].text == "high" || row[0].text == "warning" ? row[0].text : "note";
  const std::string& packets = row[4].text;
  std::string html = "<details class=\"finding " + severity + "\"";
  if (!row[5].text.empty()) html += " data-connection=\"" + escape_html(row[5].text) + "\"";
  if (!row[6].text.empty()) html += " data-t=\"" + escape_html(row[6].text) + "\"";
  html += "><summary><b>" + severity + "</b> " + escape_html(row[3].text) +
          "</summary><dl><dt>Rule</dt><dd>" + escape_html(row[2].text) + ", " + escape_html(row[1].text) +
          ": " + escape_html(meaning_of(row[2].text)) + "</dd><dt>Evidence</dt><dd>";
  const std::string filter = display_filter(ColumnRole::packet_list, packets, "");
  if (filter.empty()) {
    html += "It is about the whole capture, and no single packet shows it.";
  } else {
    html += (packets.find(' ') == packets.npos ? "packet " : "packets ") + escape_html(packets) +
            ": <button type=\"button\" data-f=\"" + escape_html(filter) + "\"><code>" + escape_html(filter) +
            "</code></button>";
  }
  if (!row[5].text.empty()) html += " in connection " + escape_html(row[5].text);
  if (!row[6].text.empty()) html += ", " + escape_html(row[6].text) + " s after the first packet";
  return html + "</dd><dt>What else it could be</dt><dd>" + escape_html(rival_explanation(row[2].text)) +
         "</dd></dl></details>\n";
}

}  // namespace

std::string findings_html(const std::string& analysis) {
  const Report report = run_report(parse_template("findings", kFindingsSql), analysis);
  if (report.rows.empty()) return "<p class=\"none\">There is nothing that deserves a second look.</p>\n";
  std::string html;
  const std::size_t shown = std::min(report.rows.size(), kFindingsMax);
  if (shown < report.rows.size()) {
    const Report count = run_report(parse_template("findings", kCountsSql), analysis);
    html += "<p class=\"rule\">The " + std::to_string(shown) + " heaviest of " +
            escape_html(count.rows.front().front().text) + "; all of them are in findings.csv.</p>\n";
  }
  for (std::size_t place = 0; place < shown; ++place) html += finding_html(report.rows[place]);
  return html;
}

}  // namespace plaintalk::analyzer
