// A TCP socket of the test, at either side of the relay. Each wait has a limit that only ends a test which
// would hang.
#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>

#include "base/file_descriptor.hpp"

namespace plaintalk::relay::test {

class SocketPeer {
 public:
  explicit SocketPeer(FileDescriptor socket) : socket_(std::move(socket)) {}
  // Connects to a port of 127.0.0.1; the send buffer is the kernel's unless given.
  static SocketPeer connect_to(std::uint16_t port, int send_buffer = 0);

  // Each is one call of send(2), with TCP_NODELAY.
  void write(std::string_view text) const;
  // Writes until the kernel takes no more; returns how much that was.
  std::size_t write_until_full() const;
  // Exactly so many bytes; fewer when the connection ends before.
  std::string read(std::size_t size) const;
  // What comes until the end. `was_reset` tells how it ended.
  std::string read_to_end(bool* was_reset = nullptr) const;
  void finish() const;  // FIN
  void reset();         // RST
  // How many segments with payload the kernel has received on it (tcp(7), TCP_INFO); -1: it does not tell.
  long data_segments_received() const;

 private:
  FileDescriptor socket_;
};

// A target: listens on a free port of 127.0.0.1.
class Listener {
 public:
  Listener();
  std::uint16_t port() const { return port_; }
  std::string address() const { return "127.0.0.1:" + std::to_string(port_); }
  SocketPeer accept() const;

 private:
  FileDescriptor socket_;
  std::uint16_t port_ = 0;
};

}  // namespace plaintalk::relay::test
