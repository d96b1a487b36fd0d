// SIGINT, SIGTERM and SIGHUP as a descriptor that can be waited for; SIGPIPE as an error of write().
#pragma once

namespace plaintalk::capture {

// Throws std::system_error. The descriptor stays open for the life of the program.
int stop_signals_descriptor();

}  // namespace plaintalk::capture
