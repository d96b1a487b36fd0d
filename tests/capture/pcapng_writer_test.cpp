#include "capture/file/pcapng_writer.hpp"

#include <random>

#include <gtest/gtest.h>

#include "tests/capture/file_builder.hpp"
#include "tests/capture/read_back.hpp"

namespace plaintalk::capture {
namespace {

struct Written {
  std::string file;
  std::vector<std::string> blocks;
  PcapngWriter::Sink sink() {
    return [this](std::string_view block) {
      file += block;
      blocks.emplace_back(block);
    };
  }
};

WallTime at(std::int64_t nanoseconds) { return WallTime(Nanoseconds(nanoseconds)); }

// Goal: read(write(x)) = x for every number of interfaces, link type, size and time.
TEST(PcapngWriter, WritesWhatTheReaderReadsBack) {
  std::mt19937_64 random(7777);
  for (int round = 0; round < 50; ++round) {
    Written written;
    PcapngWriter writer(written.sink(), {"a test", "round " + std::to_string(round)});
    std::vector<Packet> expected;
    std::vector<std::uint32_t> link_types;
    const auto packet_count = random() % 30;
    for (std::uint64_t number = 1; number <= packet_count; ++number) {
      if (link_types.empty() || random() % 8 == 0) {
        link_types.push_back(static_cast<std::uint32_t>(random() % 300));
        const std::string name = "if" + std::to_string(link_types.size());
        EXPECT_EQ(writer.add_interface({LinkType{link_types.back()}, 65535, name, "tcp"}),
                  link_types.size() - 1);
      }
      const auto interface = static_cast<std::uint32_t>(random() % link_types.size());
      std::string bytes(random() % 70, '\0');
      for (char& byte : bytes) byte = static_cast<char>(random());
      const auto time = static_cast<std::int64_t>(random() >> 1);
      const auto original_size = static_cast<std::uint32_t>(bytes.size() + random() % 3);
      writer.packet(interface, at(time), as_bytes(bytes), original_size, random() % 2 == 0 ? "odd?" : "");
      expected.push_back({number, time, interface, link_types[interface], original_size, bytes});
    }
    const Contents contents = read_back(written.file);
    EXPECT_FALSE(contents.error);
    EXPECT_EQ(contents.packets, expected);
    EXPECT_EQ(contents.interfaces.size(), link_types.size());
    EXPECT_EQ(contents.comments, std::vector<std::string>{"round " + std::to_string(round)});
  }
}

TEST(PcapngWriter, WritesNamesAndStatistics) {
  Written written;
  PcapngWriter writer(written.sink(), {"a test", ""});
  writer.add_interface({LinkType::ethernet, 262144, "lo", "tcp port 7777"});
  writer.statistics(0, at(1), {100, 7, 3});
  writer.statistics(0, at(2), {200, 8, 4});
  const Contents contents = read_back(written.file);
  ASSERT_EQ(contents.interfaces.size(), 1u);
  EXPECT_EQ(contents.interfaces[0].name, "lo");
  EXPECT_EQ(contents.interfaces[0].snap_length, 262144u);
  EXPECT_EQ(contents.interfaces[0].received_count, 200u);
  EXPECT_EQ(contents.interfaces[0].dropped_count, 8u);
  EXPECT_EQ(contents.interfaces[0].interface_dropped_count, 4u);
  EXPECT_TRUE(contents.comments.empty());
}

// Goal: somebody who follows the file while it grows never sees half a block.
TEST(PcapngWriter, HandsEachBlockToTheSinkInOnePiece) {
  Written written;
  PcapngWriter writer(written.sink(), {"a test", "a comment"});
  writer.add_interface({});
  writer.packet(0, at(5), as_bytes("abc"), 3);
  writer.statistics(0, at(6), {});
  ASSERT_EQ(written.blocks.size(), 4u);
  for (const std::string& block : written.blocks) {
    EXPECT_EQ(le32(as_bytes(block), 4), block.size());
    EXPECT_EQ(le32(as_bytes(block), block.size() - 4), block.size());
  }
}

// Goal: the bytes are those of the specification, as an independent builder writes them.
TEST(PcapngWriter, WritesThePlainPacketBlockOfTheSpecification) {
  Written written;
  PcapngWriter writer(written.sink(), {});
  writer.add_interface({});
  writer.packet(0, at(0x1122334455667788), as_bytes("abcde"), 60);
  EXPECT_EQ(written.blocks[2], ng::enhanced(Order::little, 0, 0x1122334455667788, "abcde", 60));
}

TEST(PcapngWriter, WritesTimesBefore1970AsTheEpoch) {
  Written written;
  PcapngWriter writer(written.sink(), {});
  writer.add_interface({});
  writer.packet(0, at(-5), as_bytes("x"), 1);
  EXPECT_EQ(read_back(written.file).packets.at(0).time_ns, 0);
}

}  // namespace
}  // namespace plaintalk::capture
