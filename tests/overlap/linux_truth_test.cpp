// Is `linux` what Linux does? The same packets go to a real socket and to the analyzer.
#include <cstdlib>
#include <random>
#include <string>
#include <vector>

#include <gtest/gtest.h>

#include "analyzer/wire/packet_decoder.hpp"
#include "tests/analyzer/recording_sink.hpp"
#include "tests/overlap/linux_receiver.hpp"
#include "tests/overlap/overlap_cases.hpp"

namespace plaintalk::analyzer::test {
namespace {

using Segments = std::vector<std::pair<std::uint32_t, std::string>>;

// A segment that begins at the end of one and in another: see LinuxQueue.
bool depends_on_the_tree(const Segments& segments) {
  for (std::size_t index = 0; index < segments.size(); ++index) {
    const std::uint32_t begin = segments[index].first;
    bool touches = false;
    bool overlaps = false;
    for (std::size_t before = 0; before < index; ++before) {
      const auto& [other, bytes] = segments[before];
      touches |= other + bytes.size() == begin && other > 0;
      overlaps |= other <= begin && begin < other + bytes.size();
    }
    if (touches && overlaps && segments[index].second != "-") return true;
  }
  return false;
}

class LinuxTruth : public ::testing::Test {
 protected:
  void SetUp() override {
    auto made = LinuxReceiver::make();
    if (!made) GTEST_SKIP() << "no interface of our own here: " << made.error();
    kernel_.emplace(std::move(*made));
  }

  // What the application read.
  std::string read_by_linux(const Segments& segments) {
    if (!kernel_->connect(next_port_++)) {
      ADD_FAILURE() << "not connected";
      return {};
    }
    for (const auto& [begin, bytes] : segments) kernel_->send(begin, bytes);
    return kernel_->read_and_reset();
  }

  // What the analyzer makes of the packets of that connection.
  std::string read_by_analyzer(OverlapPolicy policy) const {
    TrackerLimits limits;
    limits.overlap = policy;
    limits.history_bytes = 1 << 18;
    RecordingSink sink;
    ConnectionTracker tracker(limits, sink);
    PacketDecoder decoder;
    std::uint64_t number = 0;
    for (const std::string& packet : kernel_->packets) {
      PacketRecord record;
      record.number = ++number;
      record.time = WallTime(std::chrono::milliseconds(number));
      record.link_type = LinkType::raw;
      record.bytes = as_bytes(packet);
      record.original_size = static_cast<std::uint32_t>(packet.size());
      if (const auto segment = decoder.decode(record)) tracker.segment(*segment);
    }
    tracker.finish();
    return std::string(sink.client());
  }

  std::optional<LinuxReceiver> kernel_;
  std::uint16_t next_port_ = 20000;
};

TEST_F(LinuxTruth, ReadsTheNamedCasesAsWritten) {
  for (const OverlapCase& example : overlap_cases()) {
    Segments segments;
    for (const WaitingSegment& segment : example.segments)
      segments.emplace_back(segment.begin, std::string(segment.bytes));
    segments.emplace_back(0, ".");
    EXPECT_EQ(read_by_linux(segments), "." + std::string(example.linux_kernel)) << example.name;
  }
}

// Up to nine segments over 30 bytes, each byte telling its segment. The other policies must not explain what
// Linux did, or the test would show nothing.
TEST_F(LinuxTruth, IsWhatTheAnalyzerKeepsOfAnySegments) {
  const char* const wanted = std::getenv("PLAINTALK_SEED_COUNT");
  const std::uint32_t seed_count =
      wanted ? static_cast<std::uint32_t>(std::strtoul(wanted, nullptr, 10)) : 60;
  std::map<OverlapPolicy, std::uint32_t> explained;
  std::uint32_t judged_count = 0;
  for (std::uint32_t seed = 1; seed <= seed_count; ++seed) {
    std::mt19937 random(seed);
    const auto between = [&](std::uint32_t low, std::uint32_t high) {
      return low + static_cast<std::uint32_t>(random()) % (high - low + 1);
    };
    Segments segments;
    const std::uint32_t count = between(2, 9);
    for (std::uint32_t index = 0; index < count; ++index) {
      const std::uint32_t begin = between(0, 5) == 0 ? between(0, 3) : between(1, 29);
      segments.emplace_back(begin,
                            std::string(between(1, 12), static_cast<char>('A' + static_cast<char>(index))));
    }
    segments.emplace_back(0, ".");
    for (std::uint32_t at = 1; at < 42; ++at) segments.emplace_back(at, "-");
    if (depends_on_the_tree(segments)) continue;
    ++judged_count;
    const std::string read = read_by_linux(segments);
    std::string story;
    for (const auto& [begin, bytes] : segments)
      if (bytes != "-") story += std::to_string(begin) + ":" + bytes + " ";
    ASSERT_EQ(read_by_analyzer(OverlapPolicy::linux_kernel), read) << "seed " << seed << ": " << story;
    for (const auto& [name, policy] : kOverlapPolicies) explained[policy] += read_by_analyzer(policy) == read;
  }
  EXPECT_GT(judged_count, seed_count / 2);
  for (const auto& [name, policy] : kOverlapPolicies) {
    RecordProperty(std::string(name), static_cast<int>(explained[policy]));
    if (policy == OverlapPolicy::linux_kernel) continue;
    EXPECT_LT(explained[policy], judged_count * 9 / 10) << name;
  }
}

// Fragments of a datagram of 64 bytes, 8 of them the UDP header.
TEST_F(LinuxTruth, IsWhatTheDefragmenterKeepsOfAnyFragments) {
  const std::uint16_t port = kernel_->udp_port();
  std::size_t whole_again_count = 0;  // nothing was left of what came before the last eight
  for (std::uint32_t seed = 1; seed <= 400; ++seed) {
    std::mt19937 random(seed);
    const auto id = static_cast<std::uint16_t>(seed);
    Defragmenter defragmenter;
    std::string kept;
    std::string story;
    const auto send = [&](std::size_t begin, std::size_t size, char letter) {
      std::string bytes(size, letter);
      if (begin == 0) {
        bytes[0] = 9;
        bytes[1] = 9;
        bytes[2] = static_cast<char>(port >> 8);
        bytes[3] = static_cast<char>(port & 0xFF);
        bytes[4] = 0;
        bytes[5] = 64;
        bytes[6] = bytes[7] = 0;
      }
      const bool more = begin + size < 64;
      story += std::to_string(begin) + "+" + std::to_string(size) + letter + " ";
      kernel_->send_fragment(id, begin, more, bytes);
      const DatagramKey key{{}, {}, id, 0, 17};
      const FragmentPiece piece{begin, more, 17, as_bytes(bytes), bytes.size(), 1, 1};
      if (defragmenter.add(key, piece, WallTime{}) == Defragmenter::Verdict::complete)
        kept += std::string(as_text(defragmenter.datagram().bytes)).substr(8);
    };
    const std::size_t count = 1 + random() % 4;
    for (std::size_t index = 0; index < count; ++index) {
      const std::size_t begin = random() % 8;
      const std::size_t most = begin == 0 ? 7 : 8 - begin;  // a whole datagram is no fragment
      send(8 * begin, 8 * (1 + random() % most), static_cast<char>('A' + static_cast<char>(index)));
    }
    for (const std::size_t part : {6U, 2U, 4U, 0U, 1U, 3U, 7U, 5U}) send(8 * part, 8, 'z');
    std::string read;
    for (std::string next; !(next = kernel_->read_datagram()).empty();) read += next;
    whole_again_count += read == std::string(56, 'z') ? 1U : 0U;
    ASSERT_EQ(kept, read) << "seed " << seed << ": " << story;
  }
  EXPECT_GT(whole_again_count, 40U);
  EXPECT_LT(whole_again_count, 360U);
}

}  // namespace
}  // namespace plaintalk::analyzer::test
