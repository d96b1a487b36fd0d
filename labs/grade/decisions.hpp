// What a teacher decided, put into the marks: overrides, late days, groups.
#pragma once

#include <map>
#include <string>
#include <vector>

#include "labs/grade/graded.hpp"
#include "labs/grade/roster.hpp"

namespace plaintalk::labs {

struct Decisions {
  std::vector<Override> overrides;
  std::map<std::string, unsigned, std::less<>> days_late;
  double late_percent = 0;  // of the reachable points, for each day
};

void apply_decisions(const Decisions& decisions, std::vector<GradedHandIn>& hand_ins);

// One student's result of one lab: the best hand-in of theirs or of their group.
struct Result {
  const RosterEntry* student = nullptr;
  const GradedHandIn* hand_in = nullptr;  // nullptr: none
};
// For everybody on the roster, in its order.
std::vector<Result> results_of(const std::string& lab, const std::vector<RosterEntry>& roster,
                               const std::vector<GradedHandIn>& hand_ins);

// Entries for those who are on no roster, so that nobody's hand-in is lost.
std::vector<RosterEntry> complete_roster(std::vector<RosterEntry> roster,
                                         const std::vector<GradedHandIn>& hand_ins);

}  // namespace plaintalk::labs
