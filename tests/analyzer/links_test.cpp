// The link types that are met less often. The frames are written by hand from the formats' definitions.
#include <gtest/gtest.h>

#include "analyzer/wire/packet_decoder.hpp"
#include "tests/analyzer/segment_builder.hpp"

namespace plaintalk::analyzer::test {
namespace {

Buffer segment_inside() { return tcp().seq(1).ack(1).data("hello").ip_id(5).ip_packet(); }
Buffer snap() { return bytes({0xaa, 0xaa, 3, 0, 0, 0, 8, 0}); }
Buffer wifi(int subtype, int flags, std::size_t rest) {
  return bytes({subtype << 4 | 8, flags}) + Buffer(22 + rest, 0);
}
Buffer radiotap() {  // clock, flags: no padding
  return bytes({0, 0, 17, 0, 3, 0, 0, 0, 1, 2, 3, 4, 5, 6, 7, 8, 0x10});
}

struct Frame {
  std::uint32_t link_type;
  std::string name;
  Buffer bytes;
};

std::vector<Frame> frames() {
  const Buffer ip = segment_inside();
  Buffer padded_radiotap = radiotap();
  padded_radiotap[16] = 0x20;
  Buffer two_words =
      bytes({0, 0, 25, 0, 3, 0, 0, 0x80, 0, 0, 0, 0, 0, 0, 0, 0, 1, 2, 3, 4, 5, 6, 7, 8, 0x20});
  const int nflog_size = static_cast<int>(ip.size()) + 4;
  return {
      {6, "token ring", Buffer(14, 0) + snap() + ip},
      {6, "token ring, routed",
       bytes({0, 0, 1, 1, 1, 1, 1, 1, 0x80, 1, 1, 1, 1, 1, 4, 0, 0, 0}) + snap() + ip},
      {8, "slip", Buffer(16, 0) + ip},
      {10, "fddi", Buffer(13, 0) + snap() + ip},
      {50, "ppp with hdlc framing", bytes({0xff, 3, 0, 0x21}) + ip},
      {100, "atm", snap() + ip},
      {104, "cisco hdlc", bytes({15, 0, 8, 0}) + ip},
      {105, "802.11", wifi(0, 1, 0) + snap() + ip},
      {105, "802.11, four addresses", wifi(0, 3, 6) + snap() + ip},
      {105, "802.11, qos", wifi(8, 1, 2) + snap() + ip},
      {105, "802.11, qos and ht control", wifi(8, 0x81, 6) + snap() + ip},
      {107, "frame relay", bytes({0x18, 0x41, 3, 0xcc}) + ip},
      {107, "frame relay, snap", bytes({0x18, 0x41, 3, 0, 0x80, 0, 0, 0, 8, 0}) + ip},
      {107, "frame relay, cisco", bytes({0x18, 0x41, 8, 0}) + ip},
      {109, "enc", bytes({2, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0}) + ip},
      {117, "pflog", bytes({61, 2}) + Buffer(62, 0) + ip},
      {119, "prism", bytes({0, 0, 0, 0x44, 144, 0, 0, 0}) + Buffer(136, 0) + wifi(0, 1, 0) + snap() + ip},
      {119, "avs in prism",
       bytes({0x80, 0x21, 0x10, 0x01, 0, 0, 0, 64}) + Buffer(56, 0) + wifi(0, 1, 0) + snap() + ip},
      {122, "fibre channel", Buffer(16, 0) + snap() + ip},
      {127, "radiotap", radiotap() + wifi(0, 2, 0) + snap() + ip},
      {127, "radiotap, padded", padded_radiotap + wifi(8, 2, 4) + snap() + ip},
      {127, "radiotap, two words, padded", two_words + wifi(8, 2, 4) + snap() + ip},
      {138, "ieee 1394", Buffer(16, 0) + bytes({8, 0}) + ip},
      {163, "avs",
       bytes({0x80, 0x21, 0x10, 0x01, 0, 0, 0, 64}) + Buffer(56, 0) + wifi(0, 1, 0) + snap() + ip},
      {178, "juniper ethernet", bytes({0x4d, 0x47, 0x43, 0x80, 0, 2, 9, 9}) + ethernet(ip)},
      {179, "juniper ppp", bytes({0x4d, 0x47, 0x43, 0x00, 0xff, 3, 0, 0x21}) + ip},
      {192, "ppi", bytes({0, 0, 8, 0, 105, 0, 0, 0}) + wifi(0, 1, 0) + snap() + ip},
      {204, "ppp with direction", bytes({1, 0xff, 3, 0, 0x21}) + ip},
      {239, "nflog",
       bytes({2, 0, 0, 1, 8, 0, 1, 0, 8, 0, 1, 0, 6, 0, 10, 0, 'a', 0, 0, 0, nflog_size, 0, 9, 0}) + ip},
      {239, "nflog, big-endian", bytes({2, 0, 0, 1, 0, 8, 0, 1, 8, 0, 1, 0, 0, nflog_size, 0, 9}) + ip},
      {240, "netanalyzer", Buffer(4, 0) + ethernet(ip)},
      {241, "netanalyzer, preamble", Buffer(12, 0) + ethernet(ip)},
  };
}

TEST(OtherLinks, LeadToTheSegment) {
  for (const Frame& frame : frames()) {
    SCOPED_TRACE(frame.name);
    PacketDecoder decoder;
    const auto segment = decoder.decode(record_of(frame.bytes, static_cast<LinkType>(frame.link_type)));
    ASSERT_TRUE(segment) << (decoder.skipped().empty() ? "" : decoder.skipped().begin()->first);
    EXPECT_EQ(as_text(segment->payload), "hello");
    EXPECT_EQ(segment->checksum, ChecksumState::good);
  }
}

TEST(OtherLinks, AreReadNoFurtherThanTheCaptureGoes) {
  for (const Frame& frame : frames()) {
    SCOPED_TRACE(frame.name);
    for (std::size_t size = 0; size < frame.bytes.size(); ++size) {
      PacketDecoder decoder;
      const Buffer cut(frame.bytes.begin(), frame.bytes.begin() + static_cast<std::ptrdiff_t>(size));
      const auto segment = decoder.decode(record_of(cut, static_cast<LinkType>(frame.link_type),
                                                    static_cast<std::uint32_t>(frame.bytes.size())));
      if (segment)
        EXPECT_EQ(segment->payload_size, 5U);
      else
        EXPECT_EQ(decoder.skipped().size(), 1U);
    }
  }
}

Buffer aggregate_header() {
  Buffer header = wifi(8, 1, 2);
  header[24] = 0x80;
  return header;
}
// One packet of an aggregate, with the padding before the next.
Buffer part_of_aggregate(const Buffer& llc, bool is_last) {
  const int size = static_cast<int>(llc.size());
  const Buffer part = Buffer(12, 7) + bytes({size >> 8, size & 0xff}) + llc;
  return is_last ? part : part + Buffer((4 - part.size() % 4) % 4, 0);
}

// Goal: an aggregate gives the segment of each of its packets, and what is none is counted. Method: two
// segments of odd sizes, ARP between them and a checksum of the frame behind; with and without a radio
// header, and cut at every place.
TEST(WifiAggregate, GivesTheSegmentsOfAllItsPackets) {
  const Buffer first = snap() + tcp().seq(1).ack(1).data("hello").ip_id(5).ip_packet();
  const Buffer arp = bytes({0xaa, 0xaa, 3, 0, 0, 0, 8, 6}) + Buffer(28, 0);
  const Buffer second = snap() + tcp().seq(6).ack(1).data("you there").ip_id(6).ip_packet();
  const Buffer parts =
      part_of_aggregate(first, false) + part_of_aggregate(arp, false) + part_of_aggregate(second, true);
  const Buffer frame = aggregate_header() + parts + Buffer(4, 9);
  const Buffer with_radio = bytes({0, 0, 8, 0, 0, 0, 0, 0}) + frame;
  for (const auto& [link_type, whole] : {std::pair{105U, frame}, std::pair{127U, with_radio}}) {
    PacketDecoder decoder;
    const PacketRecord record = record_of(whole, static_cast<LinkType>(link_type));
    const auto one = decoder.decode(record);
    ASSERT_TRUE(one);
    EXPECT_EQ(as_text(one->payload), "hello");
    EXPECT_EQ(one->checksum, ChecksumState::good);
    EXPECT_TRUE(decoder.skipped().empty());
    const auto other = decoder.decode_further();
    ASSERT_TRUE(other);
    EXPECT_EQ(as_text(other->payload), "you there");
    EXPECT_EQ(other->checksum, ChecksumState::good);
    EXPECT_EQ(other->packet, one->packet);
    // All but the checksum of the frame, of which some may be taken for padding.
    const std::size_t sizes = one->frame_size + other->frame_size + 14 + arp.size() + 2;
    EXPECT_LE(sizes, whole.size());
    EXPECT_GE(sizes, whole.size() - 4);
    EXPECT_EQ(decoder.skipped(), (std::map<std::string, std::uint64_t>{{"arp", 1}}));
    EXPECT_FALSE(decoder.decode_further());
    EXPECT_FALSE(decoder.decode_further());
  }
  const std::size_t first_end = aggregate_header().size() + 14 + first.size();
  const std::size_t second_header = frame.size() - 4 - second.size() + 8 + 40;
  for (std::size_t size = 0; size < frame.size(); ++size) {
    PacketDecoder decoder;
    const Buffer cut(frame.begin(), frame.begin() + static_cast<std::ptrdiff_t>(size));
    const PacketRecord record = record_of(cut, LinkType{105}, static_cast<std::uint32_t>(frame.size()));
    const auto one = decoder.decode(record);
    const bool has_first = one && one->payload_size == 5;
    EXPECT_TRUE(size < first_end || has_first) << size;
    const auto other = one ? decoder.decode_further() : std::nullopt;
    EXPECT_EQ(other.has_value(), size >= second_header) << size;
    EXPECT_EQ(other ? other->payload_size : 9U, 9U) << size;
    EXPECT_TRUE(one || !decoder.skipped().empty()) << size;
  }
}

// Goal: a hostile length leads nowhere outside the frame, and nothing is endless.
TEST(WifiAggregate, BelievesNoLength) {
  const Buffer content = snap() + segment_inside();
  for (const int size : {0, 1, 13, 0x7fff, 0xffff}) {
    Buffer frame = aggregate_header() + Buffer(12, 7) + bytes({size >> 8, size & 0xff}) + content;
    PacketDecoder decoder;
    std::size_t count = 0;
    const PacketRecord record = record_of(frame, LinkType{105});
    for (auto segment = decoder.decode(record); segment; segment = decoder.decode_further()) ++count;
    EXPECT_LE(count, 1U) << size;
    EXPECT_TRUE(count == 1 || !decoder.skipped().empty()) << size;
  }
}

std::string skipped_frame(const Buffer& frame, std::uint32_t link_type) {
  PacketDecoder decoder;
  EXPECT_FALSE(decoder.decode(record_of(frame, static_cast<LinkType>(link_type))));
  return decoder.skipped().empty() ? "" : decoder.skipped().begin()->first;
}

TEST(OtherLinks, AreNamedWhereTheyHoldNothingToRead) {
  const Buffer content = snap() + segment_inside();
  EXPECT_EQ(skipped_frame(bytes({0x80, 0}) + Buffer(40, 0), 105), "ieee 802.11 without data");  // a beacon
  EXPECT_EQ(skipped_frame(wifi(4, 1, 0), 105), "ieee 802.11 without data");
  EXPECT_EQ(skipped_frame(wifi(0, 0x41, 0) + content, 105), "ieee 802.11, encrypted");
  EXPECT_EQ(skipped_frame(wifi(0, 0x05, 0) + content, 105), "ieee 802.11 fragment");
  EXPECT_EQ(skipped_frame(aggregate_header() + Buffer(12, 0), 105), "ieee 802.11 aggregate (a-msdu)");
  EXPECT_EQ(skipped_frame(aggregate_header() + Buffer(30, 0), 105), "ieee 802.11 aggregate (a-msdu)");
  EXPECT_EQ(skipped_frame(bytes({0, 0, 200, 0, 0, 0, 0, 0}) + content, 127), "truncated link header");
  EXPECT_EQ(skipped_frame(bytes({0, 0, 8, 0, 1, 0, 0, 0}) + content, 192), "link type 1");
  EXPECT_EQ(skipped_frame(bytes({0x4d, 0x47, 0x43, 2, 2, 0, 0, 0}) + segment_inside(), 178),
            "link type 178 (juniper ethernet, frame left out)");
  EXPECT_EQ(skipped_frame(bytes({7, 0, 0, 0}), 239), "address family 7");
}

}  // namespace
}  // namespace plaintalk::analyzer::test
