// One end of a link: frames as they come in by an interface, and as they are sent out by it (packet(7)).
//
// What comes in waits in a ring that the kernel fills (PACKET_RX_RING, TPACKET_V2), so that a process that
// gets no processor for a while loses nothing: room for 4096 frames of an Ethernet.
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>

#include "base/bytes.hpp"
#include "base/file_descriptor.hpp"

namespace plaintalk::link {

class PacketPort {
 public:
  // Takes frames for any address, and none that this process or host sends by the interface. Throws
  // std::runtime_error. REQUIRES: CAP_NET_RAW in the network namespace.
  explicit PacketPort(const std::string& interface);
  ~PacketPort();
  PacketPort(const PacketPort&) = delete;
  PacketPort& operator=(const PacketPort&) = delete;

  int descriptor() const { return socket_.number(); }
  // The next frame, valid until release(); nullopt when there is none now.
  std::optional<Bytes> next();
  void release();
  // False when the kernel did not take it.
  bool send(Bytes frame) const;
  // Frames that did not fit into the ring, or were longer than an Ethernet's, since the beginning.
  std::uint64_t missed_count();

 private:
  FileDescriptor socket_;
  std::uint8_t* ring_ = nullptr;
  std::size_t at_ = 0;
  std::uint64_t missed_count_ = 0;
};

}  // namespace plaintalk::link
