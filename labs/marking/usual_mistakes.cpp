#include "labs/marking/usual_mistakes.hpp"

#include <algorithm>
#include <array>
#include <charconv>
#include <cmath>
#include <cstdint>
#include <string>

#include "base/text.hpp"
#include "labs/marking/units.hpp"

namespace plaintalk::labs {
namespace {

// The digits of the answer read in base 16, or the key's in base 16 read as decimal.
bool is_other_base(std::string_view given, double key) {
  std::string digits;
  for (const char c : given)
    if (c != ' ') digits += c;
  if (digits.starts_with("0x") || digits.empty()) return false;
  std::uint64_t value = 0;
  const char* const end = digits.data() + digits.size();
  const auto as_hex = std::from_chars(digits.data(), end, value, 16);
  return as_hex.ec == std::errc{} && as_hex.ptr == end && static_cast<double>(value) == key;
}

bool is_times(const Question& question, double answer, double key, double factor) {
  return key != 0 && agrees(question, {answer * factor, {}}, {key, {}});
}

std::string reversed_bytes(const std::string& digits) {
  std::string result;
  for (std::size_t at = digits.size(); at >= 2; at -= 2) result += digits.substr(at - 2, 2);
  return result;
}

std::optional<UsualMistake> find_in_number(const Question& question, double answer, double key) {
  const auto unit = find_unit(question.unit);
  if (unit && unit->family == UnitFamily::time)
    for (const double factor : {1e3, 1e-3, 1e6, 1e-6, 1e9, 1e-9, 60.0, 1 / 60.0})
      if (is_times(question, answer, key, factor))
        return UsualMistake{"time unit",
                            "The digits are right, but the unit is not: look at what the question asks for."};
  if (unit && (unit->family == UnitFamily::size || unit->family == UnitFamily::rate)) {
    for (const double factor : {8.0, 0.125})
      if (is_times(question, answer, key, factor))
        return UsualMistake{"bits and bytes", "That is off by a factor of eight: bits are not bytes."};
    for (const double factor :
         {1e3, 1e-3, 1024.0, 1 / 1024.0, 1.024, 1 / 1.024, 1e6, 1e-6, 1048576.0, 1 / 1048576.0})
      if (is_times(question, answer, key, factor))
        return UsualMistake{"size unit",
                            "The unit does not fit: kilobytes (1000), kibibytes (1024) and bytes differ."};
  }
  if (answer == -key && key != 0)
    return UsualMistake{"sign", "The sign is the wrong way round: what minus what?"};
  if (question.kind != AnswerKind::decimal && std::abs(answer - key) == 1)
    return UsualMistake{"off by one", "Off by one: check whether the first or the last counts too."};
  return std::nullopt;
}

}  // namespace

std::optional<UsualMistake> find_usual_mistake(const Question& question, std::string_view given,
                                               const std::vector<Reading>& answers, const Reading& key) {
  if (question.kind == AnswerKind::bytes) {
    if (!answers.empty() && answers.front().text == reversed_bytes(key.text))
      return UsualMistake{"byte order",
                          "These are the right bytes from the last to the first: network byte order begins "
                          "with the most significant one."};
    if (hex(given) == key.text)
      return UsualMistake{"characters for bytes",
                          "That is the text; the question asks for its bytes in hexadecimal."};
    return std::nullopt;
  }
  if (!is_number(question.kind)) return std::nullopt;
  for (const Reading& answer : answers)
    if (const auto mistake = find_in_number(question, answer.number, key.number)) return mistake;
  if (is_other_base(given, key.number))
    return UsualMistake{
        "hexadecimal and decimal",
        "That is the number in hexadecimal; the question asks for decimal (or write 0x before it)."};
  return std::nullopt;
}

}  // namespace plaintalk::labs
