#include "base/typing.hpp"

#include <algorithm>
#include <numeric>
#include <vector>

namespace plaintalk {

std::size_t typing_distance(std::string_view a, std::string_view b) {
  constexpr std::size_t size_max = 40;
  a = a.substr(0, size_max);
  b = b.substr(0, size_max);
  std::vector<std::size_t> before_last(b.size() + 1), last(b.size() + 1), row(b.size() + 1);
  std::iota(last.begin(), last.end(), std::size_t{0});
  for (std::size_t i = 1; i <= a.size(); ++i) {
    row[0] = i;
    for (std::size_t j = 1; j <= b.size(); ++j) {
      const std::size_t change = last[j - 1] + (a[i - 1] == b[j - 1] ? 0 : 1);
      row[j] = std::min({last[j] + 1, row[j - 1] + 1, change});
      const bool swapped = i > 1 && j > 1 && a[i - 1] == b[j - 2] && a[i - 2] == b[j - 1];
      if (swapped) row[j] = std::min(row[j], before_last[j - 2] + 1);
    }
    before_last.swap(last);
    last.swap(row);
  }
  return last[b.size()];
}

std::string_view nearest_word(std::string_view typed, std::span<const std::string_view> words) {
  std::string_view nearest;
  std::size_t best = 3;  // further away is no typing error
  for (const std::string_view word : words) {
    const std::size_t distance = typing_distance(typed, word);
    if (distance >= best || distance >= word.size()) continue;
    best = distance;
    nearest = word;
  }
  return nearest;
}

}  // namespace plaintalk
