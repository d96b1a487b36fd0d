// A real Linux socket whose peer is the test: a TUN interface carries the packets (tun(4)), so what the test
// writes is what the kernel's TCP receives, in that order, and nothing else answers.
#pragma once

#include <cstdint>
#include <expected>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "base/endpoint.hpp"
#include "base/file_descriptor.hpp"

namespace plaintalk::analyzer::test {

class LinuxReceiver {
 public:
  // In a private network of this process. The error says what this machine does not allow.
  static std::expected<LinuxReceiver, std::string> make();

  // A connection from port `port`, established; our next byte has sequence number 1001. What both sides sent
  // is added to `packets`, from the IP header on.
  bool connect(std::uint16_t port);
  // One segment, `begin` bytes after the first of the stream.
  void send(std::uint32_t begin, std::string_view bytes);
  // What the application reads of the connection, which is then reset.
  std::string read_and_reset();

  // One fragment of a UDP datagram without checksum; `bytes` begin with the UDP header when `offset` is 0.
  void send_fragment(std::uint16_t id, std::size_t offset, bool more, std::string_view bytes);
  // A datagram that arrived whole, without its header; "" when there is none.
  std::string read_datagram();
  std::uint16_t udp_port() const;

  std::vector<std::string> packets;

 private:
  void write_packet(const std::string& packet);
  // What the kernel has sent since; the last of it with bit `flag` set.
  std::string answers(std::uint8_t flag);

  FileDescriptor tun_;
  FileDescriptor listener_;
  FileDescriptor accepted_;
  FileDescriptor datagrams_;
  Endpoint own_;
  Endpoint kernel_;
  std::uint32_t acknowledged_ = 0;
};

}  // namespace plaintalk::analyzer::test
