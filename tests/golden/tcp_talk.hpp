// One TCP connection on a tape, told step by step: either in whole sentences (client() sends, the other side
// acknowledges), or in single segments and acknowledgements where a scenario wants trouble.
#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>

#include "base/endpoint.hpp"
#include "capture/synthetic/tcp_packet.hpp"
#include "tests/golden/tape.hpp"

namespace plaintalk::golden {

enum class From : std::uint8_t { client, server };

struct Segment {
  capture::TcpPacket header;  // its payload is not used
  std::string payload;
};

class TcpTalk {
 public:
  struct Options {
    std::uint32_t client_sequence = 1'000'000'000;
    std::uint32_t server_sequence = 3'000'000'000;
    std::size_t segment_size = 1460;
  };

  TcpTalk(Tape& tape, Endpoint client, Endpoint server, Options options);
  TcpTalk(Tape& tape, Endpoint client, Endpoint server) : TcpTalk(tape, client, server, Options()) {}

  void open();
  // As many segments as it takes, each acknowledged.
  void client(std::string_view bytes) { say(From::client, bytes); }
  void server(std::string_view bytes) { say(From::server, bytes); }
  void close(From first);
  void reset(From by);

  // One segment, not acknowledged. Returned for repeating it.
  Segment segment(From from, std::string_view bytes);
  // Sent again: the same place in the stream, a new IP packet.
  void repeat(const Segment& segment);
  // Acknowledges everything sent so far, or everything before `segment`.
  void acknowledge(From from);
  void acknowledge_before(From from, const Segment& segment);

 private:
  struct Side {
    Endpoint endpoint;
    std::uint32_t sequence = 0;
    std::uint16_t ip_id = 0;
  };

  Side& side(From from) { return from == From::client ? client_ : server_; }
  Side& other(From from) { return from == From::client ? server_ : client_; }
  void say(From from, std::string_view bytes);
  Segment emit(From from, std::uint8_t flags, std::string_view payload);

  Tape& tape_;
  Side client_;
  Side server_;
  std::size_t segment_size_;
};

}  // namespace plaintalk::golden
