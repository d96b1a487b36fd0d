#include "labs/workspace/answers_file.hpp"

#include <optional>
#include <vector>

#include "labs/course/blanks.hpp"

namespace plaintalk::labs {
namespace {

std::string_view without_leading_zeros(std::string_view number) {
  while (number.size() > 1 && number.front() == '0') number.remove_prefix(1);
  return number;
}

// The question whose answer begins in this line, and what stands after the colon.
struct Start {
  std::string id;
  std::string_view rest;
};

std::optional<Start> start_of_answer(const Lab& lab, std::string_view line) {
  const std::size_t colon = line.find(':');
  constexpr std::size_t kIdSizeMax = 40;
  // A line that is moved in goes on with an answer, whatever it looks like.
  if (colon == line.npos || colon > kIdSizeMax || is_blank(line.front())) return std::nullopt;
  std::string id = question_id_of(lab, line.substr(0, colon));
  if (id.empty()) return std::nullopt;
  return Start{std::move(id), line.substr(colon + 1)};
}

std::vector<std::string_view> lines_of(std::string_view text) {
  std::vector<std::string_view> lines;
  if (text.starts_with("\xEF\xBB\xBF")) text.remove_prefix(3);  // some editors write a byte-order mark
  while (!text.empty()) {
    const std::size_t end = text.find('\n');
    std::string_view line = text.substr(0, end);
    if (line.ends_with('\r')) line.remove_suffix(1);
    lines.push_back(line);
    if (end == text.npos) break;
    text.remove_prefix(end + 1);
  }
  return lines;
}

std::string line_for(const Lab& lab, const std::string& id, std::string_view answer) {
  std::string line = lab.id + '.' + id + ':';
  for (const std::string_view part : lines_of(answer)) line += ' ' + std::string(part) + '\n';
  if (!line.ends_with('\n')) line += '\n';
  return line;
}

}  // namespace

std::string question_id_of(const Lab& lab, std::string_view written) {
  std::string_view id = trimmed(written);
  if (const std::size_t point = id.find('.'); point != id.npos) {
    if (without_leading_zeros(id.substr(0, point)) != without_leading_zeros(lab.id)) return {};
    id.remove_prefix(point + 1);
  }
  return lab.find(std::string(id)) != nullptr ? std::string(id) : std::string();
}

Answers parse_answers(const Lab& lab, std::string_view text) {
  Answers answers;
  std::string current;
  for (const std::string_view line : lines_of(text)) {
    if (line.starts_with('#')) continue;
    if (auto start = start_of_answer(lab, line)) {
      current = start->id;
      answers[current] = trimmed(start->rest);
    } else if (!current.empty()) {
      std::string& answer = answers[current];
      if (!answer.empty()) answer += '\n';
      answer += trimmed(line);
    }
  }
  for (auto& [id, answer] : answers) answer = trimmed(answer);
  return answers;
}

std::string empty_answers(const Lab& lab) {
  std::string text = "# Lab " + lab.id + ": " + lab.title +
                     "\n# Write each answer behind its colon. Longer ones may go on in the next lines.\n"
                     "# Lines that begin with # are for you.\n\n";
  for (const Question& question : lab.questions) text += line_for(lab, question.id, "");
  return text;
}

std::string with_answer(const Lab& lab, std::string_view text, const std::string& question_id,
                        std::string_view answer) {
  std::string result;
  bool is_written = false;
  bool is_old = false;  // a line of the answer that is replaced
  for (const std::string_view line : lines_of(text)) {
    if (const auto start = start_of_answer(lab, line); start && !line.starts_with('#')) {
      is_old = start->id == question_id;
      if (is_old && !is_written) result += line_for(lab, question_id, answer);
      is_written = is_written || is_old;
    }
    if (!is_old || line.starts_with('#')) result += std::string(line) + '\n';
  }
  if (!is_written) result += line_for(lab, question_id, answer);
  return result;
}

}  // namespace plaintalk::labs
