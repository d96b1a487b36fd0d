#include "labs/lab/answer_words.hpp"

#include <string_view>

namespace plaintalk::labs {
namespace {

bool has_value(std::string_view word) { return word == "--labs" || word == "--workspace"; }
bool is_with_value(std::string_view word) {
  return word.starts_with("--labs=") || word.starts_with("--workspace=");
}
bool asks_for_help(std::string_view word) { return word == "--help" || word == "-h"; }

// The place behind the next word that is no option, from `at`; past the end: there is none.
std::size_t behind_plain_word(const std::vector<std::string>& words, std::size_t at) {
  while (at < words.size() && words[at].starts_with('-')) at += has_value(words[at]) ? 2U : 1U;
  return at + 1;
}

}  // namespace

CommandWords take_answer_out(const std::vector<std::string>& words) {
  const std::size_t command = behind_plain_word(words, 0);
  if (command > words.size() || words[command - 1] != "answer") return {words, {}};
  const std::size_t question = behind_plain_word(words, command);
  if (question >= words.size()) return {words, {}};
  const auto begin = words.begin() + static_cast<std::ptrdiff_t>(question);
  CommandWords split{{words.begin(), begin}, {}};
  const bool is_alone = question + 1 == words.size();
  if (is_alone && asks_for_help(*begin)) return {words, {}};
  for (std::size_t at = question; at < words.size(); ++at) {
    if (words[at] == "--" && at + 1 < words.size()) {
      split.answer.insert(split.answer.end(), words.begin() + static_cast<std::ptrdiff_t>(at) + 1,
                          words.end());
      break;
    }
    if (is_with_value(words[at])) {
      split.command.push_back(words[at]);
    } else if (has_value(words[at]) && at + 1 < words.size()) {
      split.command.insert(split.command.end(), {words[at], words[at + 1]});
      ++at;
    } else {
      split.answer.push_back(words[at]);
    }
  }
  return split;
}

}  // namespace plaintalk::labs
