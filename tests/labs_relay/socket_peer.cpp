#include "tests/labs_relay/socket_peer.hpp"

#include <array>
#include <cerrno>
#include <stdexcept>
#include <utility>

#include <arpa/inet.h>
#include <linux/tcp.h>
#include <netinet/in.h>
#include <poll.h>
#include <sys/socket.h>

namespace plaintalk::relay::test {
namespace {

constexpr int kLimitMs = 60'000;

void wait_for(int socket, short events) {
  pollfd entry{socket, events, 0};
  if (poll(&entry, 1, kLimitMs) <= 0) throw std::runtime_error("nothing happens on a socket");
}

sockaddr_in loopback(std::uint16_t port) {
  sockaddr_in address{};
  address.sin_family = AF_INET;
  address.sin_port = htons(port);
  address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
  return address;
}

FileDescriptor open_socket() {
  FileDescriptor socket(::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0));
  if (!socket.is_open()) throw std::runtime_error("no socket");
  return socket;
}

}  // namespace

SocketPeer SocketPeer::connect_to(std::uint16_t port, int send_buffer) {
  FileDescriptor socket = open_socket();
  if (send_buffer > 0) setsockopt(socket.number(), SOL_SOCKET, SO_SNDBUF, &send_buffer, sizeof send_buffer);
  const int on = 1;
  setsockopt(socket.number(), IPPROTO_TCP, TCP_NODELAY, &on, sizeof on);
  const sockaddr_in address = loopback(port);
  if (connect(socket.number(), reinterpret_cast<const sockaddr*>(&address), sizeof address) != 0)
    throw std::runtime_error("the relay does not listen");
  return SocketPeer(std::move(socket));
}

void SocketPeer::write(std::string_view text) const {
  while (!text.empty()) {
    const ssize_t size = send(socket_.number(), text.data(), text.size(), MSG_NOSIGNAL);
    if (size <= 0) throw std::runtime_error("cannot write");
    text.remove_prefix(static_cast<std::size_t>(size));
  }
}

std::size_t SocketPeer::write_until_full() const {
  constexpr std::size_t kEnough = 256U << 20;  // no kernel holds that much
  const std::string block(65'536, 'x');
  std::size_t written = 0;
  while (written < kEnough) {
    const ssize_t size = send(socket_.number(), block.data(), block.size(), MSG_NOSIGNAL | MSG_DONTWAIT);
    if (size < 0) break;
    written += static_cast<std::size_t>(size);
  }
  return written;
}

std::string SocketPeer::read(std::size_t size) const {
  std::string text;
  while (text.size() < size) {
    wait_for(socket_.number(), POLLIN);
    std::array<char, 65'536> buffer{};
    const ssize_t got = recv(socket_.number(), buffer.data(), std::min(buffer.size(), size - text.size()), 0);
    if (got <= 0) break;
    text.append(buffer.data(), static_cast<std::size_t>(got));
  }
  return text;
}

std::string SocketPeer::read_to_end(bool* was_reset) const {
  std::string text;
  while (true) {
    wait_for(socket_.number(), POLLIN);
    std::array<char, 65'536> buffer{};
    const ssize_t got = recv(socket_.number(), buffer.data(), buffer.size(), 0);
    if (got <= 0) {
      if (was_reset != nullptr) *was_reset = got < 0;
      return text;
    }
    text.append(buffer.data(), static_cast<std::size_t>(got));
  }
}

void SocketPeer::finish() const { shutdown(socket_.number(), SHUT_WR); }

void SocketPeer::reset() {
  const linger at_once{1, 0};
  setsockopt(socket_.number(), SOL_SOCKET, SO_LINGER, &at_once, sizeof at_once);
  socket_.close();
}

long SocketPeer::data_segments_received() const {
  tcp_info info{};
  socklen_t size = sizeof info;
  if (getsockopt(socket_.number(), IPPROTO_TCP, TCP_INFO, &info, &size) != 0) return -1;
  if (size < offsetof(tcp_info, tcpi_data_segs_in) + sizeof info.tcpi_data_segs_in) return -1;
  return info.tcpi_data_segs_in;
}

Listener::Listener() : socket_(open_socket()) {
  sockaddr_in address = loopback(0);
  socklen_t size = sizeof address;
  if (bind(socket_.number(), reinterpret_cast<const sockaddr*>(&address), sizeof address) != 0 ||
      listen(socket_.number(), 64) != 0 ||
      getsockname(socket_.number(), reinterpret_cast<sockaddr*>(&address), &size) != 0)
    throw std::runtime_error("cannot listen");
  port_ = ntohs(address.sin_port);
}

SocketPeer Listener::accept() const {
  wait_for(socket_.number(), POLLIN);
  FileDescriptor socket(accept4(socket_.number(), nullptr, nullptr, SOCK_CLOEXEC));
  if (!socket.is_open()) throw std::runtime_error("cannot accept");
  return SocketPeer(std::move(socket));
}

}  // namespace plaintalk::relay::test
