// A client of the live view as plain as can be: bytes out, bytes in, each with a limit on time that only ends
// a test that would hang. Beast does the WebSocket part of it.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include <boost/asio/io_context.hpp>
#include <boost/beast/core/flat_buffer.hpp>
#include <boost/beast/core/tcp_stream.hpp>
#include <boost/beast/websocket/stream.hpp>

#include "analyzer/web/request_rules.hpp"

namespace plaintalk::analyzer::web::test {

// One connection that sends bytes as they are.
class RawClient {
 public:
  explicit RawClient(std::uint16_t port);
  ~RawClient();
  RawClient(const RawClient&) = delete;
  RawClient& operator=(const RawClient&) = delete;

  void send(std::string_view bytes) const;  // as much as the other side takes
  // To the end of the connection, or until `text` has come.
  std::string read_to_end() const { return read_until({}); }
  std::string read_until(std::string_view text) const;

 private:
  int socket_ = -1;
};

// The answer to one request, header and body; the connection is closed.
std::string ask(const Place& place, std::string_view path, std::string_view more_headers = {});

class WebSocketClient {
 public:
  WebSocketClient(const Place& place, std::string_view origin = {});
  bool is_open() const { return !failure_; }
  // The next message; nothing when the connection ended.
  std::optional<std::string> read();
  void send(std::string_view text);
  boost::beast::websocket::close_reason reason() const { return socket_.reason(); }

 private:
  boost::asio::io_context io_;
  boost::beast::websocket::stream<boost::beast::tcp_stream> socket_{io_};
  boost::beast::flat_buffer input_;
  boost::system::error_code failure_;
};

}  // namespace plaintalk::analyzer::web::test
