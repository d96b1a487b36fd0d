// How many connections the file descriptors of this process allow.
#pragma once

#include <cstddef>
#include <string>

#include "messenger/core/server_config.hpp"

namespace plaintalk::messenger {

// Raises the soft limit (ulimit -n) to the hard one; returns what it is then.
std::size_t raise_descriptor_limit();

// Lowers connection_count_max to what so many descriptors allow beside the server's own files, so that one
// too many is told 503 and not cut off. Returns a line for the start that says so; empty when nothing was
// lowered.
std::string fit_connections(ServerConfig& config, std::size_t descriptor_count);

}  // namespace plaintalk::messenger
