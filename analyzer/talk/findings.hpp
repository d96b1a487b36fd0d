// Collects what deserves a human's eye. Bounded for each kind, so that a hostile capture cannot make the list
// endless: what goes over the bound is counted and told in one closing row.
#pragma once

#include <cstddef>
#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "analyzer/talk/results.hpp"
#include "analyzer/talk/talk_sink.hpp"

namespace plaintalk::analyzer {

// Every kind of finding with its rule number and weight; the list in docs/REPORTS.md is checked against it.
struct FindingKind {
  std::string_view rule;
  std::string_view name;
  Severity severity{};
  std::string_view meaning;
};
const std::vector<FindingKind>& finding_kinds();

class Findings {
 public:
  static constexpr std::size_t kCountMaxPerKind = 1000;

  // REQUIRES: `kind` is in finding_kinds(). Returns which one it is, for change(); nothing when it was only
  // counted.
  std::optional<std::size_t> add(std::string_view kind, WallTime time, ConnectionId connection,
                                 std::vector<std::uint64_t> packets, std::string text);
  // What came later makes a finding another one: its text is replaced, and the packet added.
  void change(std::size_t finding, std::uint64_t packet, std::string text);
  // Heaviest first, then by time.
  void finish(TalkSink& sink);

  std::uint64_t count(std::string_view kind) const;

 private:
  std::vector<Finding> findings_;
  std::map<std::string_view, std::uint64_t> counts_;
};

}  // namespace plaintalk::analyzer
