// Starts another program (posix_spawn(3)) and waits for its end: one way for the analyzer and for tests.
// Programs of a demo need more (labs/session/child_process.hpp).
#pragma once

#include <string>
#include <vector>

#include <sys/types.h>

namespace plaintalk {

// What becomes standard input, output and error of the program; those that are negative are its parent's.
struct StandardDescriptors {
  int input = -1;
  int output = -1;
  int error = -1;
};

// words[0] is looked for in PATH unless it has a slash. Throws std::system_error when it cannot be started.
pid_t spawn_program(std::vector<std::string> words, StandardDescriptors descriptors);

// Waits until it has ended: its exit status, or 128 and the number of the signal that ended it, as in a
// shell. REQUIRES: it is a child of this process that nobody waited for.
int wait_for_exit(pid_t process);
int exit_code_of(int status);  // of waitpid(2)

}  // namespace plaintalk
