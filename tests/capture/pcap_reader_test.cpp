#include <gtest/gtest.h>

#include "tests/capture/file_builder.hpp"
#include "tests/capture/read_back.hpp"

namespace plaintalk::capture {
namespace {

constexpr std::uint32_t kMicroseconds = 0xA1B2C3D4;
constexpr std::uint32_t kNanoseconds = 0xA1B23C4D;
constexpr std::uint32_t kModified = 0xA1B2CD34;

std::string two_packets(Order order, std::uint32_t magic) {
  const std::string_view between = magic == kModified ? "ifindex!" : "";
  return pcap_header(order, {.magic = magic}) + pcap_record(order, 1'000'000'000, 5, "first", 5, between) +
         pcap_record(order, 1'000'000'001, 999'999, "second", 60, between);
}

TEST(PcapReader, ReadsAllMagicsInBothByteOrders) {
  for (const Order order : {Order::little, Order::big}) {
    for (const std::uint32_t magic : {kMicroseconds, kNanoseconds, kModified}) {
      SCOPED_TRACE(magic);
      const Contents contents = read_back(two_packets(order, magic));
      const std::int64_t unit = magic == kNanoseconds ? 1 : 1000;
      EXPECT_FALSE(contents.error);
      ASSERT_EQ(contents.packets.size(), 2u);
      EXPECT_EQ(contents.packets[0], (Packet{1, 1'000'000'000'000'000'000 + 5 * unit, 0, 1, 5, "first"}));
      EXPECT_EQ(contents.packets[1],
                (Packet{2, 1'000'000'001'000'000'000 + 999'999 * unit, 0, 1, 60, "second"}));
      ASSERT_EQ(contents.interfaces.size(), 1u);
      EXPECT_EQ(contents.interfaces[0].snap_length, 65535u);
      EXPECT_EQ(contents.interfaces[0].time_units_per_second,
                magic == kNanoseconds ? 1'000'000'000u : 1'000'000u);
    }
  }
}

TEST(PcapReader, NamesTheFormat) {
  EXPECT_EQ(read_back(pcap_header(Order::little)).format, "pcap, little-endian, microseconds");
  EXPECT_EQ(read_back(pcap_header(Order::big, {.magic = kNanoseconds})).format,
            "pcap, big-endian, nanoseconds");
  EXPECT_EQ(read_back(pcap_header(Order::big, {.magic = kModified})).format,
            "modified pcap, big-endian, microseconds");
}

TEST(PcapReader, TakesAHeaderWithoutPacketsAsAnEmptyCapture) {
  const Contents contents = read_back(pcap_header(Order::little));
  EXPECT_FALSE(contents.error);
  EXPECT_TRUE(contents.packets.empty());
}

// Goal: the upper half of the last header word holds the length of the frame check sequence, not a part of
// the link type.
TEST(PcapReader, SeparatesTheCheckSequenceBitsFromTheLinkType) {
  const Contents contents = read_back(pcap_header(Order::little, {.network = 0x44000071}) +
                                      pcap_record(Order::little, 1, 0, "x", 1));
  ASSERT_EQ(contents.packets.size(), 1u);
  EXPECT_EQ(contents.packets[0].link_type, 0x71u);
}

TEST(PcapReader, SwapsTheLengthsThatVersionsBefore24Swapped) {
  const auto record = FileBuilder(Order::little).u32(1).u32(0).u32(90).u32(4).raw("abcd").take();
  for (const auto& [major, minor] : {std::pair{2u, 2u}, {2u, 3u}, {543u, 0u}}) {
    SCOPED_TRACE(major * 1000 + minor);
    const Contents contents =
        read_back(pcap_header(Order::little, {.major = major, .minor = minor}) + record + record);
    ASSERT_EQ(contents.packets.size(), 2u);
    EXPECT_EQ(contents.packets[1].bytes, "abcd");
    EXPECT_EQ(contents.packets[1].original_size, 90u);
  }
  // Version 2.3 was written both ways, so there the smaller number is the captured one.
  const Contents other =
      read_back(pcap_header(Order::little, {.minor = 3}) + pcap_record(Order::little, 1, 0, "abcd", 90));
  ASSERT_EQ(other.packets.size(), 1u);
  EXPECT_EQ(other.packets[0].original_size, 90u);
}

TEST(PcapReader, RefusesAVersionItDoesNotKnow) {
  EXPECT_NE(refusal(pcap_header(Order::little, {.major = 3})).find("version 3.4"), std::string::npos);
}

TEST(PcapReader, NeverSaysThatAPacketWasShorterThanWhatWasCaptured) {
  const Contents contents =
      read_back(pcap_header(Order::little) + pcap_record(Order::little, 1, 0, "longer than that", 3));
  ASSERT_EQ(contents.packets.size(), 1u);
  EXPECT_EQ(contents.packets[0].original_size, contents.packets[0].bytes.size());
}

TEST(PcapReader, ReadsTimesAfter2038AndFractionsOverASecond) {
  const Contents contents =
      read_back(pcap_header(Order::big) + pcap_record(Order::big, 0xFFFFFFFF, 0, "late", 4) +
                pcap_record(Order::big, 10, 0xFFFFFFFF, "odd", 3));
  ASSERT_EQ(contents.packets.size(), 2u);
  EXPECT_EQ(contents.packets[0].time_ns, 4'294'967'295'000'000'000);
  EXPECT_EQ(contents.packets[1].time_ns, 10'000'000'000 + 4'294'967'295'000);
}

TEST(PcapReader, StopsAtAnImpossibleLengthAndKeepsWhatWasBefore) {
  const std::string good = pcap_header(Order::little) + pcap_record(Order::little, 1, 0, "good", 4);
  const std::string bad = FileBuilder(Order::little).u32(2).u32(0).u32((16u << 20) + 1).u32(60).take();
  const Contents contents = read_back(good + bad);
  ASSERT_EQ(contents.packets.size(), 1u);
  ASSERT_TRUE(contents.error);
  EXPECT_EQ(contents.error->file_offset, good.size());
  EXPECT_EQ(contents.error->packet_number, 2u);
  EXPECT_NE(contents.error->what.find("record 2 claims 16777217 bytes"), std::string::npos)
      << contents.error->what;
}

TEST(PcapReader, SaysInsideWhichRecordTheFileEnds) {
  const std::string whole = two_packets(Order::little, kMicroseconds);
  const Contents contents = read_back(std::string_view(whole).substr(0, whole.size() - 2));
  ASSERT_EQ(contents.packets.size(), 1u);
  ASSERT_TRUE(contents.error);
  EXPECT_EQ(contents.error->what, "the file ends inside record 2: 20 of 22 bytes are there");
  EXPECT_EQ(contents.error->packet_number, 2u);
}

// Goal: a file may end anywhere, and what is before that place must not suffer.
// Method: cut at every byte; the records must be a prefix, and only a cut between records may go without an
// error.
TEST(PcapReader, GivesAPrefixOfTheRecordsWhereverTheFileIsCut) {
  for (const Order order : {Order::little, Order::big}) {
    for (const std::uint32_t magic : {kMicroseconds, kModified}) {
      const std::string whole = two_packets(order, magic);
      const std::vector<Packet> all = read_back(whole).packets;
      std::size_t clean_ends = 0;
      for (std::size_t size = 0; size <= whole.size(); ++size) {
        const std::string_view part = std::string_view(whole).substr(0, size);
        if (size < 24) {
          EXPECT_NE(refusal(part), "") << size;
          continue;
        }
        const Contents contents = read_back(part);
        ASSERT_LE(contents.packets.size(), all.size());
        EXPECT_TRUE(std::equal(contents.packets.begin(), contents.packets.end(), all.begin())) << size;
        if (!contents.error) ++clean_ends;
      }
      EXPECT_EQ(clean_ends, 3u);
    }
  }
}

TEST(PcapReader, RepeatsItsErrorForEver) {
  const std::string cut = two_packets(Order::little, kMicroseconds).substr(0, 30);
  CaptureReader reader = CaptureReader::from_memory(as_bytes(cut), "memory");
  for (int i = 0; i < 3; ++i) {
    const auto record = reader.next();
    ASSERT_FALSE(record);
    EXPECT_EQ(record.error().packet_number, 1u);
  }
}

}  // namespace
}  // namespace plaintalk::capture
