#include "analyzer/figures/thinning.hpp"

#include <algorithm>
#include <cmath>
#include <random>
#include <set>

#include <gtest/gtest.h>

namespace plaintalk::analyzer {
namespace {

std::set<std::uint32_t> thinned(const std::vector<double>& x, const std::vector<double>& y,
                                std::size_t columns, bool log_x = false) {
  ThinnedSeries series;
  for (std::uint32_t row = 0; row < x.size(); ++row) series.rows.push_back(row);
  series.values = {y.data()};
  std::vector<std::uint32_t> kept;
  thin(series, x, log_x, columns, kept);
  return {kept.begin(), kept.end()};
}

TEST(Thinning, LeavesAShortSeriesAlone) {
  const std::vector<double> x{1, 2, 3, 4};
  EXPECT_EQ(thinned(x, {4, kUnknownValue, 1, 0}, 1).size(), 4U);
}

// Goal: what an eye could see of all points is still seen, whatever they are.
// Method: random series; of every column of the picture the first, last, lowest and highest value are
// searched for here in another way, and the whole must be at most five rows a column.
TEST(Thinning, KeepsTheFirstTheLastAndTheExtremesOfEveryColumn) {
  for (unsigned seed = 1; seed <= 60; ++seed) {
    SCOPED_TRACE(seed);
    std::mt19937 random(seed);
    const std::size_t count = 500 + random() % 3000;
    const std::size_t columns = 1 + random() % 60;
    const bool log_x = seed % 3 == 0;
    std::vector<double> x;
    std::vector<double> y;
    for (std::size_t row = 0; row < count; ++row) {
      x.push_back(log_x ? std::exp(static_cast<double>(random() % 1000) / 100.0)
                        : static_cast<double>(random() % 100'000) / 7.0);
      y.push_back(random() % 11 == 0 ? kUnknownValue : static_cast<double>(random() % 1'000'000) - 5e5);
    }
    if (seed % 2 == 0) std::ranges::sort(x);
    const auto kept = thinned(x, y, columns, log_x);
    const auto place = [&](std::size_t row) { return log_x ? std::log(x[row]) : x[row]; };
    double least = place(0);
    double most = place(0);
    for (std::size_t row = 0; row < count; ++row) {
      least = std::min(least, place(row));
      most = std::max(most, place(row));
    }
    EXPECT_LE(kept.size(), std::max(4 * columns, 5 * columns));
    for (std::size_t column = 0; column < columns; ++column) {
      std::vector<std::uint32_t> rows;
      for (std::uint32_t row = 0; row < count; ++row) {
        const auto at = static_cast<std::size_t>(std::max(
            0.0, std::floor((place(row) - least) * (static_cast<double>(columns) / (most - least)))));
        if (std::min(at, columns - 1) == column && !std::isnan(y[row])) rows.push_back(row);
      }
      if (rows.empty()) continue;
      EXPECT_TRUE(kept.contains(rows.front()));
      EXPECT_TRUE(kept.contains(rows.back()));
      const auto by_value = [&](std::uint32_t one, std::uint32_t other) { return y[one] < y[other]; };
      const auto [lowest, highest] = std::ranges::minmax_element(rows, by_value);
      const auto has = [&](double value) {
        return std::ranges::any_of(rows,
                                   [&](std::uint32_t row) { return y[row] == value && kept.contains(row); });
      };
      EXPECT_TRUE(has(y[*lowest]));
      EXPECT_TRUE(has(y[*highest]));
    }
  }
}

TEST(Thinning, KeepsTheBreaksOfALine) {
  std::vector<double> x;
  std::vector<double> y;
  for (int row = 0; row < 1000; ++row) {
    x.push_back(row);
    y.push_back(row == 500 ? kUnknownValue : 1);
  }
  EXPECT_TRUE(thinned(x, y, 10).contains(500));
}

TEST(Thinning, TakesAMillionPoints) {
  std::vector<double> x;
  std::vector<double> y;
  for (int row = 0; row < 1'000'000; ++row) {
    x.push_back(row);
    y.push_back(row == 700'001 ? 5 : row % 2);
  }
  const auto kept = thinned(x, y, 700);
  EXPECT_LE(kept.size(), 2800U);
  EXPECT_TRUE(kept.contains(700'001));
}

TEST(Thinning, TakesPlacesThatAreAllEqualOrUnknown) {
  const std::vector<double> y(100, 1);
  EXPECT_EQ(thinned(std::vector<double>(100, 7), y, 3).size(), 2U)
      << "the first, which is the lowest too, and the last";
  EXPECT_TRUE(thinned(std::vector<double>(100, kUnknownValue), y, 3).empty());
  EXPECT_TRUE(thinned(std::vector<double>(100, -1), y, 3, true).empty()) << "no place on a logarithmic axis";
}

}  // namespace
}  // namespace plaintalk::analyzer
