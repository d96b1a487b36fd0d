// The listening sockets: names are resolved, addresses bound, connections accepted and handed on.
//
// A host name may stand for several addresses: all of them are listened on, with the same port. When the
// process is out of file descriptors, the waiting peer is turned away with the help of one spare descriptor
// and accepting pauses for a moment, instead of spinning on an error. So long the peer has time to read what
// it was told: closing a socket with unread bytes in it is a reset, which takes the text with it.
#pragma once

#include <cstddef>
#include <deque>
#include <functional>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include <boost/asio/io_context.hpp>
#include <boost/asio/ip/tcp.hpp>
#include <boost/asio/steady_timer.hpp>

#include "base/endpoint.hpp"
#include "base/file_descriptor.hpp"

namespace plaintalk::messenger {

class Listeners {
 public:
  struct Callbacks {
    // A socket that does not block.
    std::function<void(FileDescriptor, const Endpoint& client)> accepted;
    std::function<void(std::string_view text)> trouble;  // for the log
  };

  Listeners(boost::asio::io_context& io, Callbacks callbacks);
  ~Listeners();
  Listeners(const Listeners&) = delete;
  Listeners& operator=(const Listeners&) = delete;

  // Throws std::runtime_error with what to do when the address cannot be had.
  void listen(const HostPort& where, std::optional<int> send_buffer_bytes);
  // Connections are taken from here on; until then they wait in the backlog.
  void start();
  void stop();

  const std::vector<Endpoint>& endpoints() const { return endpoints_; }

 private:
  using Acceptor = boost::asio::ip::tcp::acceptor;

  void wait(Acceptor& acceptor);
  void accept_ready(Acceptor& acceptor);
  void turn_away(Acceptor& acceptor);
  void pause(Acceptor& acceptor);
  void finish_turning_away();

  boost::asio::io_context& io_;
  Callbacks callbacks_;
  std::deque<Acceptor> acceptors_;
  std::vector<Endpoint> endpoints_;
  boost::asio::steady_timer pause_timer_;
  std::vector<Acceptor*> paused_;
  int spare_descriptor_ = -1;
  int turned_away_ = -1;  // a peer that was told and has not been closed yet
};

}  // namespace plaintalk::messenger
