#include "messenger/client/command.hpp"

#include <algorithm>
#include <array>
#include <optional>
#include <span>
#include <utility>
#include <vector>

#include "base/number.hpp"
#include "base/text.hpp"
#include "base/typing.hpp"
#include "protocol/limits.hpp"
#include "protocol/names.hpp"

namespace plaintalk::messenger::client {
namespace {

using Parsed = std::expected<Command, std::string>;

std::string_view trimmed(std::string_view text) {
  const auto first = text.find_first_not_of(" \t\r\n");
  if (first == std::string_view::npos) return {};
  return text.substr(first, text.find_last_not_of(" \t\r\n") - first + 1);
}

// Cuts the first word off `rest`.
std::string_view next_word(std::string_view& rest) {
  rest = trimmed(rest);
  const auto end = std::min(rest.find_first_of(" \t"), rest.size());
  const std::string_view word = rest.substr(0, end);
  rest = trimmed(rest.substr(end));
  return word;
}

Parsed wrong(std::string text) { return std::unexpected(std::move(text)); }

Parsed request(Request made) {
  Command command;
  command.kind = Command::Kind::request;
  command.request = std::move(made);
  return command;
}

std::string quoted(std::string_view text) { return "\"" + terminal_safe(text.substr(0, 60)) + "\""; }

// "#room", "@account" or a bare account name; nothing when it is none of them.
std::optional<std::string> as_target(std::string_view word, bool bare_account) {
  if (const auto target = parse_target(word))
    return target->kind == Target::Kind::account ? "@" + target->name : target->name;
  if (bare_account) {
    if (const auto account = fold_account(word)) return "@" + *account;
  }
  return std::nullopt;
}

std::string not_a_room(std::string_view word) {
  if (word.empty()) return "which room? Write its name, such as #lab";
  return quoted(word) + " is no room: a room is # and 1 to 48 of a-z 0-9 _ -, such as #lab";
}

std::string not_a_target(std::string_view word) {
  if (word.empty()) return "to whom? Write a room such as #lab or a person such as @bob";
  return quoted(word) + " is no room and no person: write #lab or @bob";
}

constexpr const char* kNowhere = "you are in no room yet: /join #room, or /msg @user text";

Parsed say(const std::string& target, std::string_view text) {
  if (target.empty()) return wrong(kNowhere);
  if (text.size() > kSkippedBodySizeMax) return wrong("the message is too long; /send FILE sends files");
  if (!is_utf8(text)) return wrong("the message is not valid UTF-8; set your terminal to UTF-8");
  return request({.verb = Verb::say, .target = target, .text = std::string(text)});
}

Parsed join(std::string_view rest, const std::string&) {
  const auto word = next_word(rest);
  const auto room = fold_room(word);
  if (!room) {
    const auto with_mark = fold_room("#" + std::string(word));
    return wrong(with_mark ? "rooms start with #: /join " + *with_mark : not_a_room(word));
  }
  return request({.verb = Verb::join, .target = *room});
}

Parsed part(std::string_view rest, const std::string& target) {
  const auto word = rest.starts_with('#') ? next_word(rest) : std::string_view(target);
  const auto room = fold_room(word);
  if (!room) return wrong(not_a_room(rest.empty() || !word.empty() ? word : rest));
  Request made{.verb = Verb::part, .target = *room};
  if (!rest.empty()) made.text = std::string(rest);
  return request(std::move(made));
}

Parsed rooms(std::string_view, const std::string&) { return request({.verb = Verb::rooms}); }

Parsed who(std::string_view rest, const std::string& target) {
  std::string_view word = next_word(rest);
  if (word == "*") return request({.verb = Verb::who});
  if (word.empty()) word = target;
  if (word.empty()) return request({.verb = Verb::who});
  const auto found = as_target(word, true);
  if (!found) return wrong(not_a_target(word));
  return request({.verb = Verb::who, .target = *found});
}

Parsed topic(std::string_view rest, const std::string& target) {
  std::string room = target;
  if (rest.starts_with('#')) {
    const auto word = next_word(rest);
    const auto named = fold_room(word);
    if (!named) return wrong(not_a_room(word));
    room = *named;
  }
  if (!room.starts_with('#')) return wrong(not_a_room(""));
  Request made{.verb = Verb::topic, .target = room};
  if (!rest.empty()) made.text = std::string(rest);
  return request(std::move(made));
}

Parsed msg(std::string_view rest, const std::string&) {
  const auto word = next_word(rest);
  const auto target = as_target(word, true);
  if (!target) return wrong(not_a_target(word));
  if (!rest.empty()) return say(*target, rest);
  Command command;
  command.kind = Command::Kind::talk_to;
  command.text = *target;
  return command;
}

Parsed say_to(std::string_view rest, const std::string& target) {
  if (rest.starts_with('#') || rest.starts_with('@')) {
    std::string_view after = rest;
    const auto found = as_target(next_word(after), false);
    if (found && !after.empty()) return say(*found, after);
  }
  if (rest.empty()) return wrong("what? /say text, or /say #room text");
  return say(target, rest);
}

Parsed send(std::string_view rest, const std::string& target) {
  std::string to = target;
  std::string_view path = rest;
  const auto last_quote = rest.rfind('"');
  const bool all_quoted = rest.size() >= 2 && rest.front() == '"' && last_quote == rest.size() - 1;
  const auto last_space = all_quoted ? std::string_view::npos : rest.find_last_of(" \t");
  if (last_space != std::string_view::npos) {
    const std::string_view last = rest.substr(last_space + 1);
    if (last.starts_with('#') || last.starts_with('@')) {
      const auto found = as_target(last, false);
      if (!found) return wrong(not_a_target(last));
      to = *found;
      path = trimmed(rest.substr(0, last_space));
    }
  }
  if (path.size() >= 2 && path.front() == '"' && path.back() == '"') path = path.substr(1, path.size() - 2);
  if (path.empty()) return wrong("which file? /send FILE, or /send FILE #room, or /send FILE @user");
  if (to.empty()) return wrong("to whom? /send FILE #room, or /send FILE @user");
  return request({.verb = Verb::put, .target = to, .text = {}, .path = std::string(path)});
}

Parsed get(std::string_view rest, const std::string& target) {
  if (rest.empty()) return wrong("which file? /get NAME; /files lists them");
  return request({.verb = Verb::get, .target = std::string(rest), .near = target});
}

Parsed cancel(std::string_view rest, const std::string&) {
  return request({.verb = Verb::cancel, .target = std::string(rest)});
}

// [#room|@user] [COUNT] [before=N] [after=N]
Parsed page(std::string_view rest, const std::string& target, bool files_only) {
  Request made{.verb = Verb::history, .target = target};
  made.files_only = files_only;
  if (files_only) made.limit = kPageSizeMax;
  while (!rest.empty()) {
    const std::string_view word = next_word(rest);
    const auto equals = word.find('=');
    const auto number =
        parse_decimal<std::uint64_t>(equals == std::string_view::npos ? word : word.substr(equals + 1));
    if (word.starts_with('#') || word.starts_with('@')) {
      const auto found = as_target(word, false);
      if (!found) return wrong(not_a_target(word));
      made.target = *found;
    } else if (word.starts_with("before=") && number) {
      made.before = *number;
    } else if (word.starts_with("after=") && number) {
      made.after = *number;
    } else if (number && *number > 0) {
      made.limit = static_cast<std::size_t>(std::min<std::uint64_t>(*number, kPageSizeMax));
    } else {
      return wrong("what is " + quoted(word) + "? /history [#room|@user] [COUNT] [before=N] [after=N]");
    }
  }
  if (made.before && made.after) return wrong("give before= or after=, not both");
  if (made.target.empty()) return wrong("of which room? /history #room, or /history @user");
  return request(std::move(made));
}

Parsed history(std::string_view rest, const std::string& target) { return page(rest, target, false); }
Parsed files(std::string_view rest, const std::string& target) { return page(rest, target, true); }

Parsed away(std::string_view rest, const std::string&) {
  return request({.verb = Verb::away, .target = {}, .text = std::string(rest.empty() ? "away" : rest)});
}
Parsed back(std::string_view, const std::string&) { return request({.verb = Verb::away}); }
Parsed ping(std::string_view, const std::string&) { return request({.verb = Verb::ping}); }
Parsed quit(std::string_view rest, const std::string&) {
  Request made{.verb = Verb::quit};
  if (!rest.empty()) made.text = std::string(rest);
  return request(std::move(made));
}
Parsed help(std::string_view rest, const std::string&) {
  const auto word = next_word(rest);
  if (word == "server") {
    Request made{.verb = Verb::help};
    if (const auto verb = next_word(rest); !verb.empty()) made.text = std::string(verb);
    return request(std::move(made));
  }
  Command command;
  command.kind = Command::Kind::help;
  command.text = std::string(word);
  return command;
}

Command plain(Command::Kind kind, std::string_view text = {}, std::uint64_t number = 0) {
  Command command;
  command.kind = kind;
  command.text = std::string(text);
  command.number = number;
  return command;
}

Parsed drop(std::string_view, const std::string&) { return plain(Command::Kind::drop); }
Parsed expect(std::string_view rest, const std::string&) {
  if (rest.empty()) return wrong("what is expected? /expect TEXT");
  return plain(Command::Kind::expect, rest);
}
Parsed members(std::string_view rest, const std::string&) {
  const auto word = next_word(rest);
  const auto room = fold_room(word);
  const auto count = parse_decimal<std::uint64_t>(rest);
  if (!room || !count) return wrong("/members #room N waits until the room has N members");
  return plain(Command::Kind::members, *room, *count);
}
Parsed sleep(std::string_view rest, const std::string&) {
  const auto time_ms = parse_decimal<std::uint32_t>(rest);
  if (!time_ms) return wrong("/sleep MS waits that many milliseconds");
  return plain(Command::Kind::sleep, {}, *time_ms);
}

struct Entry {
  std::string_view name;
  std::string_view usage;
  std::string_view meaning;
  Parsed (*parse)(std::string_view rest, const std::string& target);
  bool only_in_scripts = false;
};

constexpr std::array kEntries{
    Entry{"help", "/help [COMMAND]", "this list; /help server [VERB] asks the server", help},
    Entry{"join", "/join #room", "enter a room and talk there", join},
    Entry{"part", "/part [#room] [TEXT]", "leave it, with a word to the others", part},
    Entry{"rooms", "/rooms", "all rooms of the server", rooms},
    Entry{"who", "/who [#room|@user|*]", "who is in the room, or everybody online", who},
    Entry{"topic", "/topic [#room] [TEXT]", "show or set what the room is about", topic},
    Entry{"msg", "/msg @user [TEXT]", "a direct message; without TEXT, talk to that person from now on", msg},
    Entry{"say", "/say [#room|@user] TEXT", "a message, also one that starts with a slash", say_to},
    Entry{"send", "/send FILE [#room|@user]", "send a file, checked by its SHA-256", send},
    Entry{"get", "/get NAME", "fetch a file that was announced", get},
    Entry{"cancel", "/cancel [NAME]", "give up sending or fetching that file, or all of them", cancel},
    Entry{"files", "/files [#room|@user]", "the files of the room", files},
    Entry{"history", "/history [#room|@user] [COUNT] [before=N] [after=N]", "what was said before", history},
    Entry{"away", "/away [TEXT]", "tell that you are away", away},
    Entry{"back", "/back", "tell that you are back", back},
    Entry{"ping", "/ping", "how long the server takes to answer", ping},
    Entry{"drop", "/drop", "cut the connection hard, as a lost network would, and come back", drop},
    Entry{"quit", "/quit [TEXT]", "leave, with a word to the others", quit},
    Entry{"expect", "/expect TEXT", "wait until somebody's message, a file or a notice contains TEXT", expect,
          true},
    Entry{"members", "/members #room N", "wait until the room has N members", members, true},
    Entry{"sleep", "/sleep MS", "wait", sleep, true},
};

constexpr std::size_t kHelpIndent = 28;
constexpr std::size_t kHelpWidth = 79;

// The meaning beside the usage, or below it when that is long, and never beyond an 80-column screen.
std::string help_entry(const Entry& entry) {
  std::string text;
  std::string line(entry.usage);
  const auto end_line = [&] { text += std::exchange(line, std::string(kHelpIndent, ' ')) + "\n"; };
  if (line.size() + 2 > kHelpIndent) end_line();
  line.resize(kHelpIndent, ' ');
  std::string_view rest = entry.meaning;
  for (std::string_view word = next_word(rest); !word.empty(); word = next_word(rest)) {
    if (line.size() + 1 + word.size() > kHelpWidth) end_line();
    if (line.size() > kHelpIndent) line += ' ';
    line += word;
  }
  end_line();
  return text;
}

std::string unknown(std::string_view name, bool in_script) {
  std::vector<std::string_view> names;
  for (const Entry& entry : kEntries)
    if (in_script || !entry.only_in_scripts) names.push_back(entry.name);
  std::string text = "there is no command /" + terminal_safe(name.substr(0, 40));
  if (const std::string_view meant = nearest_word(name, names); !meant.empty())
    text += "; did you mean /" + std::string(meant) + "?";
  return text + " /help lists the commands, and // starts a message with a slash";
}

}  // namespace

std::expected<Command, std::string> parse_command(std::string_view line, const std::string& target,
                                                  bool in_script) {
  while (!line.empty() && (line.back() == '\n' || line.back() == '\r')) line.remove_suffix(1);
  if (trimmed(line).empty()) return Command{};
  if (!line.starts_with('/')) return say(target, line);
  if (line.starts_with("//")) return say(target, line.substr(1));
  std::string_view rest = line.substr(1);
  const bool detached = rest.starts_with(' ');  // "/ join" is a slip, not a command without a name
  const std::string name = [&] {
    std::string lower(next_word(rest));
    std::ranges::transform(lower, lower.begin(), [](char c) {
      return c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c;
    });
    return lower;
  }();
  if (name.empty() || detached) return wrong("a command follows its slash directly: /help lists them");
  for (const Entry& entry : kEntries) {
    if (entry.name != name) continue;
    if (entry.only_in_scripts && !in_script)
      return wrong("/" + name + " is a word of scripts; see --script in docs/CLIENT.md");
    return entry.parse(rest, target);
  }
  return wrong(unknown(name, in_script));
}

std::string command_help(std::string_view command) {
  if (command.starts_with('/')) command.remove_prefix(1);
  std::string text;
  for (const Entry& entry : kEntries) {
    if (!command.empty() ? entry.name != command : entry.only_in_scripts) continue;
    text += help_entry(entry);
  }
  if (text.empty()) return unknown(command, true) + "\n";
  if (command.empty()) text += "Anything else is said in the current room.\n";
  return text;
}

}  // namespace plaintalk::messenger::client
