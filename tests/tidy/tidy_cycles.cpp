#include <algorithm>
#include <map>
#include <set>

#include "tests/tidy/tidy.hpp"

namespace plaintalk::tidy {
namespace {

// "base/text" for base/text.hpp and base/text.cpp: who includes the one depends on the other as well.
std::string unit_of(const std::string& path) { return path.substr(0, path.rfind('.')); }

// Tarjan's search for strongly connected components, over the units in order of name.
class CycleSearch {
 public:
  explicit CycleSearch(const std::map<std::string, std::set<std::string>>& uses) : uses_(uses) {
    for (const auto& [unit, used] : uses_)
      if (!places_.contains(unit)) visit(unit);
  }
  std::vector<std::vector<std::string>> cycles() && { return std::move(cycles_); }

 private:
  struct Place {
    std::size_t index = 0;
    std::size_t lowest = 0;  // the smallest index that can be reached from here
    bool open = true;        // its component is not known yet
  };

  std::size_t visit(const std::string& unit) {
    Place& place = places_[unit];  // a map's elements stay where they are
    place.index = place.lowest = places_.size();
    open_.push_back(unit);
    for (const std::string& used : uses_.at(unit)) {
      const auto known = places_.find(used);
      if (known == places_.end()) {
        place.lowest = std::min(place.lowest, visit(used));
      } else if (known->second.open) {
        place.lowest = std::min(place.lowest, known->second.index);
      }
    }
    if (place.lowest == place.index) close(unit);
    return place.lowest;
  }

  void close(const std::string& first) {
    const auto start = std::find(open_.begin(), open_.end(), first);
    std::vector<std::string> component(start, open_.end());
    open_.erase(start, open_.end());
    for (const std::string& unit : component) places_.at(unit).open = false;
    std::sort(component.begin(), component.end());
    if (component.size() > 1) cycles_.push_back(std::move(component));
  }

  const std::map<std::string, std::set<std::string>>& uses_;
  std::map<std::string, Place> places_;
  std::vector<std::string> open_;
  std::vector<std::vector<std::string>> cycles_;
};

}  // namespace

void check_cycles(const std::map<std::string, std::set<std::string>>& includes,
                  std::vector<Problem>& problems) {
  std::map<std::string, std::set<std::string>> uses;
  std::map<std::string, std::string> paths;  // of each unit, the first
  for (const auto& [path, headers] : includes) {
    uses[unit_of(path)];
    paths.emplace(unit_of(path), path);
  }
  for (const auto& [path, headers] : includes)
    for (const std::string& header : headers)
      if (includes.contains(header) && unit_of(header) != unit_of(path))
        uses[unit_of(path)].insert(unit_of(header));
  for (const std::vector<std::string>& cycle : CycleSearch(uses).cycles()) {
    std::string names;
    for (const std::string& unit : cycle) names += (names.empty() ? "" : ", ") + unit;
    problems.push_back({paths.at(cycle.front()), 0, "includes itself in the end: " + names});
  }
}

}  // namespace plaintalk::tidy
