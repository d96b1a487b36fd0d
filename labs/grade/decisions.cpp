#include "labs/grade/decisions.hpp"

#include <algorithm>
#include <set>

#include "base/text.hpp"

namespace plaintalk::labs {
namespace {

void apply_override(const Override& entry, GradedHandIn& hand_in) {
  if (entry.question == hand_in.lab) {
    hand_in.points = entry.points;
    hand_in.reason = entry.reason;
    return;
  }
  const auto question = std::ranges::find(hand_in.questions, entry.question, &GradedQuestion::id);
  if (question == hand_in.questions.end()) return;
  question->points = entry.points;
  question->reason = entry.reason;
}

}  // namespace

void apply_decisions(const Decisions& decisions, std::vector<GradedHandIn>& hand_ins) {
  for (GradedHandIn& hand_in : hand_ins) {
    const auto is_for = [&](const Override& entry) { return entry.student == hand_in.student; };
    for (const Override& entry : decisions.overrides)
      if (is_for(entry) && entry.question != hand_in.lab) apply_override(entry, hand_in);
    hand_in.points = hand_in.sum_of_questions();
    const auto late = decisions.days_late.find(hand_in.student);
    if (late != decisions.days_late.end() && late->second > 0) {
      hand_in.days_late = late->second;
      const double loss = hand_in.points_max * decisions.late_percent / 100 * late->second;
      hand_in.points = std::max(0.0, hand_in.points - loss);
      hand_in.reason = plural(late->second, "day") + " late";
    }
    for (const Override& entry : decisions.overrides)
      if (is_for(entry) && entry.question == hand_in.lab) apply_override(entry, hand_in);
  }
}

std::vector<Result> results_of(const std::string& lab, const std::vector<RosterEntry>& roster,
                               const std::vector<GradedHandIn>& hand_ins) {
  std::map<std::string, std::string, std::less<>> group_of;
  for (const RosterEntry& entry : roster)
    if (!entry.group.empty()) group_of[entry.id] = entry.group;
  std::vector<Result> results;
  for (const RosterEntry& entry : roster) {
    Result result{.student = &entry, .hand_in = nullptr};
    for (const GradedHandIn& hand_in : hand_ins) {
      const auto group = group_of.find(hand_in.student);
      const bool is_theirs =
          hand_in.student == entry.id ||
          (!entry.group.empty() && group != group_of.end() && group->second == entry.group);
      if (hand_in.lab != lab || !is_theirs) continue;
      if (result.hand_in == nullptr || hand_in.points > result.hand_in->points) result.hand_in = &hand_in;
    }
    results.push_back(result);
  }
  return results;
}

std::vector<RosterEntry> complete_roster(std::vector<RosterEntry> roster,
                                         const std::vector<GradedHandIn>& hand_ins) {
  std::set<std::string> known;
  for (const RosterEntry& entry : roster) known.insert(entry.id);
  for (const GradedHandIn& hand_in : hand_ins) {
    if (hand_in.student.empty() || !known.insert(hand_in.student).second) continue;
    RosterEntry& entry = roster.emplace_back();
    entry.id = hand_in.student;
  }
  return roster;
}

}  // namespace plaintalk::labs
