#include <random>

#include <gtest/gtest.h>

#include "analyzer/wire/fragment_overlap.hpp"
#include "analyzer/wire/packet_decoder.hpp"
#include "base/internet_checksum.hpp"
#include "tests/analyzer/segment_builder.hpp"

namespace plaintalk::analyzer::test {
namespace {

Buffer sample() { return tcp().seq(1).ack(1).data("hello").stamp(77).ip_id(5).ip_packet(); }
Buffer sample_v6() {
  const Endpoint client{*parse_address("2001:db8::1"), 40000};
  const Endpoint server{*parse_address("2001:db8::2"), 7777};
  return tcp().between(client, server).seq(1).ack(1).data("hello").ip_packet();
}

std::optional<TcpSegment> decode(const Buffer& frame, LinkType type, std::uint32_t original_size = 0) {
  static PacketDecoder decoder;
  return decoder.decode(record_of(frame, type, original_size));
}

std::string skipped(const Buffer& frame, LinkType type) {
  PacketDecoder decoder;
  EXPECT_FALSE(decoder.decode(record_of(frame, type)));
  EXPECT_EQ(decoder.skipped().size(), 1U);
  return decoder.skipped().empty() ? "" : decoder.skipped().begin()->first;
}

void expect_sample(const std::optional<TcpSegment>& segment) {
  ASSERT_TRUE(segment);
  EXPECT_EQ(as_text(segment->payload), "hello");
  EXPECT_EQ(segment->payload_size, 5U);
  EXPECT_EQ(segment->source.port, 40000);
  EXPECT_EQ(segment->target.port, 7777);
  EXPECT_EQ(segment->sequence, 1001U);
  EXPECT_EQ(segment->acknowledgement, 5001U);
  EXPECT_EQ(segment->checksum, ChecksumState::good);
}

TEST(Wire, FindsTheSegmentUnderEveryLinkType) {
  const Buffer ip = sample();
  const Buffer sll = bytes({0, 0, 0, 1, 0, 6, 2, 2, 2, 2, 2, 2, 0, 0, 8, 0});
  const Buffer sll2 = bytes({8, 0, 0, 0, 0, 0, 0, 3, 0, 1, 4, 6, 2, 2, 2, 2, 2, 2, 0, 0});
  const Buffer pppoe = bytes({0x11, 0, 0, 1, 0, 99, 0, 0x21});
  expect_sample(decode(ethernet(ip), LinkType::ethernet));
  expect_sample(decode(ethernet(vlan_tag(ip, 5, 0x0800), 0x8100), LinkType::ethernet));
  expect_sample(decode(ethernet(vlan_tag(vlan_tag(vlan_tag(ip, 7, 0x0800), 6, 0x9100), 5, 0x8100), 0x88a8),
                       LinkType::ethernet));
  expect_sample(decode(ethernet(pppoe + ip, 0x8864), LinkType::ethernet));
  expect_sample(decode(ethernet(bytes({0, 0, 0x10, 64, 0, 0, 0x11, 64}) + ip, 0x8847), LinkType::ethernet));
  expect_sample(decode(ethernet(bytes({0xaa, 0xaa, 3, 0, 0, 0, 8, 0}) + ip, 100), LinkType::ethernet));
  expect_sample(decode(sll + ip, LinkType::linux_sll));
  expect_sample(decode(sll2 + ip, LinkType::linux_sll2));
  expect_sample(decode(bytes({2, 0, 0, 0}) + ip, LinkType::null));
  expect_sample(decode(bytes({0, 0, 0, 2}) + ip, LinkType::null));
  expect_sample(decode(bytes({0, 0, 0, 2}) + ip, LinkType::loop));
  expect_sample(decode(bytes({30, 0, 0, 0}) + sample_v6(), LinkType::null));
  expect_sample(decode(bytes({0xff, 3, 0, 0x21}) + ip, LinkType::ppp));
  expect_sample(decode(bytes({0x21}) + ip, LinkType::ppp));
  expect_sample(decode(bytes({0, 0x57}) + sample_v6(), LinkType::ppp));
  expect_sample(decode(pppoe + ip, static_cast<LinkType>(51)));
  for (const LinkType raw : {LinkType::raw_12, LinkType::raw_14, LinkType::raw, LinkType::ipv4})
    expect_sample(decode(ip, raw));
  expect_sample(decode(sample_v6(), LinkType::ipv6));
  EXPECT_EQ(decode(ethernet(vlan_tag(vlan_tag(ip, 6, 0x0800), 5, 0x8100), 0x88a8), LinkType::ethernet)->vlan,
            6);
  EXPECT_EQ(decode(ethernet(ip), LinkType::ethernet)->timestamp_value, 77U);
}

TEST(Wire, CountsWhatItDoesNotFollowUnderAName) {
  const Buffer ip = sample();
  EXPECT_EQ(skipped(ip, static_cast<LinkType>(147)), "link type 147 (user 0)");
  EXPECT_EQ(skipped(ethernet(ip, 0x0806), LinkType::ethernet), "arp");
  EXPECT_EQ(skipped(ethernet(ip, 0x1234), LinkType::ethernet), "ethertype 0x1234");
  EXPECT_EQ(skipped(ethernet(bytes({0x42, 0x42, 3, 0}), 39), LinkType::ethernet), "llc");
  EXPECT_EQ(skipped(bytes({1, 2}), LinkType::ethernet), "truncated link header");
  EXPECT_EQ(skipped(bytes({7, 0, 0, 0}) + ip, LinkType::null), "address family 7");
  EXPECT_EQ(skipped(bytes({0xc0, 0x21, 1, 1}), LinkType::ppp), "ppp lcp");
  Buffer udp = ip;
  udp[9] = 17;
  EXPECT_EQ(skipped(udp, LinkType::raw), "udp");
  udp[9] = 200;
  EXPECT_EQ(skipped(udp, LinkType::raw), "ip protocol 200");
  Buffer tags = ip;
  for (int count = 0; count < 20; ++count) tags = vlan_tag(tags, 1, count == 0 ? 0x0800 : 0x8100);
  EXPECT_EQ(skipped(ethernet(tags, 0x8100), LinkType::ethernet), "too many vlan tags");
}

TEST(Wire, CountsAHostileNumberOfLinkTypesInBoundedMemory) {
  PacketDecoder decoder;
  const Buffer ip = sample();
  for (std::uint32_t type = 1000; type < 5000; ++type)
    decoder.decode(record_of(ip, static_cast<LinkType>(type)));
  EXPECT_LE(decoder.skipped().size(), 600U);
  std::uint64_t total = 0;
  for (const auto& [name, count] : decoder.skipped()) total += count;
  EXPECT_EQ(total, 4000U);
}

TEST(Wire, LeavesOutThePaddingThatEthernetAdds) {
  const Buffer padded = ethernet(tcp().seq(1).ack(1).data("x").ip_packet()) + Buffer(20, 0);
  EXPECT_EQ(as_text(decode(padded, LinkType::ethernet)->payload), "x");
  const Buffer bare = ethernet(tcp().seq(1).ack(1).ip_packet()) + Buffer(6, 0);
  EXPECT_EQ(decode(bare, LinkType::ethernet)->payload_size, 0U);
}

TEST(Wire, TakesTheFrameForItsLengthWhenOffloadingLeftTheIpLengthZero) {
  Buffer ip = sample();
  ip[2] = ip[3] = 0;
  EXPECT_EQ(as_text(decode(ethernet(ip), LinkType::ethernet)->payload), "hello");
  Buffer v6 = sample_v6();
  v6[4] = v6[5] = 0;
  EXPECT_EQ(as_text(decode(v6, LinkType::raw)->payload), "hello");
}

TEST(Wire, KnowsTheSizeOnTheWireOfAPacketThatTheCaptureCut) {
  const Buffer whole = ethernet(sample());
  const auto size = static_cast<std::uint32_t>(whole.size());
  const Buffer cut(whole.begin(), whole.end() - 3);
  const auto segment = decode(cut, LinkType::ethernet, size);
  ASSERT_TRUE(segment);
  EXPECT_EQ(as_text(segment->payload), "he");
  EXPECT_EQ(segment->payload_size, 5U);
  EXPECT_EQ(segment->checksum, ChecksumState::unknown);
  // The same with a frame that is said to be no longer than what there is: the rest was never sent.
  EXPECT_EQ(decode(cut, LinkType::ethernet)->payload_size, 2U);
}

TEST(Wire, TellsChecksumsThatAreGoodBadOrLeftToTheCard) {
  Buffer ip = sample();
  ip.back() ^= 1;
  EXPECT_EQ(decode(ip, LinkType::raw)->checksum, ChecksumState::bad);
  const std::uint16_t pseudo =
      pseudo_header_sum(kClient.address, kServer.address, 6, static_cast<std::uint32_t>(ip.size() - 20));
  ip[36] = static_cast<std::uint8_t>(pseudo >> 8);
  ip[37] = static_cast<std::uint8_t>(pseudo & 0xff);
  EXPECT_EQ(decode(ip, LinkType::raw)->checksum, ChecksumState::not_filled_in);
  Buffer damaged = sample();
  damaged[8] ^= 1;  // TTL: the IP header's checksum is wrong now
  EXPECT_EQ(decode(damaged, LinkType::raw)->checksum, ChecksumState::bad);
}

Buffer fragment_v4(const Buffer& whole, std::size_t begin, std::size_t end, bool more) {
  Buffer fragment(whole.begin(), whole.begin() + 20);
  fragment.insert(fragment.end(), whole.begin() + 20 + static_cast<std::ptrdiff_t>(begin),
                  whole.begin() + 20 + static_cast<std::ptrdiff_t>(end));
  const std::size_t size = fragment.size();
  fragment[2] = static_cast<std::uint8_t>(size >> 8);
  fragment[3] = static_cast<std::uint8_t>(size & 0xff);
  const std::size_t field = (begin / 8) | (more ? 0x2000U : 0U);
  fragment[6] = static_cast<std::uint8_t>(field >> 8);
  fragment[7] = static_cast<std::uint8_t>(field & 0xff);
  fragment[10] = fragment[11] = 0;
  const std::uint16_t sum =
      static_cast<std::uint16_t>(0xffff ^ ones_complement_sum(Bytes(fragment).first(20)));
  fragment[10] = static_cast<std::uint8_t>(sum >> 8);
  fragment[11] = static_cast<std::uint8_t>(sum & 0xff);
  return fragment;
}

TEST(Wire, ReassemblesIpv4FragmentsInAnyOrderAndKeepsTheFirstWhereTheyOverlap) {
  const std::string text(100, 'q');
  const Buffer whole = tcp().seq(1).ack(1).data(text).ip_id(9).ip_packet();
  const std::size_t size = whole.size() - 20;
  Buffer lying = fragment_v4(whole, 40, 80, true);
  lying.back() = 'X';  // overlaps what came first, and differs
  const std::vector<Buffer> pieces = {fragment_v4(whole, 64, size, false), fragment_v4(whole, 24, 64, true),
                                      lying, fragment_v4(whole, 0, 24, true)};
  PacketDecoder decoder(OverlapPolicy::first);
  for (std::size_t index = 0; index + 1 < pieces.size(); ++index)
    EXPECT_FALSE(decoder.decode(record_of(pieces[index], LinkType::raw)));
  const auto segment = decoder.decode(record_of(pieces.back(), LinkType::raw));
  ASSERT_TRUE(segment);
  EXPECT_EQ(as_text(segment->payload), text);
  EXPECT_EQ(segment->checksum, ChecksumState::good);
  EXPECT_EQ(decoder.used_fragment_count(), 3U);
  EXPECT_TRUE(decoder.skipped().empty());
  EXPECT_EQ(decoder.fragment_conflicts().count, 1U);
  EXPECT_EQ(decoder.fragment_conflicts().first_packet, 1U);
  EXPECT_EQ(decoder.fragment_conflicts().lost_count, 0U);

  // Linux gives the datagram up with the third piece, so the fourth waits alone.
  PacketDecoder as_linux;
  for (const Buffer& piece : pieces) EXPECT_FALSE(as_linux.decode(record_of(piece, LinkType::raw)));
  EXPECT_EQ(as_linux.fragment_conflicts().lost_count, 1U);
  EXPECT_EQ(as_linux.skipped().at("overlapping fragment"), 1U);
}

TEST(Wire, LetsThePolicySayWhichFragmentsCount) {
  const auto kept = [](OverlapPolicy policy, FragmentRange earlier, FragmentRange later) {
    FragmentRanges ranges;
    ranges.add(policy, earlier);
    std::size_t bytes = 0;
    for (const FragmentRange& range : ranges.add(policy, later).from_new) bytes += range.end - range.begin;
    return bytes;
  };
  using enum OverlapPolicy;
  struct Example {
    FragmentRange earlier, later;
    std::size_t first, last, bsd, windows, solaris;  // bytes of the later one that count
  };
  for (const Example& example : {Example{{16, 32}, {8, 24}, 8, 16, 16, 8, 8},     // begins below
                                 Example{{16, 32}, {8, 32}, 8, 24, 24, 8, 24},    // and ends with it
                                 Example{{16, 32}, {8, 40}, 16, 32, 32, 32, 32},  // covers it
                                 Example{{16, 32}, {16, 40}, 8, 24, 8, 8, 8},     // begins with it
                                 Example{{16, 32}, {24, 40}, 8, 16, 8, 8, 8}}) {
    EXPECT_EQ(kept(first, example.earlier, example.later), example.first);
    EXPECT_EQ(kept(last, example.earlier, example.later), example.last);
    EXPECT_EQ(kept(bsd, example.earlier, example.later), example.bsd);
    EXPECT_EQ(kept(windows, example.earlier, example.later), example.windows);
    EXPECT_EQ(kept(solaris, example.earlier, example.later), example.solaris);
  }
}

TEST(Wire, HoldsABoundedAmountOfFragmentsThatNeverBecomeWhole) {
  const Buffer whole = tcp().seq(1).ack(1).data(std::string(1000, 'q')).ip_packet();
  PacketDecoder decoder;
  for (std::uint32_t id = 1; id < 4000; ++id) {
    Buffer piece = fragment_v4(whole, 0, 800, true);
    piece[4] = static_cast<std::uint8_t>(id >> 8);
    piece[5] = static_cast<std::uint8_t>(id & 0xff);
    EXPECT_FALSE(decoder.decode(record_of(piece, LinkType::raw)));
  }
  // The first was given up long ago, the last still waits.
  const auto rest_of = [&](std::uint32_t id) {
    Buffer piece = fragment_v4(whole, 800, whole.size() - 20, false);
    piece[4] = static_cast<std::uint8_t>(id >> 8);
    piece[5] = static_cast<std::uint8_t>(id & 0xff);
    return piece;
  };
  EXPECT_FALSE(decoder.decode(record_of(rest_of(1), LinkType::raw)));
  EXPECT_TRUE(decoder.decode(record_of(rest_of(3999), LinkType::raw)));
}

TEST(Wire, WalksIpv6ExtensionHeadersAndReassemblesFragments) {
  const Buffer whole = sample_v6();
  const auto with_next = [&](std::uint8_t next, const Buffer& extension, std::size_t begin, std::size_t end) {
    Buffer packet(whole.begin(), whole.begin() + 40);
    packet[6] = next;
    packet = packet + extension;
    packet.insert(packet.end(), whole.begin() + 40 + static_cast<std::ptrdiff_t>(begin),
                  whole.begin() + 40 + static_cast<std::ptrdiff_t>(end));
    packet[5] = static_cast<std::uint8_t>(packet.size() - 40);
    return packet;
  };
  const std::size_t size = whole.size() - 40;
  expect_sample(
      decode(with_next(0, bytes({60, 0, 1, 4, 0, 0, 0, 0, 6, 0, 1, 4, 0, 0, 0, 0}), 0, size), LinkType::raw));
  expect_sample(decode(with_next(44, bytes({6, 0, 0, 0, 0, 0, 0, 9}), 0, size), LinkType::raw));  // atomic
  EXPECT_FALSE(decode(with_next(44, bytes({6, 0, 0, 1, 0, 0, 0, 9}), 0, 16), LinkType::raw));
  expect_sample(decode(with_next(44, bytes({6, 0, 0, 16, 0, 0, 0, 9}), 16, size), LinkType::raw));
  EXPECT_EQ(skipped(with_next(50, bytes({1, 2, 3, 4, 5, 6, 7, 8}), 0, size), LinkType::raw), "esp");
  EXPECT_EQ(skipped(with_next(0, bytes({6, 200, 1, 4, 0, 0, 0, 0}), 0, size), LinkType::raw),
            "bad ipv6 extension headers");
}

TEST(Wire, ReadsOptionsAndStopsAtOneThatLiesAboutItsSize) {
  Buffer packet = tcp().syn().stamp(5).ip_packet();
  packet[40] = 2;
  packet[41] = 4;
  packet[42] = 0x05;
  packet[43] = 0xb4;
  packet[44] = 3;
  packet[45] = 3;
  packet[46] = 7;
  packet[47] = 1;
  packet[48] = 5;
  packet[49] = 40;
  const auto lying = decode(packet, LinkType::raw);
  ASSERT_TRUE(lying);
  EXPECT_EQ(lying->mss, 1460);
  EXPECT_EQ(lying->window_shift, 7);
  EXPECT_EQ(lying->sack_count, 0);
  EXPECT_TRUE(lying->options_cut);
}

// Goal: no length in a packet may be believed. Method: every truncation of every sample, with and without the
// original size, and every byte of the headers changed to each of some hostile values; ASan and UBSan watch.
TEST(Wire, ReadsNothingBeyondAPacketCutOrChangedAnywhere) {
  std::vector<std::pair<Buffer, LinkType>> samples = {
      {ethernet(vlan_tag(sample(), 5, 0x0800), 0x8100), LinkType::ethernet},
      {sample_v6(), LinkType::raw},
      {bytes({0xff, 3, 0, 0x21}) + sample(), LinkType::ppp},
      {bytes({8, 0, 0, 0, 0, 0, 0, 3, 0, 1, 4, 6, 2, 2, 2, 2, 2, 2, 0, 0}) + sample(), LinkType::linux_sll2},
  };
  PacketDecoder decoder;
  const auto look = [&](const Buffer& frame, LinkType type, std::size_t original) {
    // A copy of exact size on the heap, so that reading one byte too far is seen.
    const Buffer exact(frame.begin(), frame.end());
    if (const auto segment = decoder.decode(record_of(exact, type, static_cast<std::uint32_t>(original)))) {
      ASSERT_LE(segment->payload.size(), segment->payload_size);
      unsigned sum = 0;
      for (const std::uint8_t byte : segment->payload) sum += byte;
      ASSERT_GE(sum, 0U);
    }
  };
  for (const auto& [frame, type] : samples) {
    for (std::size_t size = 0; size <= frame.size(); ++size) {
      const Buffer cut(frame.begin(), frame.begin() + static_cast<std::ptrdiff_t>(size));
      look(cut, type, 0);
      look(cut, type, frame.size());
    }
    for (std::size_t at = 0; at < frame.size(); ++at) {
      for (const int value : {0, 1, 4, 5, 6, 15, 44, 0x40, 0x45, 0x60, 0x7f, 0x80, 0xf0, 0xff}) {
        Buffer changed = frame;
        changed[at] = static_cast<std::uint8_t>(value);
        look(changed, type, 0);
      }
    }
  }
}

}  // namespace
}  // namespace plaintalk::analyzer::test
