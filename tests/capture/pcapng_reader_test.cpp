#include <gtest/gtest.h>

#include "tests/capture/file_builder.hpp"
#include "tests/capture/read_back.hpp"

namespace plaintalk::capture {
namespace {

std::string cat(std::initializer_list<std::string> parts) {
  std::string whole;
  for (const std::string& part : parts) whole += part;
  return whole;
}

// Everything that a good file may contain.
std::string rich_file(Order order) {
  const std::string name = ng::option(order, 2, "eth7") + ng::option(order, 3, "the lab's uplink");
  const std::string nanoseconds = ng::option(order, 9, std::string("\x09", 1));
  return cat(
      {ng::section(order, ng::option(order, 1, "what it is") + ng::option(order, 0, "")),
       ng::interface(order, 1, name + nanoseconds + ng::option(order, 0, ""), 1500),
       ng::enhanced(order, 0, 1'700'000'000'123'456'789, "enhanced", 8, ng::option(order, 1, "a comment")),
       ng::block(order, 4, "names that nobody asked for"), ng::interface(order, 101),
       ng::obsolete(order, 1, 1'700'000'001'000'000, "obsolete!", 90),
       ng::block(order, 0x80001234, "somebody's own block"), ng::simple(order, "simple", 6),
       ng::statistics(order, 0, 12, 3, 2), ng::enhanced(order, 1, 1'700'000'002'000'001, "last", 4)});
}

TEST(PcapngReader, ReadsEveryKindOfPacketBlockInBothByteOrders) {
  for (const Order order : {Order::little, Order::big}) {
    const Contents contents = read_back(rich_file(order));
    EXPECT_FALSE(contents.error);
    EXPECT_EQ(contents.format, "pcapng");
    ASSERT_EQ(contents.packets.size(), 4u);
    EXPECT_EQ(contents.packets[0], (Packet{1, 1'700'000'000'123'456'789, 0, 1, 8, "enhanced"}));
    EXPECT_EQ(contents.packets[1], (Packet{2, 1'700'000'001'000'000'000, 1, 101, 90, "obsolete!"}));
    // It has no time of its own: it takes that of the record before it.
    EXPECT_EQ(contents.packets[2], (Packet{3, 1'700'000'001'000'000'000, 0, 1, 6, "simple"}));
    EXPECT_EQ(contents.packets[3], (Packet{4, 1'700'000'002'000'001'000, 1, 101, 4, "last"}));
  }
}

TEST(PcapngReader, KeepsWhatTheFileSaysAboutItsInterfaces) {
  const Contents contents = read_back(rich_file(Order::big));
  ASSERT_EQ(contents.interfaces.size(), 2u);
  const InterfaceInfo& first = contents.interfaces[0];
  EXPECT_EQ(first.name, "eth7");
  EXPECT_EQ(first.description, "the lab's uplink");
  EXPECT_EQ(first.snap_length, 1500u);
  EXPECT_EQ(first.time_units_per_second, 1'000'000'000u);
  EXPECT_EQ(first.received_count, 12u);
  EXPECT_EQ(first.interface_dropped_count, 3u);
  EXPECT_EQ(first.dropped_count, 2u);
  EXPECT_FALSE(contents.interfaces[1].received_count);
  EXPECT_EQ(contents.comments, std::vector<std::string>{"what it is"});
}

TEST(PcapngReader, NumbersTheInterfacesOfLaterSectionsAfterThoseOfEarlierOnes) {
  const Contents contents = read_back(cat(
      {ng::section(Order::little), ng::interface(Order::little, 1), ng::enhanced(Order::little, 0, 1, "a", 1),
       ng::section(Order::big, "", 0), ng::interface(Order::big, 113), ng::interface(Order::big, 276),
       ng::enhanced(Order::big, 1, 2, "b", 1), ng::section(Order::little), ng::interface(Order::little, 101),
       ng::enhanced(Order::little, 0, 3, "c", 1)}));
  EXPECT_FALSE(contents.error);
  ASSERT_EQ(contents.packets.size(), 3u);
  EXPECT_EQ(contents.packets[0], (Packet{1, 1000, 0, 1, 1, "a"}));
  EXPECT_EQ(contents.packets[1], (Packet{2, 2000, 2, 276, 1, "b"}));
  EXPECT_EQ(contents.packets[2], (Packet{3, 3000, 3, 101, 1, "c"}));
}

TEST(PcapngReader, AppliesEachInterfacesResolutionAndOffset) {
  const auto file = [](unsigned resolution, std::int64_t offset_s, std::uint64_t time) {
    const std::string options =
        ng::option(kLittle, 9, std::string(1, static_cast<char>(resolution))) +
        ng::option(kLittle, 14, FileBuilder(kLittle).u64(static_cast<std::uint64_t>(offset_s)).take());
    const Contents contents = read_back(cat(
        {ng::section(kLittle), ng::interface(kLittle, 1, options), ng::enhanced(kLittle, 0, time, "x", 1)}));
    return contents.packets.at(0).time_ns;
  };
  EXPECT_EQ(file(6, 0, 1'000'001), 1'000'001'000);
  EXPECT_EQ(file(0, 100, 7), 107'000'000'000);              // whole seconds
  EXPECT_EQ(file(12, 0, 1'999), 1);                         // picoseconds, rounded down
  EXPECT_EQ(file(0x80 | 10, -1, 1024 + 512), 500'000'000);  // 1/1024 s
  EXPECT_EQ(file(0x80 | 32, 0, (5ULL << 32) + (1ULL << 31)), 5'500'000'000);
}

TEST(PcapngReader, CutsASimplePacketAtTheSnapLengthOfTheFirstInterface) {
  const Contents contents = read_back(
      cat({ng::section(kLittle), ng::interface(kLittle, 1, "", 4), ng::simple(kLittle, "four", 1000)}));
  ASSERT_EQ(contents.packets.size(), 1u);
  EXPECT_EQ(contents.packets[0], (Packet{1, 0, 0, 1, 1000, "four"}));
}

TEST(PcapngReader, TakesASectionWithoutAnythingAsAnEmptyCapture) {
  const Contents contents = read_back(ng::section(Order::big));
  EXPECT_FALSE(contents.error);
  EXPECT_TRUE(contents.packets.empty());
  EXPECT_TRUE(contents.interfaces.empty());
}

struct Damage {
  const char* name;
  std::string block;
  const char* what;
};

// Goal: where the next block begins is known no more, or what it means. Method: a good packet, one bad block,
// a good packet that must not be reached.
TEST(PcapngReader, StopsWhereTheFrameOfTheBlocksIsDamagedAndKeepsWhatWasBefore) {
  const auto with_lengths = [](std::uint32_t type, std::uint32_t first, std::uint32_t second) {
    return FileBuilder(kLittle).u32(type).u32(first).u32(0).u32(0).u32(0).u32(0).u32(0).u32(second).take();
  };
  const Damage damages[] = {
      {"length below the minimum", with_lengths(6, 8, 8), "which cannot be"},
      {"length of zero", with_lengths(77, 0, 0), "which cannot be"},
      {"length not a multiple of 4", with_lengths(6, 30, 30), "which cannot be"},
      {"huge packet block", with_lengths(6, 0x7FFFFFF0, 0), "more than any packet"},
      {"two different lengths", with_lengths(6, 32, 36), "two lengths differ"},
      {"two different lengths of an unknown block", with_lengths(77, 32, 36), "two lengths differ"},
      {"section without its magic", ng::block(kLittle, 0x0A0D0D0A, "no magic here, at all"),
       "byte-order magic"},
      {"short section header", ng::block(kLittle, 0x0A0D0D0A, FileBuilder(kLittle).u32(0x1A2B3C4D).take()),
       "too short"},
      {"section of another version",
       ng::block(kLittle, 0x0A0D0D0A, FileBuilder(kLittle).u32(0x1A2B3C4D).u16(2).u16(0).u64(0).take()),
       "version 2"},
  };
  const std::string good = ng::enhanced(kLittle, 0, 1, "good", 4);
  const std::string start = ng::section(kLittle) + ng::interface(kLittle) + good;
  for (const Damage& damage : damages) {
    SCOPED_TRACE(damage.name);
    const Contents contents = read_back(start + damage.block + good);
    EXPECT_EQ(contents.packets.size(), 1u);
    ASSERT_TRUE(contents.error);
    EXPECT_EQ(contents.error->file_offset, start.size());
    EXPECT_EQ(contents.error->packet_number, 2u);
    EXPECT_NE(contents.error->what.find(damage.what), std::string::npos) << contents.error->what;
  }
}

// Goal: a block whose frame is right costs only itself, whatever is wrong inside, and the reader says so.
// Method: between two good packets; the number of a bad packet is nobody else's.
TEST(PcapngReader, LeavesOutABlockThatIsWrongInsideAndReadsOn) {
  const auto packet_body = [](std::uint32_t captured) {
    return FileBuilder(kLittle).u32(0).u64(0).u32(captured).u32(captured).raw("12345678").take();
  };
  const std::string good = ng::enhanced(kLittle, 0, 1, "good", 4);
  const std::string start = ng::section(kLittle) + ng::interface(kLittle) + good;
  const std::string long_option = FileBuilder(kLittle).u16(2).u16(60000).raw("short").pad().take();
  const std::string statistics =
      FileBuilder(kLittle).u32(0).u64(0).u16(4).u16(60000).raw("short").pad().take();
  struct WrongInside : Damage {
    bool is_packet = false;
  };
  const WrongInside damages[] = {
      {{"statistics of an interface that was not described", ng::statistics(kLittle, 9, 1, 2, 3),
        "names interface 9"}},
      {{"short statistics", ng::block(kLittle, 5, "abcd"), "too short"}},
      {{"statistics with an option past the end", ng::block(kLittle, 5, statistics),
        "an option runs past the end"}},
      {{"short interface block", ng::block(kLittle, 1, "abcd"), "too short"}},
      {{"interface with an option past the end", ng::interface(kLittle, 1, long_option),
        "an option runs past the end of an interface block"}},
      {{"packet of an interface that was not described", ng::enhanced(kLittle, 7, 1, "a", 1),
        "names interface 7, which its section has not described"},
       true},
      {{"the same in an obsolete block", ng::obsolete(kLittle, 3, 1, "a", 1), "names interface 3"}, true},
      {{"packet larger than its block", ng::block(kLittle, 6, packet_body(9)),
        "record 2 claims 9 bytes, its block has 8"},
       true},
      {{"packet of nearly 4 GiB", ng::block(kLittle, 6, packet_body(0xFFFFFFFF)), "claims 4294967295 bytes"},
       true},
      {{"short packet block", ng::block(kLittle, 6, "too short"), "too short"}, true},
      {{"empty simple packet block", ng::block(kLittle, 3, ""), "too short"}, true},
  };
  for (const WrongInside& damage : damages) {
    SCOPED_TRACE(damage.name);
    const Contents contents = read_back(start + damage.block + good);
    EXPECT_FALSE(contents.error);
    ASSERT_EQ(contents.packets.size(), 2u);
    EXPECT_EQ(contents.packets[1], (Packet{damage.is_packet ? 3u : 2u, 1000, 0, 1, 4, "good"}));
    ASSERT_EQ(contents.skipped_blocks.size(), 1u);
    EXPECT_EQ(contents.skipped_blocks[0].file_offset, start.size());
    EXPECT_EQ(contents.skipped_blocks[0].packet_number, 2u);
    EXPECT_NE(contents.skipped_blocks[0].what.find(damage.what), std::string::npos)
        << contents.skipped_blocks[0].what;
  }
}

// Goal: packets whose interface nobody knows are left out, not read by another one's rules. Method: one of
// two interfaces is damaged; each has a packet.
TEST(PcapngReader, LeavesOutThePacketsOfADamagedInterface) {
  const std::string long_option = FileBuilder(kLittle).u16(2).u16(60000).raw("short").pad().take();
  for (const std::string& damaged : {ng::block(kLittle, 1, "abcd"), ng::interface(kLittle, 1, long_option)}) {
    const Contents contents =
        read_back(ng::section(kLittle) + damaged + ng::interface(kLittle, 101) +
                  ng::enhanced(kLittle, 0, 1, "unknown", 7) + ng::enhanced(kLittle, 1, 2, "known", 5) +
                  ng::simple(kLittle, "unknown", 7));
    EXPECT_FALSE(contents.error);
    ASSERT_EQ(contents.packets.size(), 1u);
    EXPECT_EQ(contents.packets[0], (Packet{2, 2000, 1, 101, 5, "known"}));
    EXPECT_EQ(contents.skipped_block_count, 3u);
    EXPECT_NE(
        contents.skipped_blocks[1].what.find("record 1 is of interface 0, whose description is damaged"),
        std::string::npos);
  }
}

TEST(PcapngReader, LosesOnlyCommentsToASectionHeaderWithAnOptionPastTheEnd) {
  const std::string long_option = FileBuilder(kLittle).u16(1).u16(60000).raw("short").pad().take();
  const Contents contents = read_back(ng::section(kLittle, long_option) + ng::interface(kLittle) +
                                      ng::enhanced(kLittle, 0, 1, "good", 4));
  EXPECT_FALSE(contents.error);
  EXPECT_EQ(contents.packets.size(), 1u);
  EXPECT_EQ(contents.skipped_block_count, 1u);
}

TEST(PcapngReader, KeepsOnlyAFewOfManyBlocksThatItLeftOut) {
  std::string file = ng::section(kLittle) + ng::interface(kLittle);
  for (int block = 0; block < 1000; ++block) file += ng::statistics(kLittle, 9, 1, 2, 3);
  const Contents contents = read_back(file);
  EXPECT_FALSE(contents.error);
  EXPECT_EQ(contents.skipped_block_count, 1000u);
  EXPECT_EQ(contents.skipped_blocks.size(), 16u);
}

TEST(PcapngReader, RefusesAFileWhoseFirstSectionHeaderIsDamaged) {
  EXPECT_NE(refusal(ng::block(kLittle, 0x0A0D0D0A, "no magic here, at all")), "");
  EXPECT_NE(refusal(ng::section(kLittle).substr(0, 20)), "");
}

TEST(PcapngReader, AcceptsALastOptionWithoutPaddingOrEndMark) {
  const std::string body = FileBuilder(kLittle).u16(1).u16(0).u32(0).u16(2).u16(4).raw("name").take();
  const Contents contents = read_back(ng::section(kLittle) + ng::block(kLittle, 1, body));
  EXPECT_FALSE(contents.error);
  ASSERT_EQ(contents.interfaces.size(), 1u);
  EXPECT_EQ(contents.interfaces[0].name, "name");
}

TEST(PcapngReader, BoundsTheNumberOfInterfaces) {
  std::string file = ng::section(kLittle);
  for (int i = 0; i < 65536 + 1; ++i) file += ng::interface(kLittle);
  const Contents contents = read_back(file);
  EXPECT_EQ(contents.interfaces.size(), 65536u);
  EXPECT_FALSE(contents.error);
  ASSERT_EQ(contents.skipped_block_count, 1u);
  EXPECT_NE(contents.skipped_blocks[0].what.find("more than 65536 interfaces"), std::string::npos);
}

TEST(PcapngReader, GivesAPrefixOfTheRecordsWhereverTheFileIsCut) {
  for (const Order order : {Order::little, Order::big}) {
    const std::string whole = rich_file(order);
    const std::size_t header_size =
        ng::section(order, ng::option(order, 1, "what it is") + ng::option(order, 0, "")).size();
    const std::vector<Packet> all = read_back(whole).packets;
    std::size_t clean_ends = 0;
    for (std::size_t size = 0; size <= whole.size(); ++size) {
      const std::string_view part = std::string_view(whole).substr(0, size);
      if (size < header_size) {
        EXPECT_NE(refusal(part), "") << size;
        continue;
      }
      const Contents contents = read_back(part);
      ASSERT_LE(contents.packets.size(), all.size());
      EXPECT_TRUE(std::equal(contents.packets.begin(), contents.packets.end(), all.begin())) << size;
      if (!contents.error) ++clean_ends;
    }
    EXPECT_EQ(clean_ends, 10u);  // after each of the ten blocks
  }
}

// Goal: no byte of the file can make the reader crash, hang or read outside. Method: set each to a few
// awkward values.
TEST(PcapngReader, SurvivesEveryByteBeingWrong) {
  const std::string whole = rich_file(kLittle);
  std::size_t refused = 0;
  for (std::size_t at = 0; at < whole.size(); ++at) {
    for (const int value : {0x00, 0x01, 0x7F, 0x80, 0xFF}) {
      std::string damaged = whole;
      damaged[at] = static_cast<char>(value);
      if (!refusal(damaged).empty()) {
        ++refused;
        continue;
      }
      EXPECT_LE(read_back(damaged).packets.size(), 4u);
    }
  }
  EXPECT_GT(refused, 0u);
}

}  // namespace
}  // namespace plaintalk::capture
