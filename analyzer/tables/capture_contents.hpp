// What a capture holds, in a sentence, and what to do when it does not hold what was looked for: for the
// summary of an analysis and for reports that come out empty.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

namespace plaintalk::analyzer {

struct CaptureContents {
  struct Share {                        // of the packets, by protocol and port
    std::string protocol;               // "tcp", "udp", "arp", ...
    std::optional<std::uint64_t> port;  // the server's
    std::string application;            // what the bytes showed, or what the port is usually for
    std::uint64_t connections = 0;
    std::uint64_t packets = 0;
  };
  struct Address {
    std::string address;
    std::uint64_t packets = 0;
  };
  std::uint64_t packets = 0;
  std::vector<Share> shares;       // the largest first
  std::vector<Address> addresses;  // the busiest first
  std::uint64_t address_count = 0;
  std::uint16_t messenger_port = 7777;
  std::string interface;  // of a live capture
  // Of TCP connections.
  std::uint64_t connections = 0;
  std::uint64_t messenger_connections = 0;
  std::uint64_t begun_before = 0;  // those that began before the capture
  std::uint64_t without_data = 0;  // not one byte was sent
  std::uint64_t truncated_bytes = 0;
};

// "120 packets: tcp port 80 (http) 100 in 3 connections, udp port 53 (dns) 16, arp 4; busiest addresses:
// 192.0.2.9 (100), ..."
std::string describe(const CaptureContents& contents);

// What a reader must know about a capture that an application recorded.
inline constexpr const char* kSyntheticHeaders =
    "Synthetic headers: an application recorded this capture and made up its TCP/IP headers. What was said "
    "is real; packets, round trips, losses and all else about TCP are left empty.";

// What to try, one sentence each; nothing when the messenger was found and heard from its beginning.
std::vector<std::string> what_to_try(const CaptureContents& contents);

}  // namespace plaintalk::analyzer
