#include "analyzer/check/known_words.hpp"

#include <algorithm>
#include <array>
#include <vector>

namespace plaintalk::analyzer {
namespace {

struct WordsOfMeaning {
  std::string_view meaning;
  std::vector<std::string_view> words;
};
const std::array<WordsOfMeaning, 6>& all_words() {
  static const std::array<WordsOfMeaning, 6> all{{
      {"login",
       {"login", "auth", "nick", "user", "connect", "hello", "register", "signin", "name", "username"}},
      {"join", {"join", "joined", "enter", "sub", "subscribe"}},
      {"leave", {"leave", "left", "part", "unsub", "unsubscribe"}},
      {"accepted", {"welcome", "accepted", "logged_in", "login_ok", "loginok"}},
      {"refused", {"denied", "refused", "unauthorized", "login_failed", "badlogin"}},
      {"ack", {"ok", "ack", "+ok", "sent"}},
  }};
  return all;
}

}  // namespace

std::string known_meaning(std::string_view word) {
  if (word.starts_with('/')) word.remove_prefix(1);
  std::string lower(word.substr(0, 32));
  std::ranges::transform(lower, lower.begin(),
                         [](char c) { return c >= 'A' && c <= 'Z' ? static_cast<char>(c + 32) : c; });
  for (const WordsOfMeaning& meaning : all_words())
    if (std::ranges::find(meaning.words, lower) != meaning.words.end()) return std::string(meaning.meaning);
  return {};
}

}  // namespace plaintalk::analyzer
