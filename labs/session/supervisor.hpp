// Runs the children of one session: one poll loop for all of them, waits with a limit, and an end for each of
// them.
//
// SIGINT, SIGTERM and SIGHUP to this process end the current wait with Interrupted, so that the usual
// clean-up runs. Single-threaded by design: a private network namespace is entered before, and belongs to the
// thread.
#pragma once

#include <chrono>
#include <csignal>
#include <functional>
#include <memory>
#include <stdexcept>
#include <string>
#include <string_view>
#include <vector>

#include "base/time.hpp"
#include "labs/session/child_process.hpp"

namespace plaintalk::session {

// Somebody asked this program to stop.
class Interrupted : public std::runtime_error {
 public:
  explicit Interrupted(int signal);
  int signal() const { return signal_; }

 private:
  int signal_;
};

// While this lives, SIGINT is not for this program: Ctrl-C is a foreground child's (whose own handling of it
// is not touched), or comes too late to matter.
class InterruptIsNotOurs {
 public:
  InterruptIsNotOurs();
  ~InterruptIsNotOurs();
  InterruptIsNotOurs(const InterruptIsNotOurs&) = delete;
  InterruptIsNotOurs& operator=(const InterruptIsNotOurs&) = delete;

 private:
  struct sigaction before_ {};
};

class Supervisor {
 public:
  Supervisor();
  // Asks every child that still runs to end, then insists.
  ~Supervisor();
  Supervisor(const Supervisor&) = delete;
  Supervisor& operator=(const Supervisor&) = delete;

  // The child stays valid as long as the supervisor. Throws std::runtime_error when it cannot be started.
  ChildProcess& start(ChildOptions options);

  // Serves all children until `is_done` returns true (then true) or the limit has passed (then false).
  bool run_until(const std::function<bool()>& is_done, Milliseconds limit);

  // The first line of `child`, printed already or still to come, that contains `text`. Throws
  // std::runtime_error with the child's last words and the place of its log when it ends first or the limit
  // passes.
  std::string wait_for_line(ChildProcess& child, const std::string& text, Milliseconds limit);

  // Waits for the end of `child`; throws std::runtime_error when it takes longer or does not end with status
  // 0.
  void wait_for_success(ChildProcess& child, Milliseconds limit);

  // Sends `signal`, waits for the end, and kills after `grace`. Returns how it ended.
  ExitStatus stop(ChildProcess& child, int signal, Milliseconds grace);

  // Throws std::runtime_error if `child` has ended although it should still run.
  static void require_running(const ChildProcess& child);

 private:
  void poll_once(Milliseconds wait);

  std::vector<std::unique_ptr<ChildProcess>> children_;
};

// "the server has ended (exit status 1): what it said last [log: path]".
std::string describe_end(const ChildProcess& child);

}  // namespace plaintalk::session
