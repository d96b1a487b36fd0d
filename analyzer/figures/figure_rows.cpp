#include "analyzer/figures/figure_rows.hpp"

#include <charconv>
#include <cmath>
#include <stdexcept>
#include <utility>

#include <nlohmann/json.hpp>

#include "analyzer/figures/thinning.hpp"

namespace plaintalk::analyzer {
namespace {

double number_of(const SqliteCell& cell) {
  double number = 0;
  const char* const end = cell.text.data() + cell.text.size();
  const auto [stopped, error] = std::from_chars(cell.text.data(), end, number);
  return cell.is_number() && error == std::errc() && stopped == end && std::isfinite(number) ? number
                                                                                             : kUnknownValue;
}

}  // namespace

std::string json_string(std::string_view text) {
  const std::string plain =
      nlohmann::json(text).dump(-1, ' ', false, nlohmann::json::error_handler_t::replace);
  std::string safe;
  safe.reserve(plain.size());
  for (const char c : plain) {
    if (c == '<')
      safe += "\\u003c";
    else
      safe += c;
  }
  return safe;
}

FigureRows::FigureRows(std::vector<std::string> columns, const std::vector<std::size_t>& drawn,
                       std::size_t table_row_max)
    : columns_(std::move(columns)),
      is_drawn_(columns_.size(), false),
      table_row_max_(table_row_max),
      numbers_(columns_.size()) {
  for (const std::size_t column : drawn) is_drawn_[column] = true;
}

void FigureRows::add(std::vector<SqliteCell>&& cells, std::size_t row_max, std::size_t size_max) {
  if (size() == row_max)
    throw std::runtime_error("the query gives more than " + std::to_string(row_max) + " rows; add a LIMIT");
  const std::size_t begin = text_.size();
  text_ += '[';
  for (std::size_t column = 0; column < cells.size(); ++column) {
    if (column != 0) text_ += ',';
    const SqliteCell& cell = cells[column];
    const double number = number_of(cell);
    if (is_drawn_[column]) numbers_[column].push_back(number);
    if (cell.is_number())
      text_ += std::isnan(number) ? "null" : cell.text;  // JSON knows no infinity
    else
      text_ += cell.kind == SqliteCell::Kind::null ? "null" : json_string(cell.text);
    cell_ends_.push_back(static_cast<std::uint32_t>(text_.size() - begin));
  }
  text_ += ']';
  ends_.push_back(text_.size());
  if (table_.size() < table_row_max_) {
    auto& row = table_.emplace_back();
    for (SqliteCell& cell : cells) {
      table_size_ += sizeof(ReportCell) + cell.text.size();
      row.push_back({cell.is_number(), std::move(cell.text)});
    }
  }
  std::size_t drawn = 0;
  for (const bool is_drawn : is_drawn_) drawn += is_drawn ? 1 : 0;
  const std::size_t held = text_.size() + table_size_ +
                           size() * (sizeof(std::uint64_t) + drawn * sizeof(double)) +
                           cell_ends_.size() * sizeof(std::uint32_t);
  if (held > size_max)
    throw std::runtime_error("the query gives more than " + std::to_string(size_max >> 20) +
                             " MiB; add a LIMIT");
}

std::string_view FigureRows::json(std::size_t row) const {
  const std::size_t begin = row == 0 ? 0 : ends_[row - 1];
  return std::string_view(text_).substr(begin, ends_[row] - begin);
}

std::string_view FigureRows::cell(std::size_t row, std::size_t column) const {
  const std::size_t first = row * columns_.size();
  const std::size_t begin = column == 0 ? 1 : cell_ends_[first + column - 1] + 1;
  return json(row).substr(begin, cell_ends_[first + column] - begin);
}

}  // namespace plaintalk::analyzer
