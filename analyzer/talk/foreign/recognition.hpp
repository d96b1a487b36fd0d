// Which protocol a connection that is not ours speaks: by what its first bytes say. Ports only help to choose
// between protocols that begin alike, or whose beginning was not captured.
#pragma once

#include <cstdint>
#include <string_view>

namespace plaintalk::analyzer::foreign {

enum class Kind : std::uint8_t { undecided, none, http, ftp, smtp, pop3, imap, telnet, irc };

struct Opening {
  std::string_view client;  // first bytes of each side
  std::string_view server;
  std::uint16_t server_port = 0;
  bool start_lost = false;
  bool at_end = false;  // no more bytes will come
};

Kind recognise(const Opening& opening);

}  // namespace plaintalk::analyzer::foreign
