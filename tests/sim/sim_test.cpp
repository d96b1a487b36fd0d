#include <algorithm>
#include <cstdlib>
#include <optional>
#include <ranges>

#include <gtest/gtest.h>

#include "base/number.hpp"
#include "tests/sim/sim_run.hpp"

namespace plaintalk::sim {
namespace {

constexpr std::uint64_t kSeedCountDefault = 24;
constexpr std::uint64_t kFaultSeedCount = 12;

std::optional<std::uint64_t> number_from_environment(const char* name) {
  const char* text = std::getenv(name);
  return text == nullptr ? std::nullopt : parse_decimal<std::uint64_t>(text);
}

std::string render(const RunResult& result) {
  std::string text = result.story;
  for (const Violation& violation : result.violations) text += violation.rule + ": " + violation.text + "\n";
  return text;
}

// Goal: rules I1 to I7 hold whatever the network does.
// Method: random clients on a random network, judged from what the clients saw; each seed is one reproducible
// run.
TEST(Simulation, NothingIsLostRepeatedOrReorderedWhateverTheNetworkDoes) {
  if (const auto seed = number_from_environment("PLAINTALK_SEED")) {
    const RunResult result = run(*seed, Fault::none, true);
    EXPECT_TRUE(result.violations.empty()) << render(result);
    return;
  }
  const std::uint64_t seed_count =
      number_from_environment("PLAINTALK_SEED_COUNT").value_or(kSeedCountDefault);
  RunResult total;
  for (std::uint64_t seed = 1; seed <= seed_count; ++seed) {
    const RunResult result = run(seed, Fault::none, false);
    ASSERT_TRUE(result.violations.empty()) << "replay with PLAINTALK_SEED=" << seed << "\n" << render(result);
    total.message_count += result.message_count;
    total.gap_count += result.gap_count;
    total.drop_count += result.drop_count;
    total.repeat_count += result.repeat_count;
  }
  // The runs were worth something only if all of this happened.
  EXPECT_GT(total.message_count, seed_count * 100);
  EXPECT_GT(total.gap_count, seed_count);
  EXPECT_GT(total.drop_count, seed_count);
  EXPECT_GT(total.repeat_count, 0U);
  RecordProperty("messages", static_cast<int>(total.message_count));
  RecordProperty("gaps", static_cast<int>(total.gap_count));
  RecordProperty("drops", static_cast<int>(total.drop_count));
  RecordProperty("repeats", static_cast<int>(total.repeat_count));
}

struct Broken {
  Fault fault;
  std::string rules;  // one of them must be found broken
  std::string name;
};

// Or GoogleTest prints the bytes of it in the name of the test.
void PrintTo(const Broken& broken, std::ostream* out) { *out << broken.name; }

class BrokenServer : public ::testing::TestWithParam<Broken> {};

TEST_P(BrokenServer, IsFoundOut) {
  const Broken& broken = GetParam();
  const bool is_found =
      std::ranges::any_of(std::views::iota(std::uint64_t{1}, kFaultSeedCount + 1), [&](std::uint64_t seed) {
        const RunResult result = run(seed, broken.fault, false);
        return std::ranges::any_of(result.violations, [&](const Violation& violation) {
          return broken.rules.find(violation.rule) != std::string::npos;
        });
      });
  EXPECT_TRUE(is_found);
}

std::string name_of(const ::testing::TestParamInfo<Broken>& parameter) { return parameter.param.name; }

INSTANTIATE_TEST_SUITE_P(Simulation, BrokenServer,
                         ::testing::Values(Broken{Fault::short_history, "I6", "ShortHistory"},
                                           Broken{Fault::no_request_memory, "I2", "NoRequestMemory"},
                                           Broken{Fault::swapped_frames, "I4 I6", "SwappedFrames"},
                                           Broken{Fault::bent_frame, "I4 I5 I7", "BentFrame"},
                                           Broken{Fault::swallowed_gap, "I6", "SwallowedGap"},
                                           Broken{Fault::false_ok, "I1", "FalseOk"}),
                         name_of);

TEST(Simulation, TheSameSeedGivesTheSameRun) {
  const RunResult first = run(7, Fault::none, true);
  const RunResult second = run(7, Fault::none, true);
  EXPECT_EQ(first.story, second.story);
  EXPECT_EQ(first.message_count, second.message_count);
  EXPECT_NE(first.story, run(8, Fault::none, true).story);
}

}  // namespace
}  // namespace plaintalk::sim
