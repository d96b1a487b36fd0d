#include "messenger/client/application.hpp"

#include <algorithm>
#include <csignal>
#include <utility>

#include <boost/asio/post.hpp>
#include <fmt/format.h>

#include "base/crypto/digest.hpp"
#include "base/text.hpp"
#include "messenger/client/backoff.hpp"

namespace plaintalk::messenger::client {
namespace {

constexpr auto kTickInterval = std::chrono::milliseconds{100};
// A connection that lasted this long was a good one: the next loss starts with the shortest delay again.
constexpr auto kGoodConnectionTime = std::chrono::seconds{5};

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
      files_(options.download_folder),
      session_(session_config(options), files_),
      signals_(io_),
      tick_timer_(io_),
      retry_timer_(io_),
      first_login_timer_(io_),
      random_(std::random_device{}()) {}

int Application::run() {
  watch_signals();
  connect();
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
  signals_.async_wait([this](const boost::system::error_code& error, int) {
    if (error || finished_) return;
    front_end_.on_interrupt();
    signals_.clear();
    watch_signals();
  });
}

void Application::give_up_later() {
  first_login_timer_.expires_after(options_.timeout);
  first_login_timer_.async_wait([this](const boost::system::error_code& error) {
    if (error || ever_ready_ || finished_ || !front_end_.gives_up()) return;
    front_end_.on_status({ConnectionStatus::State::over,
                          fmt::format("no login at {} within {} s", place(), options_.timeout.count()),
                          {},
                          0});
    finish(kExitNoConnection);
  });
}

void Application::connect() {
  ConnectionCallbacks callbacks;
  callbacks.on_connected = [this] {
    session_.connected(now());
    pump();
  };
  callbacks.on_received = [this](std::string_view octets) {
    session_.received(octets, now());
    pump();
  };
  callbacks.on_written = [this] { pump(); };
  callbacks.on_closed = [this](const std::string& what, const std::string& particulars) {
    lost(what, particulars, Milliseconds{0});
  };
  connection_ = std::make_shared<Connection>(io_, std::move(callbacks));
  connection_->connect(options_.server.host, options_.server.port, options_.source_address);
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
  if (connection_ != nullptr) {
    connection_->write(session_.take_output());
    session_.fill(connection_->unsent_size());
    connection_->write(session_.take_output());
  }
  for (const Event& event : session_.take_events()) {
    front_end_.on_event(event);
    if (finished_) return;
  }
  if (session_.ended()) {
    session_ended(Ended(*session_.ended()));
    return;
  }
  if (session_.ready() && !ready_since_) {
    ready_since_ = now();
    ever_ready_ = true;
    front_end_.on_ready();
    schedule_pump();
  }
}

void Application::session_ended(const Ended& ended) {
  switch (ended.why) {
    case Ended::Why::quit: finish(exit_code_); return;
    case Ended::Why::replaced:
      front_end_.on_status({ConnectionStatus::State::over,
                            "this device logged in somewhere else: " + terminal_safe(ended.text),
                            {},
                            0});
      finish(kExitFailure);
      return;
    case Ended::Why::login_refused:
      password_refused_ = ended.code == 402 && !ever_ready_;
      front_end_.on_status(
          {ConnectionStatus::State::over, "login refused: " + terminal_safe(ended.text), {}, 0});
      finish(kExitLoginRefused);
      return;
    case Ended::Why::not_plaintalk:
      front_end_.on_status(
          {ConnectionStatus::State::over, place() + ": " + terminal_safe(ended.text), {}, 0});
      finish(kExitNoConnection);
      return;
    case Ended::Why::lost: lost("connection lost", ended.text, ended.retry); return;
  }
}

void Application::lost(const std::string& what, const std::string& particulars, Milliseconds retry) {
  if (finished_) return;
  if (connection_ != nullptr) connection_->close(false);
  connection_.reset();
  session_.disconnected();
  if (quit_requested_) {
    finish(exit_code_);
    return;
  }
  const bool was_good = ready_since_ && now() - *ready_since_ >= kGoodConnectionTime;
  ready_since_.reset();
  failure_count_ = was_good ? 1 : failure_count_ + 1;
  std::string text = what + ": " + place();
  if (!particulars.empty()) text += " (" + terminal_safe(particulars) + ")";
  if (!options_.retry) {
    front_end_.on_status({ConnectionStatus::State::over, text, {}, 0});
    finish(kExitNoConnection);
    return;
  }
  const double jitter = std::uniform_real_distribution<double>(0, 1)(random_);
  const Milliseconds delay = std::max(retry_delay(failure_count_, jitter), std::min(retry, kRetryDelayMax));
  const unsigned attempt = ever_ready_ ? failure_count_ : failure_count_ + 1;
  text +=
      fmt::format("; retrying in {:.1f} s (attempt {})", static_cast<double>(delay.count()) / 1000, attempt);
  front_end_.on_status({ConnectionStatus::State::retrying, text, delay, attempt});
  retry_timer_.expires_after(delay);
  retry_timer_.async_wait([this](const boost::system::error_code& error) {
    if (!error && !finished_) connect();
  });
}

void Application::drop() {
  if (connection_ == nullptr) return;  // it is down already
  connection_->close(true);
  failure_count_ = 0;
  ready_since_.reset();
  boost::asio::post(io_, [this] { lost("connection lost", "dropped with /drop", Milliseconds{0}); });
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

void Application::finish(int code) {
  if (std::exchange(finished_, true)) return;
  exit_code_ = code;
  if (connection_ != nullptr) connection_->close(false);
  io_.stop();
}

}  // namespace plaintalk::messenger::client
