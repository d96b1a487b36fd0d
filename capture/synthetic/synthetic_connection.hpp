// Turns what an application read and wrote into the packets a TCP connection could have carried:
// Ethernet-less IPv4 or IPv6 packets (LINKTYPE_RAW) with right checksums, sequence and acknowledgement
// numbers.
//
// Used by the messenger's --record, for machines that allow no capture, and by the generator of test
// captures. What it cannot show: real segmentation, loss, timing of acknowledgements. Files made with it say
// so in their section comment (kSyntheticComment). The same calls give the same bytes: nothing is random.
#pragma once

#include <cstdint>
#include <functional>
#include <string>
#include <string_view>

#include "base/bytes.hpp"
#include "base/endpoint.hpp"
#include "base/time.hpp"

namespace plaintalk::capture {

inline constexpr std::string_view kSyntheticComment =
    "synthetic: recorded by the application; the TCP/IP headers were made up afterwards";

// The time stamps given may stand still or go back; those of the packets rise by at least a microsecond
// within a connection.
class SyntheticConnection {
 public:
  // Called with each finished IP packet; the bytes are borrowed until it returns.
  using PacketSink = std::function<void(WallTime, Bytes)>;

  SyntheticConnection(Endpoint client, Endpoint server, PacketSink sink);

  void open(WallTime time);  // SYN, SYN-ACK, ACK
  // Cut into segments of at most kSegmentSizeMax, each acknowledged at once. Opens the connection if that was
  // not done.
  void client_sent(std::string_view bytes, WallTime time);
  void server_sent(std::string_view bytes, WallTime time);
  void close(bool client_first, WallTime time);  // FIN both ways
  void reset(bool by_client, WallTime time);
  // After close() or reset() further calls do nothing.

  static constexpr std::size_t kSegmentSizeMax = 16384;

 private:
  enum class State : std::uint8_t { fresh, open, closed };
  struct Side {
    Endpoint endpoint;
    std::uint32_t sequence = 0;
    std::uint16_t ip_id = 0;
  };

  void send(Side& from, const Side& to, std::uint8_t flags, std::string_view payload, WallTime time);
  void sent(Side& from, Side& to, std::string_view bytes, WallTime time);
  WallTime later(WallTime time);

  Side client_;
  Side server_;
  PacketSink sink_;
  State state_ = State::fresh;
  WallTime last_time_;
};

}  // namespace plaintalk::capture
