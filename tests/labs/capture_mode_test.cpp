#include "labs/session/capture_mode.hpp"

#include <gtest/gtest.h>

namespace plaintalk::session {
namespace {

using Entered = std::expected<std::string, std::string>;
using Captured = std::expected<void, std::string>;

// A machine whose gates are set by hand, and which counts how often each was tried.
struct Machine {
  bool allows_namespace = true;
  bool allows_capture = true;
  int entered_count = 0;
  int captured_count = 0;

  CaptureAttempts attempts() {
    return {.enter_private_network = [this]() -> Entered {
              ++entered_count;
              if (allows_namespace) return "a test network";
              return std::unexpected("the gate is shut");
            },
            .capture_briefly = [this]() -> Captured {
              ++captured_count;
              if (allows_capture) return {};
              return std::unexpected("no right to capture");
            }};
  }
};

TEST(CaptureMode, TakesThePrivateNetworkFirst) {
  Machine machine;
  const auto choice = choose_capture_mode({}, machine.attempts());
  ASSERT_TRUE(choice);
  EXPECT_EQ(choice->mode, CaptureMode::private_namespace);
  EXPECT_TRUE(choice->refused.empty());
  EXPECT_NE(choice->explanation.find("a test network"), std::string::npos);
}

TEST(CaptureMode, CapturesLiveWhereNoPrivateNetworkIsAllowedAndSaysWhy) {
  Machine machine{.allows_namespace = false};
  const auto choice = choose_capture_mode({}, machine.attempts());
  ASSERT_TRUE(choice);
  EXPECT_EQ(choice->mode, CaptureMode::live);
  EXPECT_EQ(choice->refused, std::vector<std::string>{"private network: the gate is shut"});
}

TEST(CaptureMode, FallsBackToTheServersOwnRecordWithBothReasons) {
  Machine machine{.allows_namespace = false, .allows_capture = false};
  const auto choice = choose_capture_mode({}, machine.attempts());
  ASSERT_TRUE(choice);
  EXPECT_EQ(choice->mode, CaptureMode::own_recording);
  const std::vector<std::string> reasons{"private network: the gate is shut",
                                         "live capture: no right to capture"};
  EXPECT_EQ(choice->refused, reasons);
}

TEST(CaptureMode, DoesNotTryTheSameLoopbackTwiceInsideThePrivateNetwork) {
  Machine machine{.allows_capture = false};
  const auto choice = choose_capture_mode({}, machine.attempts());
  ASSERT_TRUE(choice);
  EXPECT_EQ(choice->mode, CaptureMode::own_recording);
  EXPECT_EQ(machine.captured_count, 1);
}

TEST(CaptureMode, TriesNothingElseWhenOneModeIsAskedFor) {
  Machine machine;
  EXPECT_EQ(choose_capture_mode(CaptureMode::live, machine.attempts())->mode, CaptureMode::live);
  EXPECT_EQ(machine.entered_count, 0);
  EXPECT_EQ(choose_capture_mode(CaptureMode::own_recording, machine.attempts())->mode,
            CaptureMode::own_recording);
  EXPECT_EQ(machine.captured_count, 1);
}

TEST(CaptureMode, FailsWithTheReasonWhenTheAskedModeIsImpossible) {
  Machine machine{.allows_namespace = false, .allows_capture = false};
  const auto private_network = choose_capture_mode(CaptureMode::private_namespace, machine.attempts());
  ASSERT_FALSE(private_network);
  EXPECT_NE(private_network.error().find("the gate is shut"), std::string::npos);
  const auto live = choose_capture_mode(CaptureMode::live, machine.attempts());
  ASSERT_FALSE(live);
  EXPECT_NE(live.error().find("no right to capture"), std::string::npos);
}

TEST(CaptureMode, ReadsItsOwnWords) {
  for (const auto mode : {CaptureMode::private_namespace, CaptureMode::live, CaptureMode::own_recording}) {
    EXPECT_EQ(parse_capture_mode(render(mode)).value(), std::optional(mode));
  }
  EXPECT_EQ(parse_capture_mode("auto").value(), std::nullopt);
  EXPECT_FALSE(parse_capture_mode("pigeon"));
}

}  // namespace
}  // namespace plaintalk::session
