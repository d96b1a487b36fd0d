// That the committed captures are what the scenarios make, and that cutting them anywhere takes away and
// never invents.
#include <algorithm>
#include <filesystem>
#include <fstream>
#include <iterator>

#include <gtest/gtest.h>

#include "tests/golden/analysis_of.hpp"
#include "tests/golden/goldens.hpp"

namespace plaintalk::golden {
namespace {

const std::filesystem::path kFolder = PLAINTALK_GOLDEN_FOLDER;
constexpr std::size_t kCaptureSizeMax = 100'000;

std::string contents(const std::filesystem::path& path) {
  std::ifstream file(path, std::ios::binary);
  return {std::istreambuf_iterator<char>(file), {}};
}

class GoldenTest : public testing::TestWithParam<Golden> {};

// The parts in their order, with others between them.
bool is_subsequence(const std::vector<Unit>& part, const std::vector<Unit>& whole) {
  auto at = whole.begin();
  for (const Unit& unit : part) {
    at = std::find(at, whole.end(), unit);
    if (at == whole.end()) return false;
    ++at;
  }
  return true;
}

bool is_prefix(const std::vector<Unit>& part, const std::vector<Unit>& whole) {
  return part.size() <= whole.size() && std::equal(part.begin(), part.end(), whole.begin());
}

TEST_P(GoldenTest, IsWhatItsScenarioMakes) {
  const std::string made = GetParam().make();
  EXPECT_LT(made.size(), kCaptureSizeMax);
  EXPECT_TRUE(made == contents(kFolder / GetParam().file_name))
      << "run tests/golden/update " << std::filesystem::path(GetParam().file_name).stem().string();
  EXPECT_TRUE(made == GetParam().make()) << "the scenario is not the same twice";
}

TEST_P(GoldenTest, IsDescribedInTheReadme) {
  const std::string name = std::filesystem::path(GetParam().file_name).stem().string();
  EXPECT_NE(contents(kFolder / "README.md").find("| `" + name + "` |"), std::string::npos);
}

TEST_P(GoldenTest, CutAfterAnyPacketGivesTheFirstUnitsOfEachStream) {
  const std::vector<Packet> packets = packets_of(GetParam().make());
  const Analysis whole = analysis_of(packets);
  std::size_t unit_count = 0;
  for (const auto& [stream, units] : whole.units) unit_count += units.size();
  if (GetParam().has_messenger) {
    EXPECT_GT(unit_count, 5u);
  } else {
    EXPECT_EQ(unit_count, 0u);
  }
  for (std::size_t count = 0; count < packets.size(); ++count) {
    const Analysis part = analysis_of(std::span(packets).first(count));
    for (const auto& [stream, units] : part.units) {
      const auto found = whole.units.find(stream);
      ASSERT_NE(found, whole.units.end()) << "after " << count << " packets";
      // Behind a hole that only a later packet fills, units come early; nothing else may.
      EXPECT_TRUE(part.with_gaps.contains(stream) ? is_subsequence(units, found->second)
                                                  : is_prefix(units, found->second))
          << "after " << count << " packets, connection " << stream.first;
    }
  }
}

TEST_P(GoldenTest, WithEachPacketCutAtAnyByteInventsNothing) {
  constexpr std::size_t kEveryByteUpTo = 150;
  const std::vector<Packet> packets = packets_of(GetParam().make());
  const Analysis whole = analysis_of(packets);
  for (std::size_t size = 0; size <= 1514; size += size < kEveryByteUpTo ? 1 : 97) {
    const Analysis cut = analysis_of(packets, size);
    for (const auto& [stream, units] : cut.units) {
      const auto found = whole.units.find(stream);
      ASSERT_NE(found, whole.units.end()) << "cut at " << size;
      EXPECT_TRUE(is_subsequence(units, found->second))
          << "cut at " << size << ", connection " << stream.first;
    }
  }
}

std::string test_name(const testing::TestParamInfo<Golden>& info) {
  std::string name = std::filesystem::path(info.param.file_name).stem().string();
  std::ranges::replace(name, '-', '_');
  return name;
}

INSTANTIATE_TEST_SUITE_P(Captures, GoldenTest, testing::ValuesIn(goldens().begin(), goldens().end()),
                         test_name);

TEST(GoldenFolder, HoldsNoCaptureThatNoScenarioMakes) {
  for (const auto& entry : std::filesystem::directory_iterator(kFolder)) {
    const std::string name = entry.path().filename().string();
    if (!name.ends_with(".pcap") && !name.ends_with(".pcapng")) continue;
    EXPECT_TRUE(std::ranges::any_of(goldens(), [&](const Golden& golden) {
      return golden.file_name == name;
    })) << name;
  }
}

}  // namespace
}  // namespace plaintalk::golden
