// worksheet.md made one student's: names filled in, commands as they are typed here, questions put where
// {question 3} stands; then shown as text or as a page.
#pragma once

#include <string>

#include "labs/course/lab.hpp"
#include "labs/course/variant.hpp"

namespace plaintalk::labs {

// What texts for a student may name: the variant, {plaintalk} (the command as it is typed here) and {lab}.
// Without a student (nobody has begun yet) each value of the variant is its own name in capitals.
Values words_for(const Lab& lab, const std::string& student);

// Markdown. Throws std::runtime_error when the file is missing or too large.
std::string read_worksheet(const Lab& lab, const Values& values);

// The number of its last step: of the lines "3. ..." that tell what to do.
unsigned count_steps(const std::string& markdown);

// One question in Markdown: number, points, text, choices, how it is answered.
std::string question_markdown(const Lab& lab, const Question& question, const Values& values);

// Folded to `width` columns; plain text without colours.
std::string markdown_to_text(const std::string& markdown, int width);

// One page that needs no other file: readable on a phone, on paper, in the dark, and by a screen reader.
std::string markdown_to_html(const std::string& markdown, const std::string& title);

}  // namespace plaintalk::labs
