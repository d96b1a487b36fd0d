// Which protocol a connection speaks, by its first bytes. PLAINTALK is known by the server's greeting on any
// port, or by a first command on the messenger's port; the others are named so that a reader knows what was
// left alone.
#pragma once

#include <cstdint>
#include <optional>
#include <string_view>

namespace plaintalk::analyzer {

struct FirstBytes {
  std::string_view client{};
  std::string_view server{};
  bool client_start_lost = false;  // the capture misses the beginning of that direction
  bool server_start_lost = false;
  bool on_server_port = false;  // the server's port is the messenger's
  bool at_end = false;          // nothing more will come
};

// Bytes of one direction after which a decision is always possible.
inline constexpr std::size_t kGuessSizeMax = 4096;

// "plaintalk", "tls", "http", "ssh", "other"; nothing while more bytes are needed.
std::optional<std::string_view> guess_protocol(const FirstBytes& first);

}  // namespace plaintalk::analyzer
