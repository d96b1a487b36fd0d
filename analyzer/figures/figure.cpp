#include "analyzer/figures/figure.hpp"

#include <algorithm>
#include <chrono>
#include <cmath>
#include <map>
#include <optional>
#include <stdexcept>

#include <fmt/format.h>
#include <nlohmann/json.hpp>

#include "analyzer/figures/figure_rows.hpp"
#include "analyzer/figures/thinning.hpp"
#include "analyzer/report/analysis_database.hpp"
#include "base/text.hpp"

namespace plaintalk::analyzer {
namespace {

constexpr std::size_t kChoiceMax = 1'000;
constexpr std::size_t kGroupMax = 64;  // values of `split`, or names on an axis

void apply_settings(ReportTemplate& query, const FigureSettings& settings) {
  for (const auto& [name, value] : settings.parameters) {
    const auto found = std::ranges::find(query.parameters, name, &ReportTemplate::Parameter::name);
    if (found == query.parameters.end())
      throw std::runtime_error(query.name + " has no parameter '" + terminal_safe(name) + "'; see --list");
    found->value = value;
  }
}

ReportTemplate with_parameters(const ReportTemplate& query, const ReportTemplate& other) {
  ReportTemplate result = other;
  result.parameters = query.parameters;
  return result;
}

std::string with_placeholders(std::string title, const ReportTemplate& query, const std::string& choice) {
  const auto replace = [&title](const std::string& mark, const std::string& value) {
    for (std::size_t at = title.find(mark); at != title.npos; at = title.find(mark, at + value.size()))
      title.replace(at, mark.size(), value);
  };
  for (const auto& parameter : query.parameters) replace('{' + parameter.name + '}', parameter.value);
  replace("{choice}", choice);
  return title;
}

class Maker {
 public:
  Maker(const FigureTemplate& figure_template, const AnalysisDatabase& database,
        const FigureSettings& settings)
      : template_(figure_template), database_(database), settings_(settings), query_(figure_template.query) {
    apply_settings(query_, settings);
  }

  Figure make() {
    figure_.name = template_.name;
    figure_.kind = template_.kind;
    figure_.description = template_.query.description;
    if (const std::string warning = database_.warning(); !warning.empty()) figure_.notes.push_back(warning);
    choose();
    read_rows();
    find_series_columns();
    figure_.title = with_placeholders(template_.title.text, query_, chosen_label());
    figure_.row_count = rows_->size();
    figure_.columns = rows_->columns();
    std::vector<std::uint32_t> kept = kept_rows();
    say_why_empty(kept);
    if (figure_.why_empty.empty()) read_sentence();
    write_document(kept);
    figure_.rows = rows_->take_table();
    return std::move(figure_);
  }

 private:
  void choose() {
    if (template_.choice_parameter.text.empty()) return;
    figure_.choice_parameter = template_.choice_parameter.text;
    const auto parameter =
        std::ranges::find(query_.parameters, figure_.choice_parameter, &ReportTemplate::Parameter::name);
    database_.run(
        with_parameters(query_, template_.choices),
        [&](const std::vector<std::string>& names) {
          if (names.size() != 2)
            throw std::runtime_error(template_.file + ": the SQL of [choice] gives " +
                                     plural(names.size(), "column") + "; it must give a value and its label");
        },
        [&](std::vector<SqliteCell>&& row) {
          if (figure_.choices.size() < kChoiceMax) figure_.choices.push_back({row[0].text, row[1].text});
        });
    if (parameter->value.empty() && !figure_.choices.empty())
      parameter->value = figure_.choices.front().value;
    figure_.chosen = parameter->value;
  }

  std::string chosen_label() const {
    const auto found = std::ranges::find(figure_.choices, figure_.chosen, &FigureChoice::value);
    return found == figure_.choices.end() ? figure_.chosen : found->label;
  }

  std::size_t place(const FigureWord& word) const {
    const auto found = std::ranges::find(columns_, word.text);
    if (found != columns_.end()) return static_cast<std::size_t>(found - columns_.begin());
    std::string all;
    for (const std::string& column : columns_) all += (all.empty() ? "" : ", ") + column;
    throw std::runtime_error(template_.file + ", line " + std::to_string(word.line) + ": " + query_.name +
                             " gives no column '" + terminal_safe(word.text) +
                             "'; it gives: " + terminal_safe(all));
  }
  void need(const FigureWord& word) const {
    if (!word.text.empty()) place(word);
  }

  // Every column that the description names must be there; those that are drawn are kept as numbers.
  std::vector<std::size_t> drawn_columns() const {
    std::vector<std::size_t> drawn;
    const auto draw = [&](const FigureWord& word) {
      if (!word.text.empty()) drawn.push_back(place(word));
    };
    draw(template_.x.column);
    for (const FigureSeries& series : template_.series) {
      draw(series.column);
      draw(series.to);
      draw(series.until);
      need(series.where_column);
    }
    need(template_.split);
    for (const FigureWord& word : template_.person) need(word);
    for (const FigureWord& word : template_.packets) need(word);
    for (const FigureWord* word : {&template_.room, &template_.connection, &template_.time}) need(*word);
    return drawn;
  }

  void read_rows() {
    database_.run(
        query_,
        [&](const std::vector<std::string>& names) {
          columns_ = names;
          rows_.emplace(names, drawn_columns(), settings_.table_row_max);
        },
        [&](std::vector<SqliteCell>&& row) {
          try {
            rows_->add(std::move(row), settings_.row_count_max, settings_.size_max);
          } catch (const std::runtime_error& error) {
            throw std::runtime_error(query_.name + ": " + error.what());
          }
        });
  }

  void read_sentence() {
    if (template_.sentence.sql.empty()) return;
    std::size_t count = 0;
    database_.run(
        with_parameters(query_, template_.sentence),
        [&](const std::vector<std::string>& names) {
          if (names.size() != 1)
            throw std::runtime_error(template_.file + ": the SQL of 'sentence' gives " +
                                     plural(names.size(), "column") + "; it must give one text");
        },
        [&](std::vector<SqliteCell>&& row) {
          if (count++ == 0) figure_.sentence = row[0].text;
        });
  }

  // Where a series finds its values: looked up once, not for each row.
  struct SeriesColumns {
    std::size_t y = 0;
    std::optional<std::size_t> where{};
    std::string where_value{};  // as JSON
  };

  void find_series_columns() {
    if (template_.kind != "chart") return;
    x_ = place(template_.x.column);
    for (const FigureSeries& series : template_.series) {
      SeriesColumns& columns = series_columns_.emplace_back();
      columns.y = place(series.column);
      if (series.where_column.text.empty()) continue;
      columns.where = place(series.where_column);
      columns.where_value = json_string(series.where_value);
    }
  }

  bool is_in(std::size_t row, std::size_t series) const {
    const SeriesColumns& columns = series_columns_[series];
    return !columns.where || rows_->cell(row, *columns.where) == columns.where_value;
  }

  // Can be drawn at all: has a place on both axes.
  bool is_drawn(std::size_t row, std::size_t series) const {
    const auto known = [&](const FigureAxis& axis, std::size_t column) {
      if (axis.scale == "category") return rows_->cell(row, column) != "null";
      const double value = rows_->numbers(column)[row];
      return std::isfinite(value) && (axis.scale != "log" || value > 0);
    };
    return known(template_.x, x_) && known(template_.y, series_columns_[series].y);
  }

  // The rows that are drawn, in their order.
  std::vector<std::uint32_t> kept_rows() {
    const std::size_t count = rows_->size();
    std::vector<std::uint32_t> kept;
    if (template_.kind != "chart") {
      for (std::uint32_t row = 0; row < std::min(count, settings_.document_row_max); ++row)
        kept.push_back(row);
      if (kept.size() < count)
        figure_.notes.push_back(fmt::format("Only the first {} of {} are shown.", kept.size(), count));
      return kept;
    }
    const auto groups = grouped();
    std::size_t column_count = settings_.column_count;
    std::size_t most = 0;
    for (const auto& series : template_.series) most += series.to.text.empty() ? 1U : 2U;
    most *= 5 * std::max<std::size_t>(1, groups.size());  // thin() keeps up to five rows a column
    column_count = std::clamp<std::size_t>(settings_.document_row_max / most, 1, column_count);
    const bool log_x = template_.x.scale == "log";
    const std::vector<double> places =
        template_.x.scale == "category" ? std::vector<double>(count, 0) : rows_->numbers(x_);
    std::size_t points = 0;
    std::size_t drawn = 0;
    for (std::size_t at_series = 0; at_series < template_.series.size(); ++at_series) {
      const FigureSeries& series = template_.series[at_series];
      for (const auto& group : groups) {
        ThinnedSeries one;
        for (const std::uint32_t row : group)
          if (is_in(row, at_series)) {
            one.rows.push_back(row);
            if (is_drawn(row, at_series)) ++points;
          }
        one.values.push_back(values_of(series.column));
        if (!series.to.text.empty()) one.values.push_back(values_of(series.to));
        const std::size_t before = kept.size();
        thin(one, places, log_x, column_count, kept);
        std::sort(kept.begin() + static_cast<std::ptrdiff_t>(before), kept.end());
        kept.erase(std::unique(kept.begin() + static_cast<std::ptrdiff_t>(before), kept.end()), kept.end());
        for (std::size_t at = before; at < kept.size(); ++at)
          if (is_drawn(kept[at], at_series)) ++drawn;
      }
    }
    std::ranges::sort(kept);
    kept.erase(std::unique(kept.begin(), kept.end()), kept.end());
    if (drawn < points)
      figure_.notes.push_back(fmt::format(
          "Thinned from {} to {} points: of each {} of the width the first, last, lowest and highest are "
          "kept.",
          points, drawn, column_count == 1 ? std::string("series") : fmt::format("1/{}", column_count)));
    return kept;
  }

  // A name on the y axis has no height: its rows are thinned by x alone.
  const double* values_of(const FigureWord& column) {
    if (template_.y.scale != "category") return rows_->numbers(place(column)).data();
    no_heights_.resize(rows_->size(), 0);
    return no_heights_.data();
  }

  // The rows by `split`, or by their name on an axis: those with the most rows.
  std::vector<std::vector<std::uint32_t>> grouped() {
    std::vector<std::size_t> by;
    if (!template_.split.text.empty()) by.push_back(place(template_.split));
    if (template_.y.scale == "category") by.push_back(place(template_.series.front().column));
    if (template_.x.scale == "category") by.push_back(x_);
    std::map<std::string, std::size_t, std::less<>> known;
    std::vector<std::vector<std::uint32_t>> groups;
    for (std::uint32_t row = 0; row < rows_->size(); ++row) {
      std::string key;
      for (const std::size_t column : by) {
        key += rows_->cell(row, column);
        key += ',';
      }
      const auto [found, is_new] = known.try_emplace(key, groups.size());
      if (is_new) groups.emplace_back();
      groups[found->second].push_back(row);
    }
    if (groups.size() > kGroupMax) {
      figure_.notes.push_back(fmt::format("The {} with the most rows, of {}.", kGroupMax, groups.size()));
      std::ranges::stable_sort(groups, std::ranges::greater{},
                               [](const auto& group) { return group.size(); });
      groups.resize(kGroupMax);
    }
    return groups;
  }

  void say_why_empty(const std::vector<std::uint32_t>& kept) {
    const bool is_chart = template_.kind == "chart";
    const auto draws = [&](std::uint32_t row) {
      if (!is_chart) return true;
      for (std::size_t series = 0; series < series_columns_.size(); ++series)
        if (is_in(row, series) && is_drawn(row, series)) return true;
      return false;
    };
    if (std::ranges::any_of(kept, draws)) return;
    figure_.why_empty = database_.why_empty(query_);
  }

  void write_document(const std::vector<std::uint32_t>& kept) {
    std::string& text = figure_.document;
    const auto add = [&text](const char* key, const std::string& json) {
      text += text.empty() ? "{" : ",";
      text += json_string(key) + ':' + json;
    };
    const auto list = [](const auto& items, const auto& one) {
      std::string json;
      for (const auto& item : items) json += (json.empty() ? "" : ",") + one(item);
      return '[' + json + ']';
    };
    const auto quoted = [](const std::string& word) { return json_string(word); };
    const auto word = [](const FigureWord& one) { return json_string(one.text); };
    const auto column = [](const FigureWord& one) {
      return one.text.empty() ? std::string("null") : json_string(one.text);
    };
    add("kind", json_string(figure_.kind));
    add("name", json_string(figure_.name));
    add("title", json_string(figure_.title));
    add("sentence", json_string(figure_.sentence));
    add("description", json_string(figure_.description));
    add("notes", list(figure_.notes, quoted));
    add("empty", json_string(figure_.why_empty));
    if (!figure_.choice_parameter.empty())
      add("choice", "{\"parameter\":" + json_string(figure_.choice_parameter) + ",\"value\":" +
                        json_string(figure_.chosen) + ",\"label\":" + json_string(chosen_label()) + '}');
    if (template_.kind == "chart") {
      const auto axis = [&](const FigureAxis& one) {
        return "{\"column\":" + column(one.column) + ",\"title\":" + json_string(one.title) +
               ",\"unit\":" + json_string(one.unit) + ",\"scale\":" + json_string(one.scale) +
               ",\"zero\":" + (one.from_zero ? "true" : "false") + '}';
      };
      add("x", axis(template_.x));
      add("y", axis(template_.y));
      add("series", list(template_.series, [&](const FigureSeries& series) {
            return "{\"name\":" + json_string(series.name) + ",\"mark\":" + json_string(series.mark) +
                   ",\"column\":" + column(series.column) + ",\"to\":" + column(series.to) +
                   ",\"until\":" + column(series.until) +
                   ",\"stretch\":" + (series.stretches ? "true" : "false") + ",\"where\":" +
                   (series.where_column.text.empty()
                        ? std::string("null")
                        : "{\"column\":" + column(series.where_column) +
                              ",\"value\":" + json_string(series.where_value) + '}') +
                   '}';
          }));
      add("split", column(template_.split));
      add("panels", template_.panels ? "true" : "false");
    }
    add("columns", list(figure_.columns, quoted));
    add("filter", "{\"person\":" + list(template_.person, word) + ",\"room\":" + column(template_.room) +
                      ",\"connection\":" + column(template_.connection) +
                      ",\"time\":" + column(template_.time) + '}');
    add("packets", list(template_.packets, word));
    std::string rows;
    for (const std::uint32_t row : kept) {
      if (!rows.empty()) rows += ',';
      rows += rows_->json(row);
    }
    add("rows", '[' + rows + ']');
    text += '}';
  }

  const FigureTemplate& template_;
  const AnalysisDatabase& database_;
  const FigureSettings& settings_;
  ReportTemplate query_;
  Figure figure_;
  std::vector<std::string> columns_;
  std::optional<FigureRows> rows_;
  std::size_t x_ = 0;  // of a chart
  std::vector<SeriesColumns> series_columns_;
  std::vector<double> no_heights_;
};

}  // namespace

Figure make_figure(const FigureTemplate& figure_template, const std::string& analysis,
                   const FigureSettings& settings) {
  const AnalysisDatabase database(analysis);
  if (database.has_many()) {
    if (settings.capture.empty()) {
      std::string names;
      for (const std::string& name : database.capture_names()) names += (names.empty() ? "" : ", ") + name;
      throw std::runtime_error(
          "this analysis is of " + plural(database.capture_names().size(), "capture") +
          ", and a figure is of one: choose it with --capture; there are: " + terminal_safe(names));
    }
    database.choose(settings.capture);
  } else if (!settings.capture.empty()) {
    throw std::runtime_error(
        "this analysis is of one capture; --capture chooses among those of analyze --each");
  }
  const SqliteTimeLimit time_limit = database.limit_time(settings.time);
  return Maker(figure_template, database, settings).make();
}

}  // namespace plaintalk::analyzer
