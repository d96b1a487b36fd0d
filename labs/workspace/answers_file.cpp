#include "labs/workspace/answers_file.hpp"

#include <optional>
#include <vector>

#include "labs/course/letters.hpp"

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

// Lines end with LF, CR LF or, as old editors write them, CR.
std::vector<std::string_view> lines_of(std::string_view text) {
  std::vector<std::string_view> lines;
  while (!text.empty()) {
    const std::size_t end = text.find_first_of("\r\n");
    lines.push_back(text.substr(0, end));
    if (end == text.npos) break;
    text.remove_prefix(end + (text.substr(end).starts_with("\r\n") ? 2 : 1));
  }
  return lines;
}

void append_utf8(std::string& out, char32_t point) {
  const auto byte = [&](char32_t bits) { out += static_cast<char>(bits); };
  if (point < 0x80) {
    byte(point);
  } else if (point < 0x800) {
    byte(0xC0 | point >> 6);
    byte(0x80 | (point & 0x3F));
  } else if (point < 0x10000) {
    byte(0xE0 | point >> 12);
    byte(0x80 | (point >> 6 & 0x3F));
    byte(0x80 | (point & 0x3F));
  } else {
    byte(0xF0 | point >> 18);
    byte(0x80 | (point >> 12 & 0x3F));
    byte(0x80 | (point >> 6 & 0x3F));
    byte(0x80 | (point & 0x3F));
  }
}

std::string from_utf16(std::string_view bytes, bool is_big_endian) {
  constexpr char32_t kReplacement = 0xFFFD;
  const auto unit_at = [&](std::size_t at) {
    const auto first = static_cast<unsigned char>(bytes[at]);
    const auto second = static_cast<unsigned char>(bytes[at + 1]);
    return static_cast<char32_t>(is_big_endian ? first << 8 | second : second << 8 | first);
  };
  std::string text;
  for (std::size_t at = 0; at + 1 < bytes.size(); at += 2) {
    char32_t point = unit_at(at);
    if (point >= 0xD800 && point < 0xE000) {
      const char32_t low = point < 0xDC00 && at + 3 < bytes.size() ? unit_at(at + 2) : 0;
      if (low >= 0xDC00 && low < 0xE000) {
        point = 0x10000 + ((point - 0xD800) << 10) + (low - 0xDC00);
        at += 2;
      } else {
        point = kReplacement;
      }
    }
    append_utf8(text, point);
  }
  return text;
}

// As UTF-8 without a byte-order mark; Windows' editors and shells also write UTF-16.
std::string as_utf8(std::string_view text) {
  if (text.starts_with("\xEF\xBB\xBF")) return std::string(text.substr(3));
  if (text.starts_with("\xFF\xFE")) return from_utf16(text.substr(2), false);
  if (text.starts_with("\xFE\xFF")) return from_utf16(text.substr(2), true);
  return std::string(text);
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

Answers parse_answers(const Lab& lab, std::string_view bytes) {
  const std::string text = as_utf8(bytes);
  Answers answers;
  std::string current;
  for (const std::string_view line : lines_of(text)) {
    if (line.starts_with('#')) continue;
    if (auto start = start_of_answer(lab, line)) {
      current = start->id;
      const std::string_view rest = trimmed(start->rest);
      // Answered twice: the last one counts, but a line that was left empty takes nothing back.
      if (!rest.empty() || !answers.contains(current)) answers[current] = rest;
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

std::string with_answer(const Lab& lab, std::string_view bytes, const std::string& question_id,
                        std::string_view answer) {
  const std::string text = as_utf8(bytes);
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
