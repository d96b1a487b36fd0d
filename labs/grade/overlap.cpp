#include "labs/grade/overlap.hpp"

#include <algorithm>
#include <map>
#include <tuple>

#include "labs/marking/answer.hpp"

namespace plaintalk::labs {
namespace {

// lab.question -> folded answer -> how many gave it
using Counts = std::map<std::string, std::map<std::string, std::size_t>>;

bool is_right_answer_of(const GradedQuestion& question, const std::string& answer) {
  return !question.accepted.empty() && folded(question.accepted) == answer;
}

void compare(const GradedQuestion& one, const GradedQuestion& two, const Counts& counts,
             std::size_t class_size, Overlap& overlap) {
  if (one.mark.verdict != Verdict::wrong || two.mark.verdict == Verdict::by_hand) return;
  const std::string answer = folded(one.given);
  if (answer.empty() || folded(two.given) != answer) return;
  // How the others answered, these two left out; an answer that nobody else gave is taken as one in all of
  // them.
  const std::size_t same = counts.at(one.id).at(answer);
  const auto others = static_cast<double>(class_size > 2 ? class_size - 2 : 1);
  const auto others_same = static_cast<double>(same > 2 ? same - 2 : 0);
  const double share = (others_same + 1) / (others + 1);
  overlap.shared.push_back({.question = one.id,
                            .answer = one.given,
                            .share = share,
                            .is_others_key = is_right_answer_of(two, answer)});
  overlap.odds /= share;
}

Overlap compare(const GradedHandIn& a, const GradedHandIn& b, const Counts& counts, std::size_t class_size) {
  Overlap overlap{.a = &a, .b = &b, .same_capture = a.capture_sha256 == b.capture_sha256, .shared = {}};
  for (std::size_t place = 0; place < a.questions.size() && place < b.questions.size(); ++place) {
    const std::size_t before = overlap.shared.size();
    compare(a.questions[place], b.questions[place], counts, class_size, overlap);
    // Wrong for b and right for a counts the same.
    if (overlap.shared.size() == before && a.questions[place].mark.verdict == Verdict::right)
      compare(b.questions[place], a.questions[place], counts, class_size, overlap);
  }
  return overlap;
}

}  // namespace

std::vector<Overlap> find_overlaps(const std::vector<GradedHandIn>& hand_ins, double odds_min) {
  std::map<std::string, std::vector<const GradedHandIn*>> by_lab;
  for (const GradedHandIn& hand_in : hand_ins)
    if (!hand_in.questions.empty()) by_lab[hand_in.lab].push_back(&hand_in);
  std::vector<Overlap> overlaps;
  for (const auto& [lab, all] : by_lab) {
    Counts counts;
    for (const GradedHandIn* hand_in : all)
      for (const GradedQuestion& question : hand_in->questions) ++counts[question.id][folded(question.given)];
    for (std::size_t one = 0; one < all.size(); ++one) {
      for (std::size_t two = one + 1; two < all.size(); ++two) {
        if (all[one]->student == all[two]->student) continue;
        Overlap overlap = compare(*all[one], *all[two], counts, all.size());
        if (overlap.same_capture || overlap.odds >= odds_min) overlaps.push_back(std::move(overlap));
      }
    }
  }
  std::ranges::stable_sort(overlaps, [](const Overlap& one, const Overlap& two) {
    return std::tie(one.same_capture, one.odds) > std::tie(two.same_capture, two.odds);
  });
  return overlaps;
}

}  // namespace plaintalk::labs
