// A server that says whatever it is told, to everybody who connects: raw_server FILE. For tests of clients.
//
// It prints "ready: listening on 127.0.0.1:PORT", sends the bytes of FILE to each connection, waits until
// the client closes or a second has passed, and goes on until it is killed.
#include <array>
#include <csignal>
#include <fstream>
#include <iostream>
#include <iterator>
#include <string>

#include <arpa/inet.h>
#include <poll.h>
#include <sys/socket.h>

#include "base/file_descriptor.hpp"

namespace {

using plaintalk::FileDescriptor;

constexpr int kPatienceMs = 1000;

void serve_one(int listener, const std::string& words) {
  const FileDescriptor client(accept(listener, nullptr, nullptr));
  std::size_t sent = 0;
  while (sent < words.size()) {
    const ssize_t size = send(client.number(), words.data() + sent, words.size() - sent, MSG_NOSIGNAL);
    if (size <= 0) return;
    sent += static_cast<std::size_t>(size);
  }
  shutdown(client.number(), SHUT_WR);
  std::array<char, 4096> ignored{};
  pollfd wait{client.number(), POLLIN, 0};
  while (poll(&wait, 1, kPatienceMs) > 0 && read(client.number(), ignored.data(), ignored.size()) > 0) {
  }
}

}  // namespace

int main(int argc, char** argv) {
  if (argc != 2) return 2;
  std::ifstream file(argv[1], std::ios::binary);
  const std::string words(std::istreambuf_iterator<char>(file), {});
  const FileDescriptor listener(socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0));
  sockaddr_in address{};
  address.sin_family = AF_INET;
  address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
  socklen_t size = sizeof address;
  auto* generic = reinterpret_cast<sockaddr*>(&address);
  if (bind(listener.number(), generic, size) != 0 || listen(listener.number(), 8) != 0 ||
      getsockname(listener.number(), generic, &size) != 0) {
    return 1;
  }
  std::cout << "ready: listening on 127.0.0.1:" << ntohs(address.sin_port) << '\n' << std::flush;
  for (;;) serve_one(listener.number(), words);
}
