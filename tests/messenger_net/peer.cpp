#include "tests/messenger_net/peer.hpp"

#include <array>
#include <regex>
#include <stdexcept>
#include <thread>
#include <utility>

#include <arpa/inet.h>
#include <errno.h>
#include <linux/sockios.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <poll.h>
#include <sys/ioctl.h>
#include <sys/socket.h>
#include <unistd.h>

namespace plaintalk::messenger::test {
namespace {

constexpr int kTimeMaxMs = 30'000;

void wait_for(int descriptor, short events) {
  pollfd waiting{descriptor, events, 0};
  if (::poll(&waiting, 1, kTimeMaxMs) <= 0) throw std::runtime_error("the server did not answer in time");
}

sockaddr_in loopback(std::uint16_t port) {
  sockaddr_in address{};
  address.sin_family = AF_INET;
  address.sin_port = htons(port);
  address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
  return address;
}

}  // namespace

Peer::Peer(std::uint16_t port, std::optional<int> receive_buffer_bytes)
    : descriptor_(::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0)) {
  if (receive_buffer_bytes)
    ::setsockopt(descriptor_, SOL_SOCKET, SO_RCVBUF, &*receive_buffer_bytes, sizeof *receive_buffer_bytes);
  const sockaddr_in address = loopback(port);
  if (::connect(descriptor_, reinterpret_cast<const sockaddr*>(&address), sizeof address) != 0)
    throw std::runtime_error("cannot connect");
  const int on = 1;
  ::setsockopt(descriptor_, IPPROTO_TCP, TCP_NODELAY, &on, sizeof on);
}

Peer::~Peer() {
  if (descriptor_ >= 0) ::close(descriptor_);
}

std::size_t Peer::send_what_fits(std::string_view bytes) {
  const ssize_t sent = ::send(descriptor_, bytes.data(), bytes.size(), MSG_NOSIGNAL | MSG_DONTWAIT);
  if (sent < 0 && errno != EAGAIN) throw std::runtime_error("the server closed while something was sent");
  const std::size_t size = sent < 0 ? 0 : static_cast<std::size_t>(sent);
  sent_count_ += size;
  return size;
}

void Peer::send(std::string_view bytes) {
  while (!bytes.empty()) {
    const std::size_t size = send_what_fits(bytes);
    if (size == 0) wait_for(descriptor_, POLLOUT);
    bytes.remove_prefix(size);
  }
}

bool Peer::sends_until_cut(std::string_view bytes, std::uint64_t size_max) {
  while (sent_count_ < size_max) {
    const ssize_t sent = ::send(descriptor_, bytes.data(), bytes.size(), MSG_NOSIGNAL | MSG_DONTWAIT);
    if (sent >= 0) {
      sent_count_ += static_cast<std::uint64_t>(sent);
    } else if (errno == EAGAIN) {
      wait_for(descriptor_, POLLOUT);
    } else {
      return true;
    }
  }
  return false;
}

void Peer::wait_until_delivered() {
  for (int waiting = 1; waiting > 0;) {
    if (::ioctl(descriptor_, SIOCOUTQ, &waiting) != 0) throw std::runtime_error("no such socket");
    if (waiting > 0) std::this_thread::yield();
  }
}

bool Peer::read_some() {
  wait_for(descriptor_, POLLIN);
  std::array<char, 65536> buffer;
  const ssize_t size = ::recv(descriptor_, buffer.data(), buffer.size(), 0);
  if (size < 0) was_reset_ = true;
  if (size <= 0) return false;
  received_count_ += static_cast<std::uint64_t>(size);
  unread_.append(buffer.data(), static_cast<std::size_t>(size));
  return true;
}

std::string Peer::read_until(std::string_view text) {
  std::size_t searched = 0;
  for (;;) {
    const std::size_t at = unread_.find(text, searched);
    if (at != std::string::npos) {
      std::string read = unread_.substr(0, at + text.size());
      unread_.erase(0, at + text.size());
      return read;
    }
    searched = unread_.size() < text.size() ? 0 : unread_.size() - text.size();
    if (!read_some())
      throw std::runtime_error("the connection ended before \"" + std::string(text) +
                               "\", after: " + unread_);
  }
}

std::string Peer::read_to_end() {
  while (read_some()) continue;
  return std::exchange(unread_, {});
}

void Peer::finish_sending() { ::shutdown(descriptor_, SHUT_WR); }

void Peer::reset() {
  const linger hard{1, 0};
  ::setsockopt(descriptor_, SOL_SOCKET, SO_LINGER, &hard, sizeof hard);
  ::close(descriptor_);
  descriptor_ = -1;
}

std::uint16_t Peer::own_port() const {
  sockaddr_in address{};
  socklen_t size = sizeof address;
  ::getsockname(descriptor_, reinterpret_cast<sockaddr*>(&address), &size);
  return ntohs(address.sin_port);
}

void enter(Peer& peer, std::string_view name, std::string_view room) {
  peer.send("LOGIN " + std::string(name) + "\nSYNC " + std::string(room) + "\nPING :in\n");
  peer.read_until("PONG :in\n");
}

std::string masked(std::string_view text) {
  const std::string no_times = std::regex_replace(std::string(text), std::regex("[0-9]{13}"), "T");
  return std::regex_replace(no_times, std::regex("(token|run)=[0-9A-Za-z]+"), "$1=X");
}

}  // namespace plaintalk::messenger::test
