// Questions to ask one student in person, about that student's own packets: whoever did the lab answers them
// in a minute, and whoever let it be done does not.
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "labs/course/lab.hpp"
#include "labs/grade/graded.hpp"
#include "labs/marking/answer_key.hpp"

namespace plaintalk::labs {

struct OralQuestion {
  std::string question;                   // "01.3": what it is about
  std::string asks;                       // to read out
  std::string expects;                    // for the teacher: what a good answer holds
  std::optional<std::uint64_t> packet{};  // of the student's capture
};

// At most `count_max`, each about another question of the sheet: first what the student confused, then what
// others confuse there. The same for the same hand-in each time, and different from student to student.
// `words` fill in what texts name.
std::vector<OralQuestion> oral_questions(const Lab& lab, const AnswerKey& key, const GradedHandIn& hand_in,
                                         const Values& words, std::size_t count_max = 3);

}  // namespace plaintalk::labs
