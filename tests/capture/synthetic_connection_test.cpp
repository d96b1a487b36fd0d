#include "capture/synthetic/synthetic_connection.hpp"

#include <map>
#include <set>
#include <vector>

#include <gtest/gtest.h>

#include "capture/synthetic/tcp_packet.hpp"

namespace plaintalk::capture {
namespace {

// A packet taken apart again, by the RFCs and not by the code that made it.
struct Parsed {
  WallTime time;
  std::uint16_t source_port = 0;
  std::uint32_t sequence = 0;
  std::uint32_t acknowledgement = 0;
  std::uint8_t flags = 0;
  std::uint16_t ip_id = 0;
  std::string payload;
};

// The sum over bytes with a right checksum is all ones (RFC 1071).
std::uint32_t ones_sum(Bytes bytes, std::uint32_t sum = 0) {
  for (std::size_t at = 0; at < bytes.size(); ++at) sum += at % 2 == 0 ? bytes[at] * 256u : bytes[at];
  while (sum > 0xFFFF) sum = (sum & 0xFFFF) + (sum >> 16);
  return sum;
}

Parsed parse(WallTime time, Bytes packet) {
  const bool is_v6 = packet[0] >> 4 == 6;
  const std::size_t header_size = is_v6 ? 40 : 20;
  if (!is_v6) {
    EXPECT_EQ(packet[0], 0x45);
    EXPECT_EQ(be16(packet, 2), packet.size());
    EXPECT_EQ(ones_sum(packet.first(20)), 0xFFFFu);
  } else {
    EXPECT_EQ(be16(packet, 4), packet.size() - 40);
  }
  EXPECT_EQ(packet[is_v6 ? 6 : 9], 6);
  const Bytes addresses = is_v6 ? packet.subspan(8, 32) : packet.subspan(12, 8);
  const Bytes segment = packet.subspan(header_size);
  const auto size = static_cast<std::uint32_t>(segment.size());
  EXPECT_EQ(ones_sum(segment, ones_sum(addresses) + 6 + size), 0xFFFFu);
  const std::size_t tcp_header_size = std::size_t{4} * (segment[12] >> 4);
  return {time,
          be16(segment, 0),
          be32(segment, 4),
          be32(segment, 8),
          segment[13],
          is_v6 ? std::uint16_t{0} : be16(packet, 4),
          std::string(as_text(segment.subspan(tcp_header_size)))};
}

class Recorded {
 public:
  explicit Recorded(const char* client = "192.0.2.1", const char* server = "192.0.2.9")
      : connection({*parse_address(client), 40000}, {*parse_address(server), 7777},
                   [this](WallTime time, Bytes packet) {
                     bytes.emplace_back(as_text(packet));
                     packets.push_back(parse(time, packet));
                   }) {}
  std::vector<std::string> bytes;
  std::vector<Parsed> packets;
  SyntheticConnection connection;
};

const WallTime kStart{std::chrono::seconds(1'789'201'502)};
constexpr std::uint8_t kSyn = 2, kAck = 16, kPshAck = 24, kFinAck = 17, kRstAck = 20;

TEST(SyntheticConnection, BeginsWithTheThreeWayHandshake) {
  Recorded recorded;
  recorded.connection.open(kStart);
  ASSERT_EQ(recorded.packets.size(), 3u);
  const auto& [syn, syn_ack, ack] = std::tie(recorded.packets[0], recorded.packets[1], recorded.packets[2]);
  EXPECT_EQ(syn.flags, kSyn);
  EXPECT_EQ(syn_ack.flags, kSyn | kAck);
  EXPECT_EQ(ack.flags, kAck);
  EXPECT_EQ(syn_ack.acknowledgement, syn.sequence + 1);
  EXPECT_EQ(ack.acknowledgement, syn_ack.sequence + 1);
  EXPECT_EQ(ack.sequence, syn.sequence + 1);
  EXPECT_NE(syn.sequence, syn_ack.sequence);
  EXPECT_EQ(syn.source_port, 40000);
  EXPECT_EQ(syn_ack.source_port, 7777);
}

// Goal: whoever joins the segments again gets exactly the bytes, and every byte is acknowledged.
TEST(SyntheticConnection, CarriesEveryByteOnceAndInOrder) {
  for (const auto& [client, server] : {std::pair{"192.0.2.1", "192.0.2.9"}, {"2001:db8::1", "2001:db8::9"}}) {
    Recorded recorded(client, server);
    recorded.connection.open(kStart);
    std::map<std::uint16_t, std::string> sent;
    std::map<std::uint16_t, std::uint32_t> next{{std::uint16_t{40000}, recorded.packets[0].sequence + 1},
                                                {std::uint16_t{7777}, recorded.packets[1].sequence + 1}};
    for (const std::size_t size :
         {std::size_t{1}, std::size_t{16384}, std::size_t{16385}, std::size_t{100'000}}) {
      const std::string text(size, static_cast<char>('a' + size % 26));
      recorded.connection.client_sent(text, kStart);
      recorded.connection.server_sent(text + "!", kStart);
      sent[40000] += text;
      sent[7777] += text + '!';
    }
    std::map<std::uint16_t, std::string> joined;
    for (std::size_t i = 3; i < recorded.packets.size(); ++i) {
      const Parsed& packet = recorded.packets[i];
      EXPECT_EQ(packet.sequence, next[packet.source_port]);
      EXPECT_EQ(packet.acknowledgement, next[packet.source_port == 7777 ? 40000 : 7777]);
      EXPECT_LE(packet.payload.size(), SyntheticConnection::kSegmentSizeMax);
      next[packet.source_port] += static_cast<std::uint32_t>(packet.payload.size());
      joined[packet.source_port] += packet.payload;
    }
    EXPECT_TRUE(joined == sent);
  }
}

TEST(SyntheticConnection, PushesTheLastSegmentOfEachWrite) {
  Recorded recorded;
  recorded.connection.client_sent(std::string(20'000, 'x'), kStart);
  ASSERT_EQ(recorded.packets.size(), 3u + 4u);
  EXPECT_EQ(recorded.packets[3].flags, kAck);
  EXPECT_EQ(recorded.packets[5].flags, kPshAck);
}

TEST(SyntheticConnection, RisesInTimeEvenWhenTheClockDoesNot) {
  Recorded recorded;
  recorded.connection.open(kStart);
  recorded.connection.client_sent("a", kStart - std::chrono::hours(1));
  recorded.connection.server_sent("b", kStart);
  recorded.connection.server_sent("c", kStart + std::chrono::seconds(1));
  EXPECT_EQ(recorded.packets.front().time, kStart);
  for (std::size_t i = 1; i < recorded.packets.size(); ++i)
    EXPECT_GE(recorded.packets[i].time - recorded.packets[i - 1].time, std::chrono::microseconds(1));
  EXPECT_EQ(recorded.packets[recorded.packets.size() - 2].time, kStart + std::chrono::seconds(1));
}

TEST(SyntheticConnection, CountsTheIpIdentificationUpOnEachSide) {
  Recorded recorded;
  recorded.connection.client_sent("a", kStart);
  recorded.connection.server_sent("b", kStart);
  std::map<std::uint16_t, std::uint16_t> last;
  for (const Parsed& packet : recorded.packets) {
    if (last.contains(packet.source_port)) {
      EXPECT_EQ(packet.ip_id, static_cast<std::uint16_t>(last[packet.source_port] + 1));
    }
    last[packet.source_port] = packet.ip_id;
  }
}

TEST(SyntheticConnection, EndsByFinishOrReset) {
  Recorded closed;
  closed.connection.open(kStart);
  closed.connection.close(false, kStart);
  ASSERT_EQ(closed.packets.size(), 6u);
  EXPECT_EQ(closed.packets[3].source_port, 7777);
  EXPECT_EQ(closed.packets[3].flags, kFinAck);
  EXPECT_EQ(closed.packets[4].flags, kFinAck);
  EXPECT_EQ(closed.packets[4].acknowledgement, closed.packets[3].sequence + 1);
  EXPECT_EQ(closed.packets[5].acknowledgement, closed.packets[4].sequence + 1);

  Recorded reset;
  reset.connection.open(kStart);
  reset.connection.reset(true, kStart);
  ASSERT_EQ(reset.packets.size(), 4u);
  EXPECT_EQ(reset.packets[3].flags, kRstAck);
  EXPECT_EQ(reset.packets[3].source_port, 40000);
  reset.connection.client_sent("too late", kStart);
  reset.connection.close(true, kStart);
  EXPECT_EQ(reset.packets.size(), 4u);
}

TEST(SyntheticConnection, OpensItselfWhenSomethingIsSent) {
  Recorded recorded;
  recorded.connection.server_sent("PLAINTALK/1 lab :hi\n", kStart);
  ASSERT_EQ(recorded.packets.size(), 5u);
  EXPECT_EQ(recorded.packets[3].payload, "PLAINTALK/1 lab :hi\n");
}

TEST(SyntheticConnection, GivesTheSameBytesAgainAndOthersAtAnotherTime) {
  Recorded first;
  Recorded again;
  Recorded later;
  for (Recorded* recorded : {&first, &again}) recorded->connection.client_sent("hello", kStart);
  later.connection.client_sent("hello", kStart + std::chrono::seconds(60));
  EXPECT_EQ(first.bytes, again.bytes);
  // The same ports used again must not look like a repeat of the old connection.
  EXPECT_NE(first.packets[0].sequence, later.packets[0].sequence);
}

TEST(TcpPacket, WritesMixedAddressesAsIpv6) {
  TcpPacket packet;
  packet.source = {*parse_address("192.0.2.1"), 1};
  packet.target = {*parse_address("2001:db8::9"), 2};
  packet.payload = "odd";
  std::string bytes;
  append_ip_packet(packet, bytes);
  EXPECT_EQ(parse(kStart, as_bytes(bytes)).payload, "odd");
  EXPECT_EQ(bytes.substr(8 + 10, 6), std::string("\xFF\xFF\xC0\x00\x02\x01", 6));
}

TEST(TcpPacket, FillsAnIpv4PacketToItsLimit) {
  TcpPacket packet;
  packet.source = {IpAddress::v4(192, 0, 2, 1), 1};
  packet.target = {IpAddress::v4(192, 0, 2, 2), 2};
  packet.maximum_segment_size = 1460;
  const std::string payload(kTcpPayloadSizeMax, 'x');
  packet.payload = payload;
  std::string bytes;
  append_ip_packet(packet, bytes);
  EXPECT_EQ(bytes.size(), 65535u);
  EXPECT_EQ(parse(kStart, as_bytes(bytes)).payload, payload);
}

}  // namespace
}  // namespace plaintalk::capture
