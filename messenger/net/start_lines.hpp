// What the server says when it starts: where it listens, and who can read what is sent there.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "base/endpoint.hpp"

namespace plaintalk::messenger {

// HOST:PORT as --listen takes it. Throws std::runtime_error with what to write instead.
HostPort listen_address(std::string_view text);

// A warning for each address that is not loopback, then the line with "ready: listening on HOST:PORT".
std::string start_lines(const std::vector<Endpoint>& endpoints);

}  // namespace plaintalk::messenger
