// Tunnels: what is inside is followed, whatever is around it, and named where it cannot be.
#include <gtest/gtest.h>

#include "analyzer/wire/packet_decoder.hpp"
#include "tests/analyzer/segment_builder.hpp"

namespace plaintalk::analyzer::test {
namespace {

Buffer inner_v4() { return tcp().seq(1).ack(1).data("hello").ip_id(5).ip_packet(); }
Buffer inner_v6() {
  const Endpoint client{*parse_address("2001:db8::1"), 40000};
  const Endpoint server{*parse_address("2001:db8::2"), 7777};
  return tcp().between(client, server).seq(1).ack(1).data("hello").ip_packet();
}

// Between two routers; its checksum is left to the card.
Buffer ipv4(std::uint8_t protocol, const Buffer& payload, std::uint16_t fragment_field = 0,
            std::uint8_t id = 77) {
  const std::size_t size = 20 + payload.size();
  return bytes({0x45,
                0,
                static_cast<int>(size >> 8U),
                static_cast<int>(size & 0xffU),
                0,
                id,
                fragment_field >> 8,
                fragment_field & 0xff,
                64,
                protocol,
                0,
                0,
                198,
                51,
                100,
                1,
                198,
                51,
                100,
                2}) +
         payload;
}

Buffer ipv6(std::uint8_t protocol, const Buffer& payload) {
  Buffer header(40, 0);
  header[0] = 0x60;
  header[4] = static_cast<std::uint8_t>(payload.size() >> 8U);
  header[5] = static_cast<std::uint8_t>(payload.size() & 0xffU);
  header[6] = protocol;
  header[7] = 64;
  header[8] = header[24] = 0xfd;
  header[39] = 1;
  return header + payload;
}

Buffer udp(std::uint16_t port, const Buffer& payload) {
  const std::size_t size = 8 + payload.size();
  return bytes({0xc0, 0, port >> 8, port & 0xff, static_cast<int>(size >> 8U), static_cast<int>(size & 0xffU),
                0, 0}) +
         payload;
}

Buffer vxlan(int network, const Buffer& ip) {
  return ipv4(17, udp(4789, bytes({0x08, 0, 0, 0, 0, 0, network, 0}) + ethernet(ip)));
}

struct Encapsulation {
  std::string name;
  Buffer packet;
  TunnelKind kind;
  std::uint32_t id;
};

std::vector<Encapsulation> encapsulations() {
  const Buffer v4 = inner_v4();
  const Buffer v6 = inner_v6();
  const Buffer vxlan_header = bytes({0x08, 0, 0, 0, 0, 1, 2, 0});
  return {
      {"ipv4 in ipv4", ipv4(4, v4), TunnelKind::ipv4_in_ip, 0},
      {"ipv4 in ipv6", ipv6(4, v4), TunnelKind::ipv4_in_ip, 0},
      {"ipv6 in ipv4", ipv4(41, v6), TunnelKind::ipv6_in_ip, 0},
      {"ipv6 in ipv6", ipv6(41, v6), TunnelKind::ipv6_in_ip, 0},
      {"ethernet in ip", ipv4(97, bytes({0x30, 0}) + ethernet(v4)), TunnelKind::ethernet_in_ip, 0},
      {"mpls in ip", ipv4(137, bytes({0, 0, 0x11, 64}) + v4), TunnelKind::mpls_in_ip, 0},
      {"gre", ipv4(47, bytes({0, 0, 0x08, 0}) + v4), TunnelKind::gre, 0},
      {"gre, ipv6", ipv6(47, bytes({0, 0, 0x86, 0xdd}) + v6), TunnelKind::gre, 0},
      {"gre with checksum, key and sequence",
       ipv4(47, bytes({0xb0, 0, 0x08, 0, 1, 2, 0, 0, 0, 0, 1, 0, 0, 0, 0, 9}) + v4), TunnelKind::gre, 256},
      {"gre with ethernet", ipv4(47, bytes({0x20, 0, 0x65, 0x58, 0, 0, 0, 3}) + ethernet(v4)),
       TunnelKind::gre, 3},
      {"erspan I", ipv4(47, bytes({0, 0, 0x88, 0xbe}) + ethernet(v4)), TunnelKind::gre, 0},
      {"erspan II",
       ipv4(47, bytes({0x10, 0, 0x88, 0xbe, 0, 0, 0, 1, 0x10, 0, 0, 5, 0, 0, 0, 0}) + ethernet(v4)),
       TunnelKind::gre, 0},
      {"wccp", ipv4(47, bytes({0, 0, 0x88, 0x3e, 0, 1, 0, 0}) + v4), TunnelKind::gre, 0},
      {"pptp", ipv4(47, bytes({0x30, 1, 0x88, 0x0b, 0, 50, 0, 7, 0, 0, 0, 1, 0x21}) + v4), TunnelKind::pptp,
       7},
      {"vxlan", ipv4(17, udp(4789, vxlan_header + ethernet(v4))), TunnelKind::vxlan, 258},
      {"vxlan on linux's old port", ipv4(17, udp(8472, vxlan_header + ethernet(v4))), TunnelKind::vxlan, 258},
      {"vxlan with vlan", ipv4(17, udp(4789, vxlan_header + ethernet(vlan_tag(v4, 5, 0x0800), 0x8100))),
       TunnelKind::vxlan, 258},
      {"vxlan-gpe", ipv4(17, udp(4790, bytes({0x0c, 0, 0, 1, 0, 0, 9, 0}) + v4)), TunnelKind::vxlan_gpe, 9},
      {"geneve", ipv4(17, udp(6081, bytes({0x00, 0, 0x65, 0x58, 0, 0, 42, 0}) + ethernet(v4))),
       TunnelKind::geneve, 42},
      {"geneve with options",
       ipv4(17, udp(6081, bytes({0x02, 0, 0x08, 0, 0, 0, 42, 0, 1, 2, 3, 1, 9, 9, 9, 9}) + v4)),
       TunnelKind::geneve, 42},
      {"gtp-u", ipv4(17, udp(2152, bytes({0x30, 0xff, 0, 45, 0, 0, 0, 8}) + v4)), TunnelKind::gtp_u, 8},
      {"gtp-u with an extension",
       ipv4(17, udp(2152, bytes({0x34, 0xff, 0, 53, 0, 0, 0, 8, 0, 0, 0, 0x85, 1, 0x10, 9, 0}) + v4)),
       TunnelKind::gtp_u, 8},
      {"teredo", ipv4(17, udp(3544, v6)), TunnelKind::teredo, 0},
      {"teredo with authentication and origin",
       ipv4(17,
            udp(3544, bytes({0, 1, 0, 0, 1, 2, 3, 4, 5, 6, 7, 8, 0}) + bytes({0, 0, 1, 2, 3, 4, 5, 6}) + v6)),
       TunnelKind::teredo, 0},
      {"l2tp", ipv4(17, udp(1701, bytes({0x40, 2, 0, 60, 0, 1, 0, 2, 0xff, 3, 0, 0x21}) + v4)),
       TunnelKind::l2tp, 0x10002},
      {"l2tp with sequence and offset",
       ipv4(17, udp(1701, bytes({0x0a, 2, 0, 1, 0, 2, 0, 0, 0, 0, 0, 2, 9, 9, 0x21}) + v4)), TunnelKind::l2tp,
       0x10002},
  };
}

TEST(Tunnel, IsFollowedToTheSegmentInside) {
  for (const Encapsulation& around : encapsulations()) {
    SCOPED_TRACE(around.name);
    PacketDecoder decoder;
    const auto segment = decoder.decode(record_of(around.packet, LinkType::raw));
    ASSERT_TRUE(segment) << (decoder.skipped().empty() ? "" : decoder.skipped().begin()->first);
    EXPECT_EQ(as_text(segment->payload), "hello");
    EXPECT_EQ(segment->payload_size, 5U);
    EXPECT_EQ(segment->target.port, 7777);
    EXPECT_EQ(segment->checksum, ChecksumState::good);
    EXPECT_EQ(segment->tunnel, (Tunnel{around.kind, around.id, 1}));
  }
}

// Goal: a capture that cuts a packet leaves a segment with the right size on the wire, or a name. Method:
// every length of every encapsulation; ASan watches.
TEST(Tunnel, IsReadNoFurtherThanTheCaptureGoes) {
  for (const Encapsulation& around : encapsulations()) {
    SCOPED_TRACE(around.name);
    for (std::size_t size = 0; size < around.packet.size(); ++size) {
      PacketDecoder decoder;
      const Buffer cut(around.packet.begin(), around.packet.begin() + static_cast<std::ptrdiff_t>(size));
      const auto segment =
          decoder.decode(record_of(cut, LinkType::raw, static_cast<std::uint32_t>(around.packet.size())));
      if (segment) {
        EXPECT_EQ(segment->payload_size, 5U);
        EXPECT_EQ(segment->payload.size(), 5U - (around.packet.size() - size));
      } else {
        EXPECT_EQ(decoder.skipped().size(), 1U);
      }
    }
  }
}

std::string skipped_tunnel(const Buffer& packet) {
  PacketDecoder decoder;
  EXPECT_FALSE(decoder.decode(record_of(packet, LinkType::raw)));
  EXPECT_EQ(decoder.skipped().size(), 1U);
  return decoder.skipped().empty() ? "" : decoder.skipped().begin()->first;
}

TEST(Tunnel, IsNamedWhereItIsNotFollowed) {
  const Buffer v4 = inner_v4();
  EXPECT_EQ(skipped_tunnel(ipv4(17, udp(4500, bytes({0, 0, 0, 9, 0, 0, 0, 1, 2, 3}) + v4))),
            "tunnel: esp in udp");
  EXPECT_EQ(skipped_tunnel(ipv4(17, udp(1701, bytes({0xc8, 2, 0, 12, 0, 1, 0, 0, 0, 0, 0, 0})))),
            "tunnel: l2tp");
  EXPECT_EQ(skipped_tunnel(ipv4(47, bytes({0x40, 0, 8, 0, 0, 0, 0, 0}) + v4)), "tunnel: gre");
  EXPECT_EQ(skipped_tunnel(ipv4(47, bytes({0, 0, 8}))), "truncated tunnel header: gre");
  EXPECT_EQ(skipped_tunnel(ipv4(47, bytes({0x30, 0x01, 0x88, 0x0b, 0, 0, 0, 7}))),
            "truncated tunnel header: pptp");
  const Buffer dns = ipv4(17, udp(53, bytes({1, 2, 3, 4})));
  EXPECT_EQ(skipped_tunnel(vxlan(1, dns)), "udp (in vxlan)");
  EXPECT_EQ(skipped_tunnel(ipv4(47, bytes({0, 0, 0x08, 0x06}) + v4)), "arp (in gre)");
  EXPECT_EQ(skipped_tunnel(vxlan(1, bytes({}))), "truncated ipv4 header (in vxlan)");
}

TEST(Tunnel, IsNoneWhereAnOrdinaryDatagramUsesItsPort) {
  for (const std::uint16_t port : std::initializer_list<std::uint16_t>{1701, 2152, 3544, 4789, 4790, 6081}) {
    EXPECT_EQ(skipped_tunnel(ipv4(17, udp(port, bytes({0xc7, 0xc7, 1, 2, 3, 4, 5, 6})))), "udp") << port;
    EXPECT_EQ(skipped_tunnel(ipv4(17, udp(port, bytes({0x08})))), "udp") << port;
    EXPECT_EQ(skipped_tunnel(ipv4(17, udp(port, inner_v4()), 9)), "udp") << port;  // a later fragment
  }
}

TEST(Tunnel, MayBeInsideOfTunnelsButNotForEver) {
  Buffer packet = inner_v4();
  for (int depth = 1; depth <= 20; ++depth) {
    packet = depth % 2 == 0 ? ipv4(47, bytes({0, 0, 0x08, 0}) + packet) : vxlan(depth, packet);
    PacketDecoder decoder;
    const auto segment = decoder.decode(record_of(packet, LinkType::raw));
    EXPECT_EQ(segment.has_value(), depth <= PacketDecoder::kTunnelDepthMax) << depth;
    if (segment) {
      EXPECT_EQ(segment->tunnel, (Tunnel{TunnelKind::vxlan, 1, static_cast<std::uint8_t>(depth)}));
    } else {
      EXPECT_EQ(decoder.skipped().begin()->first, depth % 2 == 0 ? "tunnels nested too deeply (in vxlan)"
                                                                 : "tunnels nested too deeply (in gre)");
    }
  }
}

// Goal: every packet is accounted for, once. Method: the outer packets of a tunnel are fragments, and so are
// the packets inside it.
TEST(Tunnel, IsFollowedThroughFragmentsOutsideAndInside) {
  const Buffer whole = inner_v4();
  const Buffer inner_payload(whole.begin() + 20, whole.end());
  const auto part = [](const Buffer& from, std::size_t begin, std::size_t end) {
    return Buffer(from.begin() + static_cast<std::ptrdiff_t>(begin),
                  from.begin() + static_cast<std::ptrdiff_t>(end));
  };
  const auto inner_fragment = [&](std::size_t begin, std::size_t end, bool more) {
    Buffer header(whole.begin(), whole.begin() + 20);
    const std::size_t size = 20 + end - begin;
    header[2] = 0;
    header[3] = static_cast<std::uint8_t>(size);
    header[6] = more ? 0x20 : 0;
    header[7] = static_cast<std::uint8_t>(begin / 8);
    header[10] = header[11] = 0;
    return header + part(inner_payload, begin, end);
  };
  PacketDecoder decoder;
  std::uint64_t packet_count = 0;
  std::uint64_t segment_count = 0;
  const auto decode = [&](const Buffer& packet) {
    ++packet_count;
    const auto segment = decoder.decode(record_of(packet, LinkType::raw));
    if (segment) {
      ++segment_count;
      EXPECT_EQ(as_text(segment->payload), "hello");
    }
    std::uint64_t accounted = segment_count + decoder.used_fragment_count();
    for (const auto& [reason, count] : decoder.skipped()) accounted += count;
    EXPECT_EQ(accounted, packet_count);
    return segment.has_value();
  };
  std::uint8_t id = 1;
  for (const auto& [begin, end, more] :
       {std::tuple(0UL, 16UL, true), std::tuple(16UL, inner_payload.size(), false)}) {
    const Buffer datagram =
        udp(4789, bytes({0x08, 0, 0, 0, 0, 0, 1, 0}) + ethernet(inner_fragment(begin, end, more)));
    EXPECT_FALSE(decode(ipv4(17, part(datagram, 0, 24), 0x2000, id)));
    const bool found = decode(ipv4(17, part(datagram, 24, datagram.size()), 3, id));
    EXPECT_EQ(found, !more);
    ++id;
  }
  EXPECT_EQ(decoder.used_fragment_count(), 3U);
  EXPECT_TRUE(decoder.skipped().empty());
  // Fragments of no tunnel are what they were.
  EXPECT_FALSE(decode(ipv4(17, udp(53, Buffer(16, 1)), 0x2000, 9)));
  EXPECT_FALSE(decode(ipv4(17, Buffer(16, 1), 3, 9)));
  EXPECT_EQ(decoder.skipped().at("udp"), 2U);
}

// Goal: a checksum over the final target of a source route is no wrong one. Method: the packet on its way is
// addressed to the next router, and its checksum is that of the packet that arrives.
TEST(SourceRoute, CountsForTheChecksumWhileItIsNotUsedUp) {
  const Buffer whole = inner_v4();
  for (const int kind : {131, 137}) {
    for (const int pointer : {4, 8, 12}) {
      Buffer packet =
          bytes({0x48, 0, 0, 0, 0, 5, 0, 0, 64, 6, 0, 0}) + Buffer(whole.begin() + 12, whole.begin() + 20);
      // The route leads to where the checksum says; a used one has the router's address in its place.
      packet = packet + bytes({1, kind, 11, pointer, 203, 0, 113, 1});
      packet.insert(packet.end(), whole.begin() + 16, whole.begin() + 20);
      packet.insert(packet.end(), whole.begin() + 20, whole.end());
      packet[3] = static_cast<std::uint8_t>(packet.size());
      const bool is_used_up = pointer > 11;
      if (!is_used_up) packet[19] = 99;  // the next router
      PacketDecoder decoder;
      const auto segment = decoder.decode(record_of(packet, LinkType::raw));
      ASSERT_TRUE(segment);
      EXPECT_EQ(segment->checksum, ChecksumState::good) << kind << ' ' << pointer;
      packet[is_used_up ? 19 : 31] ^= 1;
      EXPECT_EQ(decoder.decode(record_of(packet, LinkType::raw))->checksum, ChecksumState::bad);
    }
  }
}

}  // namespace
}  // namespace plaintalk::analyzer::test
