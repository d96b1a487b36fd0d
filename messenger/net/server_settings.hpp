// What `plaintalk-server` was told: the core's configuration and the shell's own, from a TOML file and the
// command line.
//
// The file is checked strictly: an unknown key, a wrong type or a value out of range is an error with file
// and line, because a limit that is misspelt is a limit that is not there. "unlimited" switches a limit off;
// 0 never does.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "messenger/core/server_config.hpp"

namespace plaintalk::messenger {

struct ServerSettings {
  ServerConfig core;
  std::vector<std::string> listen{"127.0.0.1:7777"};
  std::string log;     // JSON lines; empty: none
  std::string record;  // pcapng; empty: none
  // What happens to a recording that is there already. A service has to start again by itself, so the one
  // that stands in a file of settings gets a number: server.pcapng, server-2.pcapng, ...
  enum class Existing : std::uint8_t { refuse, overwrite, number };
  Existing existing_record = Existing::refuse;
  std::string spool;  // folder, or "memory"; empty: the temporary folder of the system
  bool quiet = false;
  std::optional<int> send_buffer_bytes;
};

// Throws std::runtime_error: "server.toml:12: limits.line_size_max: ...".
ServerSettings read_settings(const std::string& path);
// The same from text; `name` stands in the errors.
ServerSettings parse_settings(std::string_view text, const std::string& name);

// Where a new recording goes: `path`, or with Existing::number the first of path, path-2, path-3, ... (before
// the extension) that is not there.
std::string recording_path(const std::string& path, ServerSettings::Existing existing);

// For benchmarks: nobody is slowed down. Sizes and counts stay bounded.
void lift_rate_limits(ServerConfig& config);

}  // namespace plaintalk::messenger
