// Which points of a series are drawn when it has more than a picture can show. The width is cut into columns,
// and of each column the first, the last, the lowest and the highest value stay, and one row without a value
// if there is any, so that a line is broken where it was: what an eye could see of all points is still seen.
#pragma once

#include <cstddef>
#include <cstdint>
#include <limits>
#include <vector>

namespace plaintalk::analyzer {

inline constexpr double kUnknownValue = std::numeric_limits<double>::quiet_NaN();

struct ThinnedSeries {
  std::vector<std::uint32_t> rows{};    // of the query that belong to it, in their order
  std::vector<const double*> values{};  // one or more columns, each indexed by row; NaN: unknown
};

// Puts the rows that stay into `kept` (not sorted, each maybe several times). `x` is indexed by row. A series
// of at most 4 rows a column stays as it is. On a logarithmic axis the columns are equally wide as they are
// drawn.
void thin(const ThinnedSeries& series, const std::vector<double>& x, bool log_x, std::size_t column_count,
          std::vector<std::uint32_t>& kept);

}  // namespace plaintalk::analyzer
