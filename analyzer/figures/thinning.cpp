#include "analyzer/figures/thinning.hpp"

#include <algorithm>
#include <cmath>

namespace plaintalk::analyzer {
namespace {

constexpr std::uint32_t kNone = std::numeric_limits<std::uint32_t>::max();

struct Column {
  std::uint32_t first = kNone;
  std::uint32_t last = kNone;
  std::uint32_t lowest = kNone;
  std::uint32_t highest = kNone;
  std::uint32_t unknown = kNone;
};

double place_of(double x, bool log_x) {
  if (!log_x) return x;
  return x > 0 ? std::log(x) : kUnknownValue;
}

}  // namespace

void thin(const ThinnedSeries& series, const std::vector<double>& x, bool log_x, std::size_t column_count,
          std::vector<std::uint32_t>& kept) {
  column_count = std::max<std::size_t>(1, column_count);
  if (series.rows.size() <= 4 * column_count) {
    kept.insert(kept.end(), series.rows.begin(), series.rows.end());
    return;
  }
  double least = std::numeric_limits<double>::infinity();
  double most = -least;
  for (const std::uint32_t row : series.rows) {
    const double place = place_of(x[row], log_x);
    if (!std::isfinite(place)) continue;
    least = std::min(least, place);
    most = std::max(most, place);
  }
  if (!(least <= most)) return;  // nothing has a place
  const double scale = most > least ? static_cast<double>(column_count) / (most - least) : 0;
  for (const double* values : series.values) {
    std::vector<Column> columns(column_count);
    for (const std::uint32_t row : series.rows) {
      const double place = place_of(x[row], log_x);
      if (!std::isfinite(place)) continue;
      const double at = std::floor((place - least) * scale);
      Column& column = columns[std::min(column_count - 1, static_cast<std::size_t>(std::max(0.0, at)))];
      const double value = values[row];
      if (!std::isfinite(value)) {
        if (column.unknown == kNone) column.unknown = row;
        continue;
      }
      if (column.first == kNone) column = {row, row, row, row, column.unknown};
      column.last = row;
      if (value < values[column.lowest]) column.lowest = row;
      if (value > values[column.highest]) column.highest = row;
    }
    for (const Column& column : columns)
      for (const std::uint32_t row :
           {column.first, column.last, column.lowest, column.highest, column.unknown})
        if (row != kNone) kept.push_back(row);
  }
}

}  // namespace plaintalk::analyzer
