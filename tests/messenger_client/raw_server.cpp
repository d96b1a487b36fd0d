#include "tests/messenger_client/raw_server.hpp"

#include <array>
#include <stdexcept>
#include <utility>

#include <arpa/inet.h>
#include <netinet/in.h>
#include <poll.h>
#include <sys/socket.h>
#include <unistd.h>

namespace plaintalk::test {
namespace {

// Only ends a test that would hang for ever; no result depends on it.
constexpr int kSilenceLimit_ms = 60'000;

bool wait_readable(int fd) {
  pollfd ready{fd, POLLIN, 0};
  return ::poll(&ready, 1, kSilenceLimit_ms) > 0;
}

}  // namespace

RawServer::RawServer() {
  listener_ = ::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
  sockaddr_in address{};
  address.sin_family = AF_INET;
  address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
  socklen_t size = sizeof address;
  auto* generic = reinterpret_cast<sockaddr*>(&address);
  if (listener_ < 0 || ::bind(listener_, generic, size) != 0 || ::listen(listener_, 16) != 0 ||
      ::getsockname(listener_, generic, &size) != 0)
    throw std::runtime_error("cannot listen on 127.0.0.1");
  place_ = "127.0.0.1:" + std::to_string(ntohs(address.sin_port));
}

RawServer::~RawServer() {
  close();
  ::close(listener_);
}

bool RawServer::accept() {
  close();
  if (!wait_readable(listener_)) return false;
  peer_ = ::accept4(listener_, nullptr, nullptr, SOCK_CLOEXEC);
  return peer_ >= 0;
}

void RawServer::write(std::string_view bytes) {
  while (!bytes.empty()) {
    const ssize_t put = ::send(peer_, bytes.data(), bytes.size(), MSG_NOSIGNAL);
    if (put <= 0) return;
    bytes.remove_prefix(static_cast<std::size_t>(put));
  }
}

std::string RawServer::read_line() {
  for (;;) {
    if (const auto end = pending_.find('\n'); end != std::string::npos) {
      std::string line = pending_.substr(0, end);
      pending_.erase(0, end + 1);
      return line;
    }
    if (!wait_readable(peer_)) return {};
    std::array<char, 65536> bytes;
    const ssize_t got = ::recv(peer_, bytes.data(), bytes.size(), 0);
    if (got <= 0) return {};
    pending_.append(bytes.data(), static_cast<std::size_t>(got));
  }
}

std::string RawServer::read_until(std::string_view text) {
  std::string line = read_line();
  while (!line.empty() && line.find(text) == std::string::npos) line = read_line();
  return line;
}

void RawServer::close() {
  if (peer_ >= 0) ::close(std::exchange(peer_, -1));
  pending_.clear();
}

}  // namespace plaintalk::test
