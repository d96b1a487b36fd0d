// Runs a command in a private network with the right to capture in it: in_private_network COMMAND
// [ARGUMENT]... Exit status 77 and the reason when this machine does not allow one.
#include <cerrno>
#include <cstring>
#include <iostream>

#include <unistd.h>

#include "labs/session/capabilities.hpp"
#include "labs/session/private_network.hpp"

int main(int argc, char** argv) {
  if (argc < 2) return 2;
  const auto entered = plaintalk::session::enter_private_network();
  if (!entered) {
    std::cout << "SKIPPED: no private network here: " << entered.error() << '\n';
    return 77;
  }
  plaintalk::session::keep_capture_rights_over_exec();
  execvp(argv[1], argv + 1);
  std::cerr << argv[1] << ": " << std::strerror(errno) << '\n';
  return 1;
}
