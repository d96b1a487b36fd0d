#include "tests/analyzer_web/web_client.hpp"

#include <array>
#include <cerrno>
#include <chrono>
#include <stdexcept>

#include <arpa/inet.h>
#include <boost/asio/ip/tcp.hpp>
#include <boost/beast/core/buffers_to_string.hpp>
#include <boost/beast/http/field.hpp>
#include <boost/beast/websocket/rfc6455.hpp>
#include <netinet/in.h>
#include <sys/socket.h>
#include <sys/time.h>
#include <unistd.h>

namespace plaintalk::analyzer::web::test {

namespace beast = boost::beast;
using boost::asio::ip::tcp;

RawClient::RawClient(std::uint16_t port) : socket_(::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0)) {
  const timeval patience{60, 0};
  ::setsockopt(socket_, SOL_SOCKET, SO_RCVTIMEO, &patience, sizeof patience);
  ::setsockopt(socket_, SOL_SOCKET, SO_SNDTIMEO, &patience, sizeof patience);
  sockaddr_in where{};
  where.sin_family = AF_INET;
  where.sin_port = htons(port);
  where.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
  if (::connect(socket_, reinterpret_cast<const sockaddr*>(&where), sizeof where) != 0)
    throw std::runtime_error("cannot connect");
}

RawClient::~RawClient() { ::close(socket_); }

void RawClient::send(std::string_view bytes) const {
  while (!bytes.empty()) {
    const ssize_t sent = ::send(socket_, bytes.data(), bytes.size(), MSG_NOSIGNAL);
    if (sent <= 0) return;
    bytes.remove_prefix(static_cast<std::size_t>(sent));
  }
}

std::string RawClient::read_until(std::string_view text) const {
  std::string all;
  std::array<char, 65536> block{};
  while (text.empty() || all.find(text) == all.npos) {
    const ssize_t size = ::recv(socket_, block.data(), block.size(), 0);
    if (size < 0 && (errno == EAGAIN || errno == EWOULDBLOCK)) throw std::runtime_error("nothing came");
    if (size <= 0) break;
    all.append(block.data(), static_cast<std::size_t>(size));
  }
  return all;
}

std::string ask(const Place& place, std::string_view path, std::string_view more_headers) {
  const RawClient client(place.port);
  client.send("GET /" + place.secret + '/' + std::string(path) + " HTTP/1.1\r\nHost: 127.0.0.1:" +
              std::to_string(place.port) + "\r\nConnection: close\r\n" + std::string(more_headers) + "\r\n");
  return client.read_to_end();
}

WebSocketClient::WebSocketClient(const Place& place, std::string_view origin) {
  const std::string host = "127.0.0.1:" + std::to_string(place.port);
  beast::get_lowest_layer(socket_).socket().connect(
      tcp::endpoint(boost::asio::ip::address_v4::loopback(), place.port));
  socket_.set_option(beast::websocket::stream_base::decorator([&](beast::websocket::request_type& request) {
    if (!origin.empty())
      request.set(beast::http::field::origin, beast::string_view(origin.data(), origin.size()));
  }));
  const std::string target = '/' + place.secret + "/events";
  socket_.handshake(host, target, failure_);
}

std::optional<std::string> WebSocketClient::read() {
  input_.clear();
  std::optional<boost::system::error_code> done;
  beast::get_lowest_layer(socket_).expires_after(std::chrono::seconds(60));
  socket_.async_read(input_, [&](boost::system::error_code error, std::size_t) { done = error; });
  io_.restart();
  io_.run();
  if (!done || *done) return std::nullopt;
  return beast::buffers_to_string(input_.data());
}

void WebSocketClient::send(std::string_view text) {
  socket_.write(boost::asio::buffer(text.data(), text.size()), failure_);
}

}  // namespace plaintalk::analyzer::web::test
