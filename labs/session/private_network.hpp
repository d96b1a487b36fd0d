// A network of our own, without root: a new network namespace, inside a new user namespace when that is what
// it takes (namespaces(7), user_namespaces(7)). It has nothing but a loopback interface, so a capture on it
// sees only the session, and the kernel grants the capture right in it.
//
// The user id stays what it is: programs started inside do not believe to be root, and files belong to their
// owner.
#pragma once

#include <cstdint>
#include <expected>
#include <string>

namespace plaintalk::session {

enum class PrivateNetwork : std::uint8_t {
  network_namespace,           // this process was allowed to make one directly (root)
  user_and_network_namespace,  // by way of a user namespace
};

// What enter_private_network() would do, tried out in a child process. The error says what refused it, and
// the fix.
std::expected<PrivateNetwork, std::string> probe_private_network();

// Moves this process (and what it starts from now on) into a private network with `lo` up. There is no way
// back. REQUIRES: the process has one thread. Probes first, so that a refusal changes nothing.
std::expected<PrivateNetwork, std::string> enter_private_network();

}  // namespace plaintalk::session
