#include "messenger/client/application.hpp"

#include <algorithm>
#include <csignal>
#include <utility>

#include <boost/asio/post.hpp>
#include <fmt/format.h>

#include "base/crypto/digest.hpp"
#include "base/text.hpp"

namespace plaintalk::messenger::client {
namespace {

// Who was told to end waits no longer for the server's goodbye.
constexpr auto kGoodbyeTime = std::chrono::seconds{2};
constexpr auto kTickInterval = std::chrono::milliseconds{100};

Instant now() { return read_clocks().instant; }

SessionConfig session_config(const ClientOptions& options) {
  SessionConfig config;
  config.user = options.user;
  config.password = options.password;
  config.register_account = options.register_account;
  config.device = options.device.empty() ? "c" + hex(random_bytes(4)) : options.device;
  config.id_prefix = hex(random_bytes(3)) + "-";
  return config;
}

}  // namespace

Application::Application(boost::asio::io_context& io, const ClientOptions& options, FrontEnd& front_end)
    : io_(io),
      options_(options),
      front_end_(front_end),
      files_(options.download_folder, [this] { boost::asio::post(io_, [this] { look_at_hashes(); }); }),
      session_(session_config(options), files_),
      link_(io_, options_.server, options_.source_address, session_,
            {[this] { pump(); }, [this](const LostConnection& loss) { lost(loss); }}),
      signals_(io_),
      tick_timer_(io_),
      first_login_timer_(io_),
      leave_timer_(io_) {}

int Application::run() {
  watch_signals();
  link_.start();
  tick();
  give_up_later();
  front_end_.start(*this);
  front_end_.run(io_);
  return exit_code_;
}

std::string Application::place() const {
  const bool v6 = options_.server.host.find(':') != std::string::npos;
  return (v6 ? "[" + options_.server.host + "]" : options_.server.host) + ":" +
         std::to_string(options_.server.port);
}

void Application::watch_signals() {
  signals_.add(SIGINT);
  signals_.add(SIGTERM);
  signals_.async_wait([this](const boost::system::error_code& error, int number) {
    if (error || finished_) return;
    if (number == SIGTERM) {
      front_end_.on_terminate();
      leave(kExitTerminated);
    } else {
      front_end_.on_interrupt();
    }
    signals_.clear();
    watch_signals();
  });
}

void Application::leave(int code) {
  // Whatever else would end it from now on: this came first.
  const bool again = left_with_.has_value();
  if (!again) left_with_ = code;
  if (again || !session_.ready()) {
    finish(code);
    return;
  }
  submit({.verb = Verb::quit});
  leave_timer_.expires_after(kGoodbyeTime);
  leave_timer_.async_wait([this](const boost::system::error_code& error) {
    if (!error) finish(exit_code_);
  });
}

void Application::give_up_later(Milliseconds put_off) {
  // The link waits for up to half as long again (backoff.hpp).
  first_login_timer_.expires_after(options_.timeout + put_off + put_off / 2);
  first_login_timer_.async_wait([this](const boost::system::error_code& error) {
    if (error || ever_ready_ || finished_ || !front_end_.gives_up()) return;
    end_with(fmt::format("no login at {} within {} s", place(), options_.timeout.count()), kExitNoConnection);
  });
}

RequestId Application::submit(Request request) {
  if (request.verb == Verb::quit) quit_requested_ = true;
  const RequestId id = session_.submit(std::move(request), now());
  schedule_pump();
  return id;
}

void Application::schedule_pump() {
  if (std::exchange(pump_scheduled_, true)) return;
  boost::asio::post(io_, [this] {
    pump_scheduled_ = false;
    pump();
  });
}

void Application::pump() {
  if (finished_) return;
  link_.carry();
  for (const Event& event : session_.take_events()) {
    front_end_.on_event(event);
    if (finished_) return;
  }
  if (const auto ended = session_.take_ended()) {
    session_ended(*ended);
    return;
  }
  if (session_.ready() && !std::exchange(said_ready_, true)) {
    link_.ready();
    ever_ready_ = true;
    front_end_.on_ready();
    schedule_pump();
  }
}

void Application::end_with(const std::string& text, int code) {
  front_end_.on_status({ConnectionStatus::State::over, text, {}, 0});
  finish(code);
}

void Application::session_ended(const Ended& ended) {
  switch (ended.why) {
    case Ended::Why::quit: finish(exit_code_); return;
    case Ended::Why::replaced:
      end_with("this device logged in somewhere else: " + terminal_safe(ended.text), kExitFailure);
      return;
    case Ended::Why::login_refused:
      password_refused_ = ended.code == 402 && !ever_ready_;
      end_with("login refused: " + terminal_safe(ended.text), kExitLoginRefused);
      return;
    case Ended::Why::not_plaintalk:
      end_with(place() + ": " + terminal_safe(ended.text), kExitNoConnection);
      return;
    case Ended::Why::lost:
      if (ended.code == 0) return link_.lost("connection lost", ended.text, ended.retry);
      if (!options_.retry) return end_with("login refused: " + terminal_safe(ended.text), kExitLoginRefused);
      give_up_later(ended.retry);
      link_.lost("not logged in yet", ended.text, ended.retry);
      return;
  }
}

void Application::lost(const LostConnection& loss) {
  said_ready_ = false;
  if (quit_requested_) {
    finish(exit_code_);
    return;
  }
  std::string text = loss.what + ": " + place();
  if (!loss.particulars.empty()) text += " (" + terminal_safe(loss.particulars) + ")";
  if (loss.what == "connection refused") text += "; is a server running there?";
  if (!options_.retry) {
    end_with(text, kExitNoConnection);
    return;
  }
  text += fmt::format("; retrying in {:.1f} s (attempt {})", static_cast<double>(loss.delay.count()) / 1000,
                      loss.attempt);
  front_end_.on_status({ConnectionStatus::State::retrying, text, loss.delay, loss.attempt});
}

void Application::drop() {
  boost::asio::post(io_, [this] { link_.drop(); });
}

void Application::tick() {
  tick_timer_.expires_after(kTickInterval);
  tick_timer_.async_wait([this](const boost::system::error_code& error) {
    if (error || finished_) return;
    session_.tick(now());
    pump();
    tick();
  });
}

void Application::look_at_hashes() {
  if (finished_) return;
  session_.tick(now());
  pump();
}

void Application::finish(int code) {
  if (std::exchange(finished_, true)) return;
  exit_code_ = left_with_.value_or(code);
  link_.stop();
  io_.stop();
}

}  // namespace plaintalk::messenger::client
