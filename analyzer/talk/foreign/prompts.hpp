// What servers that speak to people say: questions for a name or a password, and whether it was right.
#pragma once

#include <algorithm>
#include <cstdint>
#include <string_view>

#include "analyzer/talk/foreign/words.hpp"

namespace plaintalk::analyzer::foreign {

enum class Prompt : std::uint8_t { none, user, password };

// `text` is what stands on the line that was not ended, or the line itself.
inline Prompt prompt_of(std::string_view text) {
  text = trim(text);
  if (!text.ends_with(':') && !text.ends_with('>') && !text.ends_with('?')) return Prompt::none;
  text.remove_suffix(1);
  const std::string_view last = text.substr(text.size() - std::min<std::size_t>(text.size(), 32));
  if (contains_any_case(last, "password") || contains_any_case(last, "passwort") ||
      contains_any_case(last, "passphrase"))
    return Prompt::password;
  if (contains_any_case(last, "last login")) return Prompt::none;
  for (const std::string_view word : {"login", "username", "user name", "your name", "nickname", "account"})
    if (contains_any_case(last, word)) return Prompt::user;
  // "Name:" and "Enter name:", but not "Room name:".
  const auto words = split(last);
  if (!words.empty() && words.size() <= 2 && upper(words.back()) == "NAME" &&
      (words.size() == 1 || upper(words.front()) == "ENTER"))
    return Prompt::user;
  return Prompt::none;
}

inline bool says_refused(std::string_view line) {
  for (const std::string_view word : {"incorrect", "invalid", "denied", "failed", "wrong", "refused"})
    if (contains_any_case(line, word)) return true;
  return false;
}

inline bool says_accepted(std::string_view line) {
  for (const std::string_view word :
       {"last login", "logged in", "login successful", "login ok", "authenticated", "access granted"})
    if (contains_any_case(line, word)) return !contains_any_case(line, "not ");
  return false;
}

}  // namespace plaintalk::analyzer::foreign
