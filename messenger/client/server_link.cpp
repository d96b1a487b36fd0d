#include "messenger/client/server_link.hpp"

#include <utility>

namespace plaintalk::messenger::client {

ServerLink::ServerLink(boost::asio::io_context& io, HostPort server, std::string source_address,
                       ClientSession& session, LinkCallbacks callbacks)
    : io_(io),
      server_(std::move(server)),
      source_address_(std::move(source_address)),
      session_(session),
      callbacks_(std::move(callbacks)),
      retry_timer_(io),
      random_(std::random_device{}()) {}

void ServerLink::start() { connect(); }

void ServerLink::connect() {
  state_ = State::connecting;
  TcpCallbacks callbacks;
  callbacks.on_connected = [this] {
    state_ = State::up;
    session_.connected(read_clocks().instant);
    callbacks_.on_activity();
  };
  callbacks.on_received = [this](std::string_view bytes) {
    session_.received(bytes, read_clocks().instant);
    callbacks_.on_activity();
  };
  callbacks.on_written = [this] { callbacks_.on_activity(); };
  callbacks.on_closed = [this](std::string what, std::string particulars) {
    // What came with the end of the connection tells more than the end itself.
    callbacks_.on_activity();
    lost(std::move(what), std::move(particulars), Milliseconds{0});
  };
  stream_ = std::make_shared<TcpStream>(io_, std::move(callbacks));
  stream_->connect(server_.host, server_.port, source_address_);
}

void ServerLink::carry() {
  if (state_ != State::up) return;
  stream_->write(session_.take_output());
  session_.fill(stream_->unsent_size());
  stream_->write(session_.take_output());
}

void ServerLink::ready() { backoff_.ready(read_clocks().instant); }

void ServerLink::end_connection(bool hard) {
  if (stream_ != nullptr) stream_->close(hard);
  stream_.reset();
  session_.disconnected();
}

void ServerLink::lost(std::string what, std::string particulars, Milliseconds retry) {
  if (state_ != State::connecting && state_ != State::up) return;
  end_connection(false);
  state_ = State::waiting;
  const double jitter = std::uniform_real_distribution<double>(0, 1)(random_);
  const Backoff::Try next = backoff_.lost(read_clocks().instant, retry, jitter);
  callbacks_.on_lost({std::move(what), std::move(particulars), next.delay, next.attempt});
  if (state_ != State::waiting) return;
  retry_timer_.expires_after(next.delay);
  retry_timer_.async_wait([this](const boost::system::error_code& error) {
    if (!error && state_ == State::waiting) connect();
  });
}

void ServerLink::drop() {
  if (state_ != State::connecting && state_ != State::up) return;
  stream_->close(true);
  backoff_.start_over();
  lost("connection lost", "dropped with /drop", Milliseconds{0});
}

void ServerLink::stop() {
  if (std::exchange(state_, State::over) == State::over) return;
  retry_timer_.cancel();
  end_connection(false);
}

}  // namespace plaintalk::messenger::client
