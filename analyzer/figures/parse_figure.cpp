#include <algorithm>
#include <array>
#include <set>
#include <stdexcept>

#include <toml++/toml.h>

#include "analyzer/figures/figure_template.hpp"
#include "base/text.hpp"

namespace plaintalk::analyzer {
namespace {

constexpr std::array<std::string_view, 4> kScales{"linear", "log", "time", "category"};
constexpr std::array<std::string_view, 7> kMarks{"points", "line", "steps", "bars", "area", "range", "tick"};

[[noreturn]] void fail_at(const std::string& file, std::size_t line, const std::string& what) {
  throw std::runtime_error(file + ", line " + std::to_string(line) + ": " + what);
}

template <std::size_t Count>
std::string listed(const std::array<std::string_view, Count>& words) {
  std::string text;
  for (std::size_t at = 0; at < Count; ++at)
    text += (at == 0 ? "" : at + 1 == Count ? " or " : ", ") + std::string(words[at]);
  return text;
}

// A table whose keys are taken one by one; what is left over is unknown.
class FigureTable {
 public:
  FigureTable(const toml::table& table, const std::string& file, std::string name)
      : table_(table), file_(file), name_(std::move(name)) {}

  std::size_t line() const { return std::max<std::size_t>(1, table_.source().begin.line); }

  FigureWord word(std::string_view key) {
    const toml::node* node = take(key);
    if (node == nullptr) return {};
    return word_of(*node, key);
  }
  FigureWord needed(std::string_view key, const std::string& for_what) {
    FigureWord found = word(key);
    if (found.text.empty()) fail_at(file_, line(), "'" + std::string(key) + "' is missing: " + for_what);
    return found;
  }
  template <std::size_t Count>
  std::string one_of(std::string_view key, const std::array<std::string_view, Count>& known,
                     std::string_view otherwise) {
    FigureWord found = word(key);
    if (found.text.empty()) return std::string(otherwise);
    if (std::ranges::find(known, found.text) == known.end())
      fail_at(file_, found.line,
              "'" + found.text + "' is no " + std::string(key) + ": write " + listed(known));
    return found.text;
  }
  bool flag(std::string_view key, bool otherwise) {
    const toml::node* node = take(key);
    if (node == nullptr) return otherwise;
    if (!node->is_boolean()) fail_at(file_, line_of(*node), "'" + std::string(key) + "' is true or false");
    return node->as_boolean()->get();
  }
  // One column, or several.
  std::vector<FigureWord> words(std::string_view key) {
    const toml::node* node = take(key);
    if (node == nullptr) return {};
    if (!node->is_array()) return {word_of(*node, key)};
    std::vector<FigureWord> all;
    for (const toml::node& entry : *node->as_array()) all.push_back(word_of(entry, key));
    return all;
  }
  const toml::table* table(std::string_view key) {
    const toml::node* node = take(key);
    if (node == nullptr) return nullptr;
    if (!node->is_table())
      fail_at(file_, line_of(*node), "'" + std::string(key) + "' is a table: [" + std::string(key) + "]");
    return node->as_table();
  }
  std::vector<const toml::table*> tables(std::string_view key) {
    std::vector<const toml::table*> all;
    const toml::node* node = take(key);
    if (node == nullptr) return all;
    const toml::array* array = node->as_array();
    if (array == nullptr || array->empty() || !array->is_array_of_tables())
      fail_at(file_, line_of(*node),
              "'" + std::string(key) + "' is one table or several: [[" + std::string(key) + "]]");
    for (const toml::node& entry : *array) all.push_back(entry.as_table());
    return all;
  }
  void finish() const {
    for (const auto& [key, node] : table_)
      if (!taken_.contains(std::string(key.str())))
        fail_at(file_, key.source().begin.line,
                "unknown key '" + terminal_safe(key.str()) + "'" + (name_.empty() ? "" : " in " + name_));
  }

 private:
  static std::size_t line_of(const toml::node& node) { return node.source().begin.line; }
  const toml::node* take(std::string_view key) {
    taken_.insert(std::string(key));
    return table_.get(key);
  }
  FigureWord word_of(const toml::node& node, std::string_view key) const {
    if (!node.is_string())
      fail_at(file_, line_of(node), "'" + std::string(key) + "' is a text in quotation marks");
    std::string text = node.as_string()->get();
    if (text.empty()) fail_at(file_, line_of(node), "'" + std::string(key) + "' is empty");
    return {std::move(text), line_of(node)};
  }

  const toml::table& table_;
  const std::string& file_;
  std::string name_;
  std::set<std::string> taken_;
};

// The text of a query in the description, with as many line feeds before it as put its lines where they
// stand.
ReportTemplate query_in(const FigureWord& sql, const std::string& file, std::string_view text,
                        const ReportTemplate& query) {
  if (sql.text.empty()) return {};
  std::size_t line = sql.line;
  // A line feed just behind """ belongs to no text.
  std::string_view rest = text;
  for (std::size_t at = 1; at < sql.line && rest.find('\n') != rest.npos; ++at)
    rest.remove_prefix(rest.find('\n') + 1);
  std::string_view first = rest.substr(0, rest.find('\n'));
  if (first.ends_with('\r')) first.remove_suffix(1);
  if (first.ends_with("\"\"\"") || first.ends_with("'''")) ++line;
  ReportTemplate result;
  result.name = file;
  result.sql = std::string(line - 1, '\n') + sql.text;
  result.parameters = query.parameters;
  return result;
}

FigureAxis read_axis(FigureTable& top, const std::string& file, const char* key) {
  const toml::table* table = top.table(key);
  if (table == nullptr) fail_at(file, 1, std::string("[") + key + "] is missing: a chart has two axes");
  FigureTable entry(*table, file, std::string("[") + key + "]");
  FigureAxis axis;
  axis.title = entry.needed("title", "what the axis shows").text;
  axis.unit = entry.word("unit").text;
  axis.scale = entry.one_of("scale", kScales, "linear");
  axis.column = entry.word("column");
  axis.from_zero = entry.flag("from_zero", false);
  entry.finish();
  return axis;
}

FigureSeries read_series(const toml::table& table, const std::string& file) {
  FigureTable entry(table, file, "[[series]]");
  FigureSeries series;
  series.column = entry.needed("column", "which column of the query it shows");
  series.name = entry.word("name").text;
  if (series.name.empty()) series.name = series.column.text;
  series.mark = entry.one_of("mark", kMarks, "points");
  series.to = entry.word("to");
  series.until = entry.word("until");
  series.stretches = entry.flag("stretch", true);
  if (const toml::table* where = entry.table("where")) {
    FigureTable one(*where, file, "where");
    if (where->size() != 1)
      fail_at(file, entry.line(), "'where' names one column and its value: where = { kind = \"data\" }");
    series.where_column = {std::string(where->begin()->first.str()), where->source().begin.line};
    series.where_value = one.word(series.where_column.text).text;
  }
  if ((series.mark == "range") != !series.to.text.empty())
    fail_at(file, entry.line(), "'to' and the mark 'range' go together: a bar from one column to the other");
  if (series.mark != "bars" && !series.until.text.empty())
    fail_at(file, entry.line(), "'until' goes with the mark 'bars': where each bar ends on x");
  entry.finish();
  return series;
}

void read_chart(FigureTable& top, const std::string& file, FigureTemplate& figure) {
  figure.x = read_axis(top, file, "x");
  figure.y = read_axis(top, file, "y");
  if (figure.x.column.text.empty())
    fail_at(file, 1, "'column' is missing in [x]: which column of the query is the x axis");
  for (const toml::table* table : top.tables("series")) figure.series.push_back(read_series(*table, file));
  if (figure.series.empty()) fail_at(file, 1, "[[series]] is missing: what is drawn");
  for (const FigureSeries& series : figure.series) {
    if (series.mark == "bars" && series.until.text.empty() && figure.x.scale != "category")
      fail_at(file, series.column.line, "the mark 'bars' needs 'until', or an x axis of the scale category");
    if (series.mark == "tick" && figure.y.scale != "category")
      fail_at(file, series.column.line, "the mark 'tick' needs a y axis of the scale category");
    if (figure.y.scale == "category" && series.mark != "tick" && series.mark != "points")
      fail_at(file, series.column.line, "on a y axis of the scale category only points and ticks are drawn");
  }
  figure.split = top.word("split");
  figure.panels = top.flag("panels", false);
}

void read_filter(FigureTable& top, const std::string& file, FigureTemplate& figure) {
  const toml::table* table = top.table("filter");
  if (table == nullptr) return;
  FigureTable entry(*table, file, "[filter]");
  figure.person = entry.words("person");
  figure.room = entry.word("room");
  figure.connection = entry.word("connection");
  figure.time = entry.word("time");
  entry.finish();
}

void check_placeholders(const FigureTemplate& figure, const std::string& file) {
  const std::string_view text = figure.title.text;
  for (std::size_t at = text.find('{'); at != text.npos; at = text.find('{', at + 1)) {
    const std::size_t end = text.find('}', at);
    const std::string_view name = text.substr(at + 1, end == text.npos ? end : end - at - 1);
    const auto is_it = [&](const ReportTemplate::Parameter& parameter) { return parameter.name == name; };
    if (end == text.npos || (std::ranges::none_of(figure.query.parameters, is_it) &&
                             !(name == "choice" && !figure.choice_parameter.text.empty())))
      fail_at(file, figure.title.line,
              "{" + terminal_safe(name) + "} in the title is no parameter of the query" +
                  (figure.choice_parameter.text.empty() ? ", and there is no [choice]" : ""));
  }
}

}  // namespace

FigureTemplate parse_figure(const std::string& name, const std::string& file, std::string_view text,
                            const ReportTemplate& query) {
  toml::table parsed;
  try {
    parsed = toml::parse(text);
  } catch (const toml::parse_error& error) {
    fail_at(file, error.source().begin.line, std::string(error.description()));
  }
  FigureTable top(parsed, file, "");
  FigureTemplate figure;
  figure.name = name;
  figure.file = file;
  figure.query = query;
  top.word("query");  // whoever reads the files has looked at it
  figure.kind = top.needed("kind", "chart").text;
  figure.title = top.needed("title", "what there is to see");
  figure.sentence = query_in(top.word("sentence"), file, text, query);
  if (const toml::table* table = top.table("choice")) {
    FigureTable entry(*table, file, "[choice]");
    figure.choice_parameter = entry.needed("parameter", "of the query, which is set to what is chosen");
    figure.choices =
        query_in(entry.needed("sql", "gives each value and its label, the best first"), file, text, query);
    const auto is_it = [&](const ReportTemplate::Parameter& parameter) {
      return parameter.name == figure.choice_parameter.text;
    };
    if (std::ranges::none_of(query.parameters, is_it))
      fail_at(file, figure.choice_parameter.line,
              query.name + " has no parameter '" + figure.choice_parameter.text + "'");
    entry.finish();
  }
  if (figure.kind == "chart") read_chart(top, file, figure);
  read_filter(top, file, figure);
  figure.packets = top.words("packets");
  if (figure.packets.size() > 2)
    fail_at(file, figure.packets[2].line, "'packets' names one column, or the first and the last packet");
  top.finish();
  check_placeholders(figure, file);
  return figure;
}

}  // namespace plaintalk::analyzer
