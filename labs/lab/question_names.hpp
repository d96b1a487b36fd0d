#pragma once

#include <string>

#include "labs/course/lab.hpp"

namespace plaintalk::labs {

// The question "3" or "01.3". Throws std::runtime_error with those there are.
const Question& require_question(const Lab& lab, const std::string& written);

// "01.3" -> "01"; "01" -> "01".
std::string lab_part(const std::string& written);
// "01.3" -> "01.3"; "01" -> "".
std::string question_part(const std::string& written);

}  // namespace plaintalk::labs
