// answers.txt: what a student writes, in any editor. "01.3: 4711"; what follows on further lines belongs to
// the same answer; lines that begin with # are notes and stay.
#pragma once

#include <map>
#include <string>
#include <string_view>

#include "labs/course/lab.hpp"

namespace plaintalk::labs {

using Answers = std::map<std::string, std::string, std::less<>>;  // by the question's id, without the lab's

// Ids may be written "3", "01.3" or "1.3". What belongs to no question of the lab is left out.
Answers parse_answers(const Lab& lab, std::string_view text);

// An answers.txt with every question and nothing answered.
std::string empty_answers(const Lab& lab);

// The same text with this one answer in it; all else stays as it is.
std::string with_answer(const Lab& lab, std::string_view text, const std::string& question_id,
                        std::string_view answer);

// "3", "01.3" and "1.3" -> "3"; empty when the lab has no such question.
std::string question_id_of(const Lab& lab, std::string_view written);

}  // namespace plaintalk::labs
