#include "analyzer/page/page.hpp"

#include <array>
#include <stdexcept>

#include "analyzer/figures/scripts/figure_scripts.hpp"
#include "analyzer/page/findings_section.hpp"
#include "analyzer/page/html_text.hpp"
#include "analyzer/page/page_assets.hpp"
#include "analyzer/page/page_facts.hpp"
#include "analyzer/page/page_queries.hpp"
#include "analyzer/page/page_sections.hpp"
#include "analyzer/page/page_table.hpp"
#include "analyzer/page/story.hpp"
#include "base/text.hpp"

namespace plaintalk::analyzer {
namespace {

constexpr std::size_t kRowsSizeMax = std::size_t{3} << 19;  // of the rows of one table that the script adds
constexpr std::string_view kWithoutSummary =
    "This analysis is from an older version and keeps no summary in its database; analyse the capture again "
    "to have it here. "
    "Its tables follow.";

struct Section {
  std::string_view id;
  std::string_view title;
  std::string_view intro;
};
constexpr std::array<Section, 7> kSections{{
    {"ladder", "The ladder",
     "Every frame in the order of time: who sent what to whom, and what became of it."},
    {"people", "Who talks to whom", "The same in sums: an arrow for each pair, in rooms and directly."},
    {"listener", "What a listener reads",
     "Nothing here was deciphered: it crossed the network as it stands."},
    {"delivery", "How long deliveries took",
     "From the packet with the last byte of a message to the packet with the first byte of each copy."},
    {"connections", "The connections", "What TCP did to carry all this."},
    {"timeline", "The whole capture", "What was going on, second by second."},
    {"findings", "Findings",
     "What deserves a second look. Each opens to its rule, its packets, and what else it could be."},
}};

class PageWriter {
 public:
  PageWriter(const std::string& analysis, const PageOptions& options)
      : analysis_(analysis), options_(options) {}

  Page write() {
    facts_ = read_facts(analysis_, !options_.show_secrets);
    if (options_.show_secrets && !facts_.has_secrets)
      throw std::runtime_error(
          "the secrets of this analysis are masked, so a page cannot show them: analyse the capture again "
          "with --show-secrets");
    figures_ = make_page_figures(analysis_, options_.figures);
    body_ = head_html(facts_) + contents() + "</header>\n" + filters_html(facts_) + "<main id=\"main\">\n";
    story();
    for (const Section& section : kSections) write(section);
    body_ += "</main>\n" + footer_html(facts_, !options_.show_secrets);
    return {document(), std::move(figures_.troubles)};
  }

 private:
  std::string contents() const {
    std::string html =
        "<nav class=\"contents\" aria-label=\"Contents\"><ul><li><a href=\"#story\">The story</a></li>\n";
    for (const Section& section : kSections)
      html +=
          "<li><a href=\"#" + std::string(section.id) + "\">" + std::string(section.title) + "</a></li>\n";
    return html + "</ul></nav>\n";
  }

  void story() {
    body_ += "<section aria-labelledby=\"story\">\n<h2 id=\"story\">The story</h2>\n";
    if (facts_.summary.empty()) body_ += "<p class=\"warn\">" + std::string(kWithoutSummary) + "</p>\n";
    for (const StorySection& section : story_of(facts_.summary)) {
      // The page has its own title and contents.
      if (section.title == "Where to go on" || section.title == "Findings") continue;
      if (section.title != "What the packets tell") body_ += "<h3>" + section.title + "</h3>\n";
      body_ += section.html;
    }
    body_ += "</section>\n";
  }

  void write(const Section& section) {
    const std::string id(section.id);
    body_ += "<section aria-labelledby=\"" + id + "\">\n<h2 id=\"" + id + "\">" + std::string(section.title) +
             "</h2>\n<p class=\"intro\">" + std::string(section.intro) + "</p>\n";
    for (const PageFigure& figure : figures_.figures) {
      if (figure.section != section.id) continue;
      std::string rows;
      body_ += figure_html(figure, rows);
      add_rows(figure.table.id, rows);
    }
    for (const PageQuery& query : page_queries())
      if (query.section == section.id) write(query);
    if (section.id == "findings") body_ += findings_html(analysis_);
    body_ += "</section>\n";
  }

  void write(const PageQuery& query) {
    const std::string sql = std::string(query.sql) + "\nLIMIT " + std::to_string(query.rows_max + 1);
    Report report = run_report(parse_template(std::string(query.id), sql), analysis_);
    PageTable table{std::string(query.id),
                    std::string(query.title),
                    std::string(query.sentence),
                    std::string(query.why_empty),
                    "",
                    std::move(report.columns),
                    std::move(report.rows)};
    if (table.rows.size() > query.rows_max) table.rows.resize(query.rows_max);
    shorten(table, query);
    mask(table);
    std::string rows;
    body_ += "<h3>" + table.title + "</h3>\n<p class=\"intro\">" + table.sentence + "</p>\n" +
             render_table(table, rows);
    add_rows(table.id, rows);
  }

  // A page has no room for everything: which rows stay is said.
  void shorten(PageTable& table, const PageQuery& query) const {
    std::size_t size = 0;
    std::size_t kept = 0;
    for (const auto& row : table.rows) {
      for (const ReportCell& cell : row) size += cell.text.size() + 4;
      if (size > kRowsSizeMax && kept > 0) break;
      ++kept;
    }
    const bool cut = kept < table.rows.size() || table.rows.size() == query.rows_max;
    table.rows.resize(kept);
    if (cut)
      table.rule =
          "The first " + plural(kept, "row") + "; all of them are in " + std::string(query.whole) + ".";
  }

  void mask(PageTable& table) const {
    if (options_.show_secrets) return;
    for (std::size_t column = 0; column < table.columns.size(); ++column)
      if (table.columns[column] == "secret")
        for (auto& row : table.rows) row[column].text = "******";
  }

  void add_rows(const std::string& id, const std::string& rows) {
    if (!rows.empty()) rows_ += (rows_.empty() ? "\"" : ",\"") + id + "\":" + rows;
  }

  // What the script works with, as JSON.
  std::string data() const {
    std::string json =
        "{\"first_time\":\"" + facts_.first_time + "\",\"tables\":{" + rows_ + "},\"figures\":{";
    bool is_first = true;
    for (const PageFigure& figure : figures_.figures) {
      if (figure.variants.empty() || !figure.why_empty.empty()) continue;
      json += (is_first ? "\"" : ",\"") + figure.name + "\":[";
      is_first = false;
      for (std::size_t at = 0; at < figure.variants.size(); ++at) {
        const PageFigureVariant& variant = figure.variants[at];
        json += (at == 0 ? "{\"value\":" : ",{\"value\":") + json_text(variant.value) +
                ",\"label\":" + json_text(variant.label) + ",\"document\":" + variant.document + '}';
      }
      json += ']';
    }
    return json_for_page(json + "}}");
  }

  std::string document() const {
    const std::string script = figure_scripts() + std::string(page_script());
    const std::string policy = "default-src 'none'; script-src " + policy_hash(script) + "; style-src " +
                               policy_hash(page_style()) +
                               "; img-src blob: data:; base-uri 'none'; form-action 'none'";
    return "<!doctype html>\n<html lang=\"en\">\n<head>\n<meta charset=\"utf-8\">\n" +
           std::string(kPageMark) +
           "\n<meta "
           "http-equiv=\"Content-Security-Policy\" content=\"" +
           policy +
           "\">\n<meta name=\"viewport\" content=\"width=device-width, initial-scale=1\">\n<meta "
           "name=\"referrer\" content=\"no-referrer\">\n"
           "<title>What the packets tell</title>\n<style>" +
           std::string(page_style()) +
           "</style>\n</head>\n<body>\n<a class=\"skip\" href=\"#main\">To the story</a>\n" + body_ +
           "<div id=\"copied\" role=\"status\"></div>\n<script type=\"application/json\" id=\"data\">" +
           data() + "</script>\n<script>" + script + "</script>\n</body>\n</html>\n";
  }

  const std::string& analysis_;
  const PageOptions& options_;
  PageFacts facts_;
  PageFigures figures_;
  std::string body_;
  std::string rows_;
};

}  // namespace

std::string what_is_missing(const Page& page) {
  if (page.troubles.empty()) return {};
  const std::string first = page.troubles.front();
  if (page.troubles.size() == 1) return std::string(kPageName) + " lacks " + first;
  return std::string(kPageName) + " lacks " + plural(page.troubles.size(), "figure") +
         ", the first: " + first;
}

Page make_page(const std::string& analysis, const PageOptions& options) {
  return PageWriter(analysis, options).write();
}

}  // namespace plaintalk::analyzer
