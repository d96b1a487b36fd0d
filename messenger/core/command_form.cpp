#include "messenger/core/command_form.hpp"

#include <algorithm>
#include <array>
#include <string>
#include <string_view>
#include <vector>

#include "base/typing.hpp"
#include "messenger/core/help.hpp"

namespace plaintalk::messenger::core {
namespace {

constexpr std::string_view kIgnoredPrefix = "x-";
constexpr std::size_t kShownKeySizeMax = 32;
constexpr std::size_t kVerbCount = static_cast<std::size_t>(Verb::file) + 1;

struct CommandForm {
  std::vector<std::string_view> keys;  // empty: no command
  std::size_t argument_count_max = 0;
  bool takes_body = false;
};

// Of "[after=n|before=n]": after and before.
void read_keys(std::string_view word, CommandForm& form) {
  for (;;) {
    const std::size_t end = std::min(word.find('|'), word.size());
    const std::string_view choice = word.substr(0, end);
    if (const std::size_t equals = choice.find('='); equals != choice.npos)
      form.keys.push_back(choice.substr(0, equals));
    if (end == word.size()) return;
    word.remove_prefix(end + 1);
  }
}

CommandForm read_form(std::string_view text) {
  CommandForm form{{"id"}, 0, false};
  std::size_t at = std::min(text.find(' '), text.size());
  while (at < text.size()) {
    const std::size_t begin = at + 1;
    at = std::min(text.find(' ', begin), text.size());
    std::string_view word = text.substr(begin, at - begin);
    if (word.starts_with('[')) word = word.substr(1, word.size() - 2);
    if (word.starts_with(':') || word.starts_with('{')) {
      form.takes_body = true;
    } else if (word.find('=') != word.npos) {
      read_keys(word, form);
    } else {
      ++form.argument_count_max;
    }
  }
  return form;
}

const CommandForm& form_for(Verb verb) {
  static const std::array<CommandForm, kVerbCount> forms = [] {
    std::array<CommandForm, kVerbCount> all;
    for (const HelpEntry& entry : help_entries())
      all[static_cast<std::size_t>(entry.verb)] = read_form(entry.form);
    return all;
  }();
  return forms[static_cast<std::size_t>(verb)];
}

// What was typed may be a password in the wrong place: the client is told, the log is not.
Refusal unknown_parameter(const Frame& frame, const CommandForm& form, std::string_view key) {
  std::string lower(key.substr(0, kShownKeySizeMax));
  std::ranges::transform(lower, lower.begin(),
                         [](char c) { return c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c; });
  std::string text = "unknown parameter " + std::string(key.substr(0, kShownKeySizeMax)) + '=';
  if (const std::string_view meant = nearest_word(lower, form.keys); !meant.empty())
    text += " (did you mean " + std::string(meant) + "=?)";
  Refusal result = refusal(ErrorName::syntax, text + "; write: " + std::string(form_of(frame.verb)));
  result.logged_text = "unknown parameter";
  return result;
}

}  // namespace

Answer check_form(const Frame& frame) {
  const CommandForm& form = form_for(frame.verb);
  if (form.keys.empty()) return kAnswered;
  for (std::size_t index = 0; frame.parameter_bits != 0 && index < frame.token_count; ++index) {
    if ((frame.parameter_bits >> index & 1U) == 0) continue;
    const std::string_view key = frame.tokens[index].substr(0, frame.tokens[index].find('='));
    if (key.starts_with(kIgnoredPrefix) || std::ranges::find(form.keys, key) != form.keys.end()) continue;
    return unknown_parameter(frame, form, key);
  }
  const bool has_too_much = frame.argument_count() > form.argument_count_max ||
                            (frame.body_kind != BodyKind::none && !form.takes_body);
  if (has_too_much) return wrong_form(frame.verb);
  return kAnswered;
}

}  // namespace plaintalk::messenger::core
