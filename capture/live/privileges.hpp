// Giving up every privilege once the interface and the output file are open: nothing that parses or formats
// runs with rights.
#pragma once

#include <string>

#include <sys/types.h>

namespace plaintalk::capture {

// Who runs the program in truth: under sudo the person who called it.
struct Invoker {
  uid_t user = 0;
  gid_t group = 0;
};
// Nobody, when root was not reached through sudo.
Invoker find_invoker();

// Makes a file that root has just created belong to the person who called sudo.
void give_to_invoker(int descriptor);

// No new privileges for ever; the user and group of the invoker when root can become them (inside a user
// namespace that maps nobody but root, it cannot); no capability left in any set. Throws std::runtime_error
// if a capability remains. Says what was done: "running as user 1000 without capabilities".
std::string drop_privileges();

}  // namespace plaintalk::capture
