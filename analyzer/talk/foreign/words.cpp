#include "analyzer/talk/foreign/words.hpp"

#include <algorithm>
#include <cctype>
#include <cstdint>

#include "base/check.hpp"

namespace plaintalk::analyzer::foreign {
namespace {

char upper_letter(char c) { return c >= 'a' && c <= 'z' ? static_cast<char>(c - 'a' + 'A') : c; }
char lower_letter(char c) { return c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c; }
bool is_digit(char c) { return c >= '0' && c <= '9'; }
bool is_blank(char c) { return c == ' ' || c == '\t' || c == '\r' || c == '\n'; }

int base64_value(char c) {
  if (c >= 'A' && c <= 'Z') return c - 'A';
  if (c >= 'a' && c <= 'z') return c - 'a' + 26;
  if (is_digit(c)) return c - '0' + 52;
  return c == '+' ? 62 : c == '/' ? 63 : -1;
}

}  // namespace

std::string upper(std::string_view text) {
  std::string result(text);
  std::ranges::transform(result, result.begin(), upper_letter);
  return result;
}

bool starts_with_word(std::string_view text, std::string_view upper_case_word) {
  if (text.size() < upper_case_word.size()) return false;
  if (text.size() > upper_case_word.size() && text[upper_case_word.size()] != ' ') return false;
  return std::equal(upper_case_word.begin(), upper_case_word.end(), text.begin(),
                    [](char expected, char c) { return expected == upper_letter(c); });
}

bool contains_any_case(std::string_view text, std::string_view lower_case_part) {
  return std::search(text.begin(), text.end(), lower_case_part.begin(), lower_case_part.end(),
                     [](char c, char expected) { return lower_letter(c) == expected; }) != text.end();
}

std::string_view trim(std::string_view text) {
  while (!text.empty() && is_blank(text.front())) text.remove_prefix(1);
  while (!text.empty() && is_blank(text.back())) text.remove_suffix(1);
  return text;
}

Words split(std::string_view line, std::size_t count_max) {
  check(count_max >= 1 && count_max <= Words::kCountMax, "there is room for so many words");
  Words words;
  line = trim(line);
  while (!line.empty()) {
    const bool is_last = words.size() + 1 == count_max;
    const auto* const end =
        is_last ? line.end() : std::ranges::find_if(line, [](char c) { return c == ' ' || c == '\t'; });
    const auto size = static_cast<std::size_t>(end - line.begin());
    words.add(line.substr(0, size));
    // The line's own end is trimmed: only what comes before the next word is left to be.
    line.remove_prefix(size);
    while (!line.empty() && is_blank(line.front())) line.remove_prefix(1);
  }
  return words;
}

std::optional<std::string> base64(std::string_view text) {
  text = trim(text);
  while (text.ends_with('=')) text.remove_suffix(1);
  if (text.size() % 4 == 1) return std::nullopt;
  std::string result;
  std::uint32_t bits = 0;
  unsigned bit_count = 0;
  for (const char c : text) {
    const int value = base64_value(c);
    if (value < 0) return std::nullopt;
    bits = (bits << 6U | static_cast<std::uint32_t>(value)) & 0xffffffU;
    bit_count += 6;
    if (bit_count < 8) continue;
    bit_count -= 8;
    result += static_cast<char>(bits >> bit_count & 0xffU);
  }
  return result;
}

std::optional<Login> sasl_plain(std::string_view base64_text) {
  const auto text = base64(base64_text);
  if (!text) return std::nullopt;
  const std::size_t first = text->find('\0');
  if (first == text->npos) return std::nullopt;
  const std::size_t second = text->find('\0', first + 1);
  if (second == text->npos) return std::nullopt;
  return Login{text->substr(first + 1, second - first - 1), text->substr(second + 1)};
}

unsigned reply_code(std::string_view line) {
  if (line.size() < 3 || !is_digit(line[0]) || !is_digit(line[1]) || !is_digit(line[2])) return 0;
  if (line.size() > 3 && line[3] != ' ') return 0;
  return static_cast<unsigned>((line[0] - '0') * 100 + (line[1] - '0') * 10 + (line[2] - '0'));
}

}  // namespace plaintalk::analyzer::foreign
