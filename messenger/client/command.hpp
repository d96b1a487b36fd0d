// Typed lines as commands: "/join #lab", "hello", "//a line that starts with one slash", and the words of
// scripts.
//
// Every mistake is answered with a sentence that says what to write instead.
#pragma once

#include <cstddef>
#include <cstdint>
#include <expected>
#include <string>
#include <string_view>

#include "messenger/client/request.hpp"

namespace plaintalk::messenger::client {

struct Command {
  enum class Kind : std::uint8_t {
    nothing,  // an empty line
    request,
    talk_to,  // `text` is the new target of plain text
    help,     // of this program; `text` is a command or empty
    drop,
    expect,   // `text`
    members,  // `text` is the room, `number` how many
    sleep,    // `number` milliseconds
  };
  Kind kind = Kind::nothing;
  Request request;
  std::string text;
  std::uint64_t number = 0;
};

// `target` is where plain text goes: "#room", "@account" or empty. `in_script` allows the words of scripts.
std::expected<Command, std::string> parse_command(std::string_view line, const std::string& target,
                                                  bool in_script);

// The commands and what they do, one a line; of one command when `command` names it.
std::string command_help(std::string_view command);

}  // namespace plaintalk::messenger::client
