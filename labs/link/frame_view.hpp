// What a link has to know of an Ethernet frame: whose it is, and which bytes of which TCP stream it carries.
#pragma once

#include <cstdint>
#include <optional>

#include "base/bytes.hpp"

namespace plaintalk::link {

// An IPv4 packet that is whole, without options that hide what follows; addresses and ports in host order.
struct FrameView {
  std::uint32_t source = 0;
  std::uint32_t target = 0;
  std::uint16_t ip_id = 0;
  bool is_tcp = false;  // else the rest is empty
  std::uint16_t source_port = 0;
  std::uint16_t target_port = 0;
  std::uint32_t sequence = 0;
  std::uint8_t flags = 0;
  Bytes payload{};
};

// Nullopt for everything that is no IPv4 packet: ARP, IPv6, what is cut or makes no sense. Later fragments of
// a packet have no TCP header, and are not taken for one.
std::optional<FrameView> view_frame(Bytes frame);

}  // namespace plaintalk::link
