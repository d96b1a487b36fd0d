#pragma once

#include <string>
#include <string_view>

namespace plaintalk::labs {

inline bool is_blank(char c) { return static_cast<unsigned char>(c) <= ' '; }

// Without the blanks, tabs and line ends around it.
inline std::string_view trimmed(std::string_view text) {
  while (!text.empty() && is_blank(text.front())) text.remove_prefix(1);
  while (!text.empty() && is_blank(text.back())) text.remove_suffix(1);
  return text;
}

inline char lower_case(char c) { return c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c; }

// Of ASCII letters alone: what else there is stays.
inline std::string lower_case(std::string_view text) {
  std::string small;
  small.reserve(text.size());
  for (const char c : text) small += lower_case(c);
  return small;
}

}  // namespace plaintalk::labs
