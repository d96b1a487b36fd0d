// Giving up every privilege once what needs it has been opened: nothing that parses or formats runs with
// rights.
#pragma once

#include <string>
#include <vector>

#include <sys/types.h>

namespace plaintalk {

// Who runs the program in truth: under sudo the person who called it.
struct Invoker {
  uid_t user = 0;
  gid_t group = 0;
};
// Nobody, when root was not reached through sudo.
Invoker find_invoker();

// While it lives, root that was reached through sudo opens files with the rights of the person who called it
// (user, group and groups), and what it creates is theirs: nothing that they may not touch is written for
// them. Does nothing otherwise, and where that user does not exist (user namespaces). Throws
// std::runtime_error if the change fails half way.
class AsInvoker {
 public:
  AsInvoker();
  ~AsInvoker();
  AsInvoker(const AsInvoker&) = delete;
  AsInvoker& operator=(const AsInvoker&) = delete;

 private:
  bool has_changed_ = false;
  gid_t group_ = 0;
  std::vector<gid_t> groups_;
};

struct PrivilegeDrop {
  // The files of the caller are still to be opened: with its groups. Root that was not reached through sudo
  // stays the user root, who has files of its own, and loses what root can do to those of others.
  bool needs_files = false;
  // A child that may run as somebody else is still to be sent signals (CAP_KILL, for root that stays root).
  bool signals_child = false;
};

// No new privileges for ever; the user and group of the invoker when root can become them (inside a user
// namespace that maps nobody but root, it cannot); no capability left in any set that `how` does not name.
// REQUIRES: one thread. Throws std::runtime_error if a capability remains. Says what was done: "running as
// user 1000, without capabilities".
std::string drop_privileges(const PrivilegeDrop& how = {});

}  // namespace plaintalk
