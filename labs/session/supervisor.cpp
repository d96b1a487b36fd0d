#include "labs/session/supervisor.hpp"

#include <algorithm>
#include <csignal>

namespace plaintalk::session {
namespace {

using std::chrono::steady_clock;

constexpr Milliseconds kPollWaitMax{250};
constexpr Milliseconds kPollWaitWithoutProcessHandle{20};
constexpr Milliseconds kLastGrace{1500};

volatile std::sig_atomic_t g_stop_signal = 0;

extern "C" void remember_stop_signal(int signal) { g_stop_signal = signal; }

void install_stop_handlers() {
  struct sigaction action {};
  action.sa_handler = remember_stop_signal;  // without SA_RESTART: a waiting poll() must return
  for (const int signal : {SIGINT, SIGTERM, SIGHUP}) sigaction(signal, &action, nullptr);
  std::signal(SIGPIPE, SIG_IGN);
}

std::string log_note(const ChildProcess& child) {
  const auto& path = child.options().log_path;
  return path.empty() ? std::string() : " [log: " + path.string() + ']';
}

}  // namespace

Interrupted::Interrupted(int signal)
    : std::runtime_error("stopped by signal " + std::to_string(signal)), signal_(signal) {}

InterruptIsNotOurs::InterruptIsNotOurs() {
  struct sigaction ignore {};
  ignore.sa_handler = SIG_IGN;
  sigaction(SIGINT, &ignore, &before_);
}

InterruptIsNotOurs::~InterruptIsNotOurs() { sigaction(SIGINT, &before_, nullptr); }

Supervisor::Supervisor() { install_stop_handlers(); }

Supervisor::~Supervisor() {
  const auto all_ended = [&] {
    return std::ranges::all_of(children_, [](const auto& child) { return child->has_ended(); });
  };
  for (const auto& child : children_) {
    child->send_signal(SIGTERM);
    child->send_signal(SIGCONT);  // a stopped process would not even hear the SIGTERM
  }
  const auto deadline = steady_clock::now() + kLastGrace;
  while (!all_ended() && steady_clock::now() < deadline) poll_once(kPollWaitWithoutProcessHandle);
  children_.clear();  // kills and reaps what is left
}

ChildProcess& Supervisor::start(ChildOptions options) {
  return *children_.emplace_back(std::make_unique<ChildProcess>(std::move(options)));
}

void Supervisor::poll_once(Milliseconds wait) {
  std::vector<pollfd> entries;
  std::vector<ChildProcess*> owners;  // of each entry
  for (const auto& child : children_) {
    child->append_poll_entries(entries);
    owners.resize(entries.size(), child.get());
    if (!child->has_ended() && !child->end_is_pollable())
      wait = std::min(wait, kPollWaitWithoutProcessHandle);
  }
  poll(entries.data(), entries.size(), static_cast<int>(wait.count()));
  for (std::size_t index = 0; index < entries.size(); ++index) {
    if (entries[index].revents != 0 || !owners[index]->end_is_pollable()) owners[index]->handle_events();
  }
}

bool Supervisor::run_until(const std::function<bool()>& is_done, Milliseconds limit) {
  const auto deadline = steady_clock::now() + limit;
  for (;;) {
    // Looked at first: Ctrl-C reaches the children too, and their end is then not worth a report.
    if (g_stop_signal != 0) {
      const int signal = g_stop_signal;
      g_stop_signal = 0;
      throw Interrupted(signal);
    }
    if (is_done()) return true;
    const auto left = std::chrono::ceil<Milliseconds>(deadline - steady_clock::now());
    if (left <= Milliseconds::zero()) return false;
    poll_once(std::min(left, kPollWaitMax));
  }
}

std::string Supervisor::wait_for_line(ChildProcess& child, const std::string& text, Milliseconds limit) {
  child.look_for(text);
  const bool in_time = run_until([&] { return child.found_line() || child.has_ended(); }, limit);
  if (child.found_line()) return *child.found_line();
  if (!in_time) {
    throw std::runtime_error("the " + child.name() + " did not print '" + text + "' within " +
                             std::to_string(limit.count()) + " ms; it said last: " + child.last_words() +
                             log_note(child));
  }
  throw std::runtime_error(describe_end(child));
}

void Supervisor::wait_for_success(ChildProcess& child, Milliseconds limit) {
  if (!run_until([&] { return child.has_ended(); }, limit)) {
    throw std::runtime_error("the " + child.name() + " did not end within " + std::to_string(limit.count()) +
                             " ms; it said last: " + child.last_words() + log_note(child));
  }
  if (!child.exit_status()->is_success()) throw std::runtime_error(describe_end(child));
}

ExitStatus Supervisor::stop(ChildProcess& child, int signal, Milliseconds grace) {
  child.send_signal(signal);
  if (!run_until([&] { return child.has_ended(); }, grace)) {
    child.send_signal(SIGKILL);
    run_until([&] { return child.has_ended(); }, kLastGrace);
  }
  return child.exit_status().value_or(ExitStatus{0, SIGKILL});
}

void Supervisor::require_running(const ChildProcess& child) {
  if (child.has_ended()) throw std::runtime_error(describe_end(child));
}

std::string describe_end(const ChildProcess& child) {
  const std::string how = child.exit_status() ? render(*child.exit_status()) : "still running";
  return "the " + child.name() + " has ended (" + how + "): " + child.last_words() + log_note(child);
}

}  // namespace plaintalk::session
