// Rule 27: by what the client of a connection was told from its server.
#pragma once

#include <cstdint>
#include <string>

namespace plaintalk::analyzer {

enum class RoleReason : std::uint8_t { syn, syn_ack, greeting, client_verb, port, lower_port };

inline std::string text_of(RoleReason reason, std::uint16_t server_port) {
  switch (reason) {
    case RoleReason::syn: return "syn";
    case RoleReason::syn_ack: return "syn-ack";
    case RoleReason::greeting: return "greeting";
    case RoleReason::client_verb: return "client verb";
    case RoleReason::port: return "port " + std::to_string(server_port);
    case RoleReason::lower_port: return "lower port";
  }
  return "unknown";
}

}  // namespace plaintalk::analyzer
