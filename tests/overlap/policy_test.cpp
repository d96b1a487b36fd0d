#include <string>

#include "analyzer/stream/overlap.hpp"
#include "tests/analyzer/recording_sink.hpp"
#include "tests/overlap/overlap_cases.hpp"

namespace plaintalk::analyzer::test {
namespace {

TrackerLimits limits_with(OverlapPolicy policy) {
  TrackerLimits limits;
  limits.overlap = policy;
  limits.history_bytes = 1 << 18;
  return limits;
}

std::string read_by(OverlapPolicy policy, const std::vector<WaitingSegment>& segments) {
  Capture capture(limits_with(policy));
  capture.handshake();
  for (const WaitingSegment& segment : segments)
    capture << tcp().seq(1 + segment.begin).ack(1).data(segment.bytes);
  capture << tcp().seq(1).ack(1).data(".");
  return std::string(capture.finish().client());
}

TEST(Overlap, KeepsTheBytesThatTheNamedSystemWouldHaveRead) {
  for (const OverlapCase& example : overlap_cases()) {
    SCOPED_TRACE(example.name);
    const auto expect = [&](OverlapPolicy policy, std::string_view bytes) {
      EXPECT_EQ(read_by(policy, example.segments), "." + std::string(bytes)) << name_of(policy);
    };
    expect(OverlapPolicy::first, example.first);
    expect(OverlapPolicy::last, example.last);
    expect(OverlapPolicy::linux_kernel, example.linux_kernel);
    expect(OverlapPolicy::bsd, example.bsd);
    expect(OverlapPolicy::windows, example.bsd);
    expect(OverlapPolicy::solaris, example.solaris);
  }
}

TEST(Overlap, NamesBothVersionsAndWhichOneIsKept) {
  Capture capture(limits_with(OverlapPolicy::linux_kernel));
  capture.handshake() << tcp().seq(4).ack(1).data("AAAA") << tcp().seq(2).ack(1).data("BBBB")
                      << tcp().seq(1).ack(1).data(".") << tcp().seq(2).ack(1).data("CC");
  RecordingSink& sink = capture.finish();
  EXPECT_EQ(sink.client(), ".BBBBAA");
  std::vector<const TcpEvent*> conflicts;
  for (const TcpEvent& event : sink.events)
    if (event.rule == 20) conflicts.push_back(&event);
  ASSERT_EQ(conflicts.size(), 2U);
  EXPECT_EQ(conflicts[0]->evidence, "byte 65 in packet 4, 66 here; the later one is kept (policy linux)");
  EXPECT_EQ(conflicts[0]->offset, 3U);
  EXPECT_EQ(conflicts[0]->length, 2U);
  EXPECT_EQ(conflicts[1]->evidence, "byte 66 in packet 5, 67 here; the earlier one is kept: it had arrived");
  EXPECT_EQ(conflicts[1]->offset, 1U);
}

// The application has them already.
TEST(Overlap, NeverReplacesWhatWasDeliveredOrAcknowledged) {
  for (const auto& [name, policy] : kOverlapPolicies) {
    SCOPED_TRACE(name);
    Capture delivered(limits_with(policy));
    delivered.handshake() << tcp().seq(1).ack(1).data("AAAA") << tcp().seq(1).ack(1).data("BBBBBB");
    EXPECT_EQ(delivered.finish().client(), "AAAABB");
    // The capture has not seen the first byte, but the receiver has all of it.
    Capture acknowledged(limits_with(policy));
    acknowledged.handshake() << tcp().seq(3).ack(1).data("AAAA") << tcp().from_server().seq(1).ack(7)
                             << tcp().seq(2).ack(1).data("BBBBBBB") << tcp().seq(1).ack(1).data(".");
    EXPECT_EQ(acknowledged.finish().client(), ".BAAAABB");
  }
}

TEST(Overlap, JudgesRepeatsByTheVersionThatWasKept) {
  Capture capture(limits_with(OverlapPolicy::last));
  capture.handshake() << tcp().seq(2).ack(1).data("AAAA") << tcp().seq(2).ack(1).data("BBBB")
                      << tcp().seq(1).ack(1).data(".") << tcp().seq(2).ack(1).data("BBBB");
  RecordingSink& sink = capture.finish();
  EXPECT_EQ(sink.client(), ".BBBB");
  EXPECT_EQ(sink.count("conflicting retransmission"), 1U);
}

// What the capture cut cannot be compared: the bytes that were captured stay.
TEST(Overlap, KeepsCapturedBytesWhereTheOtherVersionWasCut) {
  Capture capture(limits_with(OverlapPolicy::last));
  capture.handshake() << tcp().seq(2).ack(1).data("AAAA") << tcp().seq(2).ack(1).data("BBBB").cut_to(2)
                      << tcp().seq(1).ack(1).data(".");
  EXPECT_EQ(capture.finish().client(), ".BBAA");
}

TEST(Overlap, CostsABoundedAmountPerPacketAndForgetsWhatWasRead) {
  LinuxQueue queue;
  for (std::int64_t at = 0; at < 100; ++at) queue.add({1000 - 10 * at, 1005 - 10 * at});
  EXPECT_EQ(queue.size(), 100U);
  queue.add({15, 990});
  EXPECT_EQ(queue.size(), 3U);  // from 10 (joined), 990 and 1000; what it covers is gone
  EXPECT_EQ(queue.counts_from({20, 30}), 30);
  EXPECT_EQ(queue.counts_from({20, 995}), 990);
  EXPECT_EQ(queue.counts_from({10, 991}), 10);
  queue.read_to(990);
  EXPECT_EQ(queue.size(), 2U);
}

}  // namespace
}  // namespace plaintalk::analyzer::test
