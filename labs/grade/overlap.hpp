// Equal wrong answers of two students, as odds: how likely would so much agreement be by chance, given how
// the class answered. A number to talk about, with the packets of both sides, never a verdict.
#pragma once

#include <string>
#include <vector>

#include "labs/grade/graded.hpp"

namespace plaintalk::labs {

struct SharedAnswer {
  std::string question;
  std::string answer;
  double share = 1;  // of all others' hand-ins that give this answer, or at least 1 / (their number + 1)
  bool is_others_key = false;  // right in the other student's capture, wrong in one's own
};

struct Overlap {
  const GradedHandIn* a = nullptr;
  const GradedHandIn* b = nullptr;
  bool same_capture = false;
  std::vector<SharedAnswer> shared;
  double odds = 1;  // one in so many, if answers were independent
};

// Pairs of one lab with odds of at least one in `odds_min`, or the same capture; the least likely first.
std::vector<Overlap> find_overlaps(const std::vector<GradedHandIn>& hand_ins, double odds_min = 1000);

}  // namespace plaintalk::labs
