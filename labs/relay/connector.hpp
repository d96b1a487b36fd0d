// Makes the connection to the target: each of its addresses is tried in turn.
#pragma once

#include <expected>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include <boost/asio/io_context.hpp>
#include <boost/asio/ip/tcp.hpp>
#include <boost/asio/steady_timer.hpp>

#include "base/endpoint.hpp"

namespace plaintalk::relay {

struct Target {
  std::string name;  // "lab.example:7777", for messages
  std::vector<boost::asio::ip::tcp::endpoint> addresses;
  std::optional<boost::asio::ip::address> source;  // connect from there
  int socket_buffer_bytes = 0;                     // SO_RCVBUF and SO_SNDBUF; 0: the kernel decides
};

// Looks the name up. The error is a sentence.
std::expected<Target, std::string> find_target(boost::asio::io_context& io, const HostPort& where);

// SO_RCVBUF and SO_SNDBUF. They bound the window only when set before the handshake.
void set_socket_buffers(int socket, int bytes);

class Connector : public std::enable_shared_from_this<Connector> {
 public:
  using Socket = boost::asio::ip::tcp::socket;
  // Called once: with a connected socket, or with a closed one and why.
  using Done = std::function<void(Socket socket, const std::string& error)>;

  Connector(boost::asio::io_context& io, const Target& target, Done done);
  void start();

 private:
  void try_next();

  const Target& target_;
  Done done_;
  Socket socket_;
  boost::asio::steady_timer deadline_;
  std::size_t next_ = 0;
  std::string last_error_;
};

}  // namespace plaintalk::relay
