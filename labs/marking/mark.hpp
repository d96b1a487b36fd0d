// Marks one answer against the student's own capture. A wrong one gets one sentence: which mistake it looks
// like, and which packet shows it; never the right value.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "labs/course/question.hpp"
#include "labs/marking/answer_key.hpp"

namespace plaintalk::labs {

enum class Verdict : std::uint8_t {
  right,
  wrong,
  unreadable,    // not in a form that can be compared; no try is counted
  unanswerable,  // the capture does not hold it, or holds two: the student is not to blame
  open,          // nothing was answered yet
  by_hand,       // free text: a person marks it
};
std::string_view render(Verdict verdict);

struct Mark {
  Verdict verdict = Verdict::open;
  unsigned points = 0;
  std::string sentence{};                 // for the student
  std::string mistake{};                  // name of the one it looks like; empty: none that is known
  std::optional<std::uint64_t> packet{};  // where to look
};

Mark mark_answer(const Question& question, const AnswerKey& key, std::string_view given);

// The accepted answers, for teachers and proofs. Empty: the capture cannot answer; of a set, one text.
std::vector<std::string> accepted_answers(const Question& question, const AnswerKey& key);

// What the mistake leads to in this capture, in the same form; some of it may be right here.
std::vector<std::string> mistaken_answers(const Question& question, const Mistake& mistake,
                                          const AnswerKey& key);

}  // namespace plaintalk::labs
