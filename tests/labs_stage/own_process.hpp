// Runs something in a child process, because there is no way out of a network namespace.
#pragma once

#include <sys/wait.h>
#include <unistd.h>

namespace plaintalk::stage {

// True when `action` returned true.
template <typename Action>
bool in_a_child(Action action) {
  const pid_t child = fork();
  if (child == 0) _exit(action() ? 0 : 1);
  int status = 1;
  waitpid(child, &status, 0);
  return WIFEXITED(status) && WEXITSTATUS(status) == 0;
}

}  // namespace plaintalk::stage
