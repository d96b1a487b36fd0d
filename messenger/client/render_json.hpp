// Events as JSON lines and JSON lines as requests, for programs (docs/CLIENT.md lists every field).
#pragma once

#include <expected>
#include <string>
#include <string_view>

#include <nlohmann/json_fwd.hpp>

#include "messenger/client/command.hpp"
#include "messenger/client/event.hpp"

namespace plaintalk::messenger::client {

// {"event":"message","room":"#lab","seq":42,...}. What is not UTF-8 is replaced, so that each line is valid
// JSON.
nlohmann::json to_json(const Event& event);
// One line, with its LF.
std::string render_line(const nlohmann::json& json);

struct JsonCommand {
  std::expected<Command, std::string> command;  // or what is wrong with it
  std::string tag;  // JSON text of "tag", given back with the answer; empty without one
};
// {"command":"say","target":"#lab","text":"hello","tag":7}, or {"line":"/join #lab"}.
JsonCommand parse_json_command(std::string_view line, const std::string& target);

}  // namespace plaintalk::messenger::client
