#include "messenger/bench/bench_client.hpp"

#include <algorithm>
#include <array>
#include <chrono>
#include <cstring>
#include <memory>
#include <stdexcept>

#include <errno.h>
#include <netdb.h>
#include <netinet/tcp.h>
#include <poll.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

namespace plaintalk::messenger::bench {
namespace {

constexpr std::size_t kLineBytesMax = 64 << 10;

[[noreturn]] void fail_system(const std::string& what) {
  throw std::runtime_error(what + ": " + ::strerror(errno));
}

bool is_loopback(const sockaddr& address) {
  if (address.sa_family == AF_INET) {
    sockaddr_in v4{};
    std::memcpy(&v4, &address, sizeof v4);
    return ntohl(v4.sin_addr.s_addr) >> 24 == 127;
  }
  sockaddr_in6 v6{};
  std::memcpy(&v6, &address, sizeof v6);
  return IN6_IS_ADDR_LOOPBACK(&v6.sin6_addr);
}

void wait_for(int descriptor, short events, Instant deadline) {
  const auto left = std::chrono::ceil<Milliseconds>(deadline - std::chrono::steady_clock::now()).count();
  pollfd waiting{descriptor, events, 0};
  if (left <= 0 || ::poll(&waiting, 1, static_cast<int>(left)) == 0)
    throw std::runtime_error("the server did not answer in time while clients were being set up");
}

}  // namespace

void fail_client(const Client& client, const std::string& what) {
  throw std::runtime_error("client " + std::to_string(client.index) + ": " + what);
}

int connect_to(const HostPort& where, bool remote_allowed) {
  addrinfo hints{};
  hints.ai_socktype = SOCK_STREAM;
  addrinfo* found = nullptr;
  if (const int error = ::getaddrinfo(where.host.c_str(), std::to_string(where.port).c_str(), &hints, &found);
      error != 0)
    throw std::runtime_error("the host " + where.host + " is not known: " + ::gai_strerror(error));
  const std::unique_ptr<addrinfo, void (*)(addrinfo*)> owner(found, ::freeaddrinfo);
  for (const addrinfo* entry = found; entry != nullptr; entry = entry->ai_next) {
    if (!remote_allowed && !is_loopback(*entry->ai_addr))
      throw std::runtime_error(where.host +
                               " is not this machine: load is only put on loopback, or say --allow-remote");
    const int descriptor = ::socket(entry->ai_family, SOCK_STREAM | SOCK_CLOEXEC, 0);
    if (descriptor < 0) fail_system("no socket for another client (raise ulimit -n)");
    if (::connect(descriptor, entry->ai_addr, entry->ai_addrlen) == 0) {
      const int on = 1;
      ::setsockopt(descriptor, IPPROTO_TCP, TCP_NODELAY, &on, sizeof on);
      return descriptor;
    }
    ::close(descriptor);
  }
  fail_system("cannot connect to " + where.host + ':' + std::to_string(where.port));
}

void send_all(int descriptor, std::string_view bytes, Instant deadline) {
  while (!bytes.empty()) {
    const ssize_t sent = ::send(descriptor, bytes.data(), bytes.size(), MSG_NOSIGNAL | MSG_DONTWAIT);
    if (sent > 0)
      bytes.remove_prefix(static_cast<std::size_t>(sent));
    else if (errno == EAGAIN)
      wait_for(descriptor, POLLOUT, deadline);
    else if (errno != EINTR)
      fail_system("the server closed the connection of a client that was being set up");
  }
}

std::string read_line(Client& client, Instant deadline) {
  for (;;) {
    const std::size_t end = client.unparsed.find('\n');
    if (end != std::string::npos) {
      std::string line = client.unparsed.substr(0, end);
      client.unparsed.erase(0, end + 1);
      if (line.ends_with('\r')) line.pop_back();
      return line;
    }
    if (client.unparsed.size() > kLineBytesMax)
      throw std::runtime_error("the server sent a line without end");
    std::array<char, 16384> buffer;
    const ssize_t size = ::recv(client.descriptor, buffer.data(), buffer.size(), MSG_DONTWAIT);
    if (size > 0)
      client.unparsed.append(buffer.data(), static_cast<std::size_t>(size));
    else if (size == 0)
      throw std::runtime_error("the server closed the connection of a client that was being set up");
    else if (errno == EAGAIN)
      wait_for(client.descriptor, POLLIN, deadline);
    else if (errno != EINTR)
      fail_system("a client that was being set up lost its connection");
  }
}

}  // namespace plaintalk::messenger::bench
