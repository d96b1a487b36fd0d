#include "analyzer/page/page_sections.hpp"

#include <string_view>

#include "analyzer/page/html_text.hpp"
#include "analyzer/tables/capture_contents.hpp"
#include "base/text.hpp"

namespace plaintalk::analyzer {
namespace {

std::string warning_html(std::string_view text) {
  return "<p class=\"warn\">" + escape_html(text) + "</p>\n";
}

std::string option_html(const std::string& value, const std::string& label) {
  return "<option value=\"" + escape_html(value) + "\">" + escape_html(label) + "</option>";
}

std::string select_html(std::string_view name,
                        const std::vector<std::pair<std::string, std::string>>& options) {
  std::string html = "<label>" + std::string(name) + "<select name=\"" + std::string(name) +
                     "\"><option value=\"\">all</option>";
  for (const auto& [value, label] : options) html += option_html(value, label);
  return html + "</select></label>\n";
}

std::vector<std::pair<std::string, std::string>> with_themselves(const std::vector<std::string>& names) {
  std::vector<std::pair<std::string, std::string>> pairs;
  for (const std::string& name : names) pairs.emplace_back(name, name);
  return pairs;
}

std::string file_names(std::string_view inputs) {
  std::string text;
  while (!inputs.empty()) {
    const std::size_t end = inputs.find('\n');
    std::string_view path = inputs.substr(0, end);
    inputs.remove_prefix(end == inputs.npos ? inputs.size() : end + 1);
    const std::size_t slash = path.rfind('/');
    text += (text.empty() ? "" : ", ") + std::string(slash == path.npos ? path : path.substr(slash + 1));
  }
  return text;
}

}  // namespace

std::string head_html(const PageFacts& facts) {
  std::string html = "<header class=\"top\">\n<h1>What the packets tell</h1>\n<p class=\"from\">" +
                     escape_html(file_names(facts.inputs));
  if (!facts.first_utc.empty()) html += ", from " + escape_html(facts.first_utc) + " UTC";
  html += "</p>\n";
  if (facts.is_synthetic) html += warning_html(kSyntheticHeaders);
  if (facts.is_interim)
    html += warning_html(
        "Written while the capture went on: what was open then counts as if the capture had ended.");
  if (facts.packets == 0)
    html +=
        warning_html("This capture is empty: there is not one packet in it, so there is nothing to tell.");
  if (!facts.packets_left_out.empty())
    html += warning_html(facts.packets_left_out + " Figures of single packets are empty without it.");
  html += "<dl class=\"facts\">\n";
  for (const auto& [what, count] : facts.numbers)
    html += "<div><dt>" + escape_html(what) + "</dt><dd>" + escape_html(count) + "</dd></div>\n";
  return html + "</dl>\n";
}

std::string filters_html(const PageFacts& facts) {
  return "<form id=\"filters\" aria-label=\"Show only\" hidden><div class=\"in\">\n" +
         select_html("person", with_themselves(facts.people)) +
         select_html("room", with_themselves(facts.rooms)) + select_html("connection", facts.connections) +
         "<label>from second<input name=\"from\" type=\"number\" step=\"any\" min=\"0\"></label>\n"
         "<label>to second<input name=\"to\" type=\"number\" step=\"any\" min=\"0\"></label>\n"
         "<button type=\"reset\">Show everything</button>\n<button type=\"button\" id=\"link\">Copy "
         "link</button>\n"
         "<p class=\"said\" id=\"filtered\" role=\"status\"></p>\n</div></form>\n";
}

std::string figure_html(const PageFigure& figure, std::string& rows) {
  const std::string title = escape_html(figure.title);
  std::string html = "<figure data-figure=\"" + figure.name + "\" id=\"figure-" + figure.name + "\">\n<h3>" +
                     title + "</h3>\n";
  if (!figure.sentence.empty()) html += "<p class=\"sentence\">" + escape_html(figure.sentence) + "</p>\n";
  if (!figure.why_empty.empty()) {
    html += "<p class=\"none\">" + escape_html(figure.why_empty) + "</p>\n";
  } else if (figure.svg.empty()) {
    html +=
        "<p class=\"warn lacking\">This figure is missing: it could not be drawn when the page was made (" +
        escape_html(figure.trouble) + "). Its numbers are below" +
        (figure.variants.empty() ? "" : "; with JavaScript the page draws it itself") + ".</p>\n";
  }
  if (figure.why_empty.empty()) {
    const bool is_ladder = figure.name == "ladder";
    html += "<div class=\"canvas" + std::string(is_ladder ? " tall wide" : "") +
            "\" tabindex=\"0\" role=\"group\" aria-label=\"" + title + "\">" + figure.svg + "</div>\n";
  }
  for (const std::string& note : figure.notes) html += "<p class=\"notes\">" + escape_html(note) + "</p>\n";
  if (!figure.table.rows.empty()) {
    html += "<details class=\"numbers\"><summary>The numbers: " + plural(figure.table.rows.size(), "row") +
            "</summary>\n";
    if (!figure.description.empty()) html += "<p class=\"how\">" + escape_html(figure.description) + "</p>\n";
    html += render_table(figure.table, rows) + "</details>\n";
  }
  return html + "</figure>\n";
}

std::string footer_html(const PageFacts& facts, bool masked) {
  return "<footer><p>Made by " + escape_html(facts.program) + " from " +
         escape_html(file_names(facts.inputs)) +
         ". Times are seconds since the first packet; packets are numbered as in Wireshark, and each number "
         "copies its display filter. "
         "What is empty is unknown. " +
         (masked ? "Passwords and tokens are not in this page."
                 : "<strong>Passwords and tokens stand in this page as they were sent.</strong>") +
         " The page loads nothing and sends nothing.</p></footer>\n";
}

}  // namespace plaintalk::analyzer
