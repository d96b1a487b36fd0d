#include <algorithm>

#include <gtest/gtest.h>

#include "tests/generated/judge.hpp"

namespace plaintalk::generated {
namespace {

// A sample; the target generated-truth runs thousands (docs/TESTING.md).
TEST(GeneratedTruth, IsWhatTheAnalyzerSays) {
  for (std::uint32_t seed = 1; seed <= 40; ++seed) {
    const Plan plan = make_plan(seed);
    for (const std::string& difference : judge(plan)) ADD_FAILURE() << describe(plan) << "\n  " << difference;
    if (HasFailure()) return;
  }
}

TEST(GeneratedTruth, IsTheSameForTheSameSeed) {
  EXPECT_EQ(make_capture(make_plan(7)).file, make_capture(make_plan(7)).file);
  EXPECT_NE(make_capture(make_plan(7)).file, make_capture(make_plan(8)).file);
}

// A truth that nothing can contradict would show nothing.
TEST(GeneratedTruth, IsNotWhatIsSaidOfAnotherCapture) {
  Plan plan = make_plan(3);
  plan.messages = {{0, 3000}, {0, 20}};
  plan.faults.clear();
  plan.copies = Copies::none;
  plan.segment_size = 536;
  plan.is_ipv6 = false;
  plan.snap_length = 0;
  const Generated calm = make_capture(plan);
  EXPECT_TRUE(judge(plan, calm).empty());
  for (std::size_t kind = 0; kind <= static_cast<std::size_t>(FaultKind::exchanged); ++kind) {
    Plan other = plan;
    // The burst of the long message: bursts before it are the handshake, the greeting and the login.
    for (std::size_t burst = 0; burst < 40; ++burst)
      other.faults.push_back({static_cast<FaultKind>(kind), burst, 1});
    Generated wrong = calm;
    wrong.file = make_capture(other).file;
    EXPECT_FALSE(judge(plan, wrong).empty()) << kind;
  }
}

TEST(GeneratedTruth, ShrinksAPlanToWhatMakesItFail) {
  const Plan plan = make_plan(11);
  Plan large = plan;
  large.faults.push_back({FaultKind::missed, 3, 0});
  const Plan small = shrink(large, [](const Plan& candidate) {
    return std::ranges::any_of(candidate.faults,
                               [](const Fault& fault) { return fault.kind == FaultKind::missed; });
  });
  EXPECT_EQ(small.faults.size(), 1U);
  EXPECT_TRUE(small.messages.empty());
  EXPECT_EQ(small.people, 1U);
}

}  // namespace
}  // namespace plaintalk::generated
