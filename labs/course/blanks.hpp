#pragma once

#include <string_view>

namespace plaintalk::labs {

inline bool is_blank(char c) { return static_cast<unsigned char>(c) <= ' '; }

// Without the blanks, tabs and line ends around it.
inline std::string_view trimmed(std::string_view text) {
  while (!text.empty() && is_blank(text.front())) text.remove_prefix(1);
  while (!text.empty() && is_blank(text.back())) text.remove_suffix(1);
  return text;
}

}  // namespace plaintalk::labs
