// Turns what an application read and wrote into the packets a TCP connection could have carried: Ethernet-less IPv4 or IPv6 packets
// (LINKTYPE_RAW) with right checksums, sequence and acknowledgement numbers.
//
// Used by the messenger's --record, for machines that allow no capture, and by the generator of test captures. What it cannot show:
// real segmentation, loss, timing of acknowledgements. Files made with it say so in their section comment (kSyntheticComment).
#pragma once

#include <cstdint>
#include <functional>
#include <string_view>

#include "base/bytes.hpp"
#include "base/endpoint.hpp"
#include "base/time.hpp"

namespace plaintalk::capture {

inline constexpr std::string_view kSyntheticComment =
    "synthetic: recorded by the application; the TCP/IP headers were made up afterwards";

class SyntheticConnection {
 public:
  // Called with each finished IP packet.
  using PacketSink = std::function<void(WallTime, Bytes)>;

  SyntheticConnection(Endpoint client, Endpoint server, PacketSink sink);

  void open(WallTime time);                                    // SYN, SYN-ACK, ACK
  void client_sent(std::string_view octets, WallTime time);    // cut into segments of at most kSegmentSizeMax, each acknowledged
  void server_sent(std::string_view octets, WallTime time);
  void close(bool client_first, WallTime time);                // FIN both ways
  void reset(bool by_client, WallTime time);

  static constexpr std::size_t kSegmentSizeMax = 16384;

 private:
  struct Side {
    Endpoint endpoint;
    std::uint32_t sequence = 0;
  };
  Side client_;
  Side server_;
  PacketSink sink_;
};

}  // namespace plaintalk::capture
