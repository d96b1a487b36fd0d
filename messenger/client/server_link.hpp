// The way to the server: the one place that knows whether there is a connection, and that makes the next one.
//
//   connecting -> up -> waiting -> connecting -> ...      any of them -> over
//
// A loss counts once, whoever notices it: the socket, the session (BYE, a silent server, a refusal that
// passes) or a person with /drop. It puts the session offline, and after a delay (backoff.hpp) the link
// connects again, until it is told to stop.
#pragma once

#include <cstdint>
#include <functional>
#include <memory>
#include <random>
#include <string>

#include <boost/asio/io_context.hpp>
#include <boost/asio/steady_timer.hpp>

#include "base/endpoint.hpp"
#include "messenger/client/backoff.hpp"
#include "messenger/client/session.hpp"
#include "messenger/client/tcp_stream.hpp"

namespace plaintalk::messenger::client {

// Why a connection ended, and when the next one is tried.
struct LostConnection {
  std::string what;         // "connection lost", "connection refused", ...
  std::string particulars;  // as it came from the server: make it safe before showing it
  Milliseconds delay{};
  unsigned attempt = 0;  // the one that follows
};

struct LinkCallbacks {
  std::function<void()> on_activity;                   // something came or left: look at the session
  std::function<void(const LostConnection&)> on_lost;  // stop() in it means: do not come back
};

class ServerLink {
 public:
  ServerLink(boost::asio::io_context& io, HostPort server, std::string source_address, ClientSession& session,
             LinkCallbacks callbacks);

  // Connects for the first time.
  void start();
  // Takes what the session has to send. The session's own ends are for the owner to see, who calls lost().
  void carry();
  // The session is logged in and caught up.
  void ready();
  // Ends this connection; the next one is tried at least `retry` later. Nothing when there is none.
  void lost(std::string what, std::string particulars, Milliseconds retry);
  // Resets the connection, as a lost network would, and comes back.
  void drop();
  // For good.
  void stop();

 private:
  enum class State : std::uint8_t { idle, connecting, up, waiting, over };

  void connect();
  void end_connection(bool hard);

  boost::asio::io_context& io_;
  HostPort server_;
  std::string source_address_;
  ClientSession& session_;
  LinkCallbacks callbacks_;
  State state_ = State::idle;
  std::shared_ptr<TcpStream> stream_;  // while connecting or up
  boost::asio::steady_timer retry_timer_;
  Backoff backoff_;
  std::mt19937 random_;
};

}  // namespace plaintalk::messenger::client
