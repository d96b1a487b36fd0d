#include "labs/marking/read_number.hpp"

#include <algorithm>
#include <charconv>
#include <cstdint>
#include <optional>

#include "labs/course/letters.hpp"

namespace plaintalk::labs {
namespace {

bool is_digit(char c) { return c >= '0' && c <= '9'; }

// Blanks that only group digits: space, no-break space, narrow no-break space, thin space, ' and _.
std::size_t grouping_size(std::string_view text) {
  if (text.empty()) return 0;
  if (text.front() == ' ' || text.front() == '\'' || text.front() == '_') return 1;
  if (text.starts_with("\xC2\xA0")) return 2;
  if (text.starts_with("\xE2\x80\xAF") || text.starts_with("\xE2\x80\x89") ||
      text.starts_with("\xE2\x80\x99"))
    return 3;
  return 0;
}

bool three_digits(std::string_view text) {
  return text.size() >= 3 && std::ranges::all_of(text.substr(0, 3), is_digit) &&
         (text.size() == 3 || !is_digit(text[3]));
}

std::optional<double> plain(const std::string& digits) {
  double value = 0;
  const auto [end, error] = std::from_chars(digits.data(), digits.data() + digits.size(), value);
  if (error != std::errc{} || end != digits.data() + digits.size()) return std::nullopt;
  return value;
}

// Digits with . and , between them, read in every way that makes sense.
std::vector<double> read_separated(const std::string& digits) {
  std::vector<double> values;
  const auto add = [&](const std::string& text) {
    if (const auto value = plain(text)) values.push_back(*value);
  };
  const auto without = [&](char separator) {
    std::string text = digits;
    std::erase(text, separator);
    return text;
  };
  const auto points = std::ranges::count(digits, '.');
  const auto commas = std::ranges::count(digits, ',');
  if (points > 0 && commas > 0) {
    // The last one is the decimal separator.
    const char decimal = digits.rfind('.') > digits.rfind(',') ? '.' : ',';
    std::string text = without(decimal == '.' ? ',' : '.');
    std::ranges::replace(text, ',', '.');
    add(text);
    return values;
  }
  const char separator = points > 0 ? '.' : ',';
  if (points + commas == 0) {
    add(digits);
  } else if (points + commas > 1) {
    add(without(separator));
  } else {
    const std::size_t at = digits.find(separator);
    std::string text = digits;
    text[at] = '.';
    add(text);
    const bool may_group =
        digits.size() - at - 1 == 3 && at >= 1 && at <= 3 && digits.front() != '0' && !digits.contains('e');
    if (may_group) add(without(separator));
  }
  return values;
}

}  // namespace

NumberReading read_number(std::string_view text) {
  NumberReading reading;
  text = trimmed(text);
  if (text.starts_with("0x") || text.starts_with("0X")) {
    std::uint64_t value = 0;
    const auto [end, error] = std::from_chars(text.data() + 2, text.data() + text.size(), value, 16);
    if (error != std::errc{}) return reading;
    reading.values.push_back(static_cast<double>(value));
    reading.rest = trimmed(text.substr(static_cast<std::size_t>(end - text.data())));
    return reading;
  }
  std::string digits;
  if (!text.empty() && (text.front() == '-' || text.front() == '+')) {
    if (text.front() == '-') digits += '-';
    text.remove_prefix(1);
  }
  while (!text.empty()) {
    const bool separates =
        (text.front() == '.' || text.front() == ',') && text.size() > 1 && is_digit(text[1]);
    if (is_digit(text.front()) || separates) {
      digits += text.front();
      text.remove_prefix(1);
      continue;
    }
    const std::size_t grouping = grouping_size(text);
    if (digits.empty() || grouping == 0 || !three_digits(text.substr(grouping))) break;
    text.remove_prefix(grouping);
  }
  if (!digits.empty() && text.size() > 1 && (text.front() == 'e' || text.front() == 'E')) {
    std::size_t size = 1;
    if (text[size] == '-' || text[size] == '+') ++size;
    if (size < text.size() && is_digit(text[size])) {
      while (size < text.size() && is_digit(text[size])) ++size;
      digits += 'e';
      digits += text[1] == '+' ? text.substr(2, size - 2) : text.substr(1, size - 1);
      text.remove_prefix(size);
    }
  }
  reading.values = read_separated(digits);
  reading.rest = trimmed(text);
  return reading;
}

}  // namespace plaintalk::labs
