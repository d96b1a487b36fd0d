// One TCP connection: connect with a deadline, read, write in order, close. No rule of the
// protocol lives here.
//
// All callbacks come from the io_context and never from inside a call of ours. After on_closed nothing more
// comes.
#pragma once

#include <array>
#include <cstddef>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <string_view>

#include <boost/asio/io_context.hpp>
#include <boost/asio/ip/tcp.hpp>
#include <boost/asio/steady_timer.hpp>

namespace plaintalk::messenger::client {

struct TcpCallbacks {
  std::function<void()> on_connected;
  std::function<void(std::string_view)> on_received;
  std::function<void()> on_written;
  // "connection refused", "connection lost", "connection timed out", ... and the particulars.
  std::function<void(std::string what, std::string particulars)> on_closed;
};

class TcpStream : public std::enable_shared_from_this<TcpStream> {
 public:
  TcpStream(boost::asio::io_context& io, TcpCallbacks callbacks);

  // `source_address` is where to connect from; empty leaves it to the system.
  void connect(const std::string& host, std::uint16_t port, const std::string& source_address);
  void write(std::string bytes);
  std::size_t unsent_size() const { return queued_.size() + writing_.size(); }

  // Closes without a callback. `hard` resets the connection, as a lost network would look to the server.
  void close(bool hard);

 private:
  using Tcp = boost::asio::ip::tcp;
  void try_next(Tcp::resolver::results_type::const_iterator next);
  void start_reading();
  void start_writing();
  void fail(const boost::system::error_code& error, bool connecting);

  TcpCallbacks callbacks_;
  Tcp::resolver resolver_;
  Tcp::socket socket_;
  boost::asio::steady_timer deadline_;
  Tcp::resolver::results_type endpoints_;
  std::optional<boost::asio::ip::address> source_address_;
  bool connected_ = false;
  bool closed_ = false;
  bool timed_out_ = false;
  std::string queued_;
  std::string writing_;
  std::array<char, 65536> buffer_;
};

}  // namespace plaintalk::messenger::client
