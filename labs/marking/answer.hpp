// What a student wrote, read in every way it can be meant, and compared with a key. A right answer in another
// notation is right: separators, units, leading zeros, upper case, ::ffff:, 0x.
#pragma once

#include <expected>
#include <string>
#include <string_view>
#include <vector>

#include "labs/course/question.hpp"

namespace plaintalk::labs {

struct Reading {
  double number = 0;  // of numbers, in the question's unit
  std::string text;   // of everything else, in a form in which equal answers are equal
};

// All that the answer may mean, at least one. The error says how to write it.
std::expected<std::vector<Reading>, std::string> read_answer(const Question& question,
                                                             std::string_view given);

// A value from the database as a reading.
std::expected<Reading, std::string> read_key(const Question& question, std::string_view value);

bool agrees(const Question& question, const Reading& answer, const Reading& key);

// Numbers are compared as numbers.
bool is_number(AnswerKind kind);

// Without blanks around it, quotation marks, a # or @ before a name; one blank between words; lower case.
std::string folded(std::string_view text);

}  // namespace plaintalk::labs
