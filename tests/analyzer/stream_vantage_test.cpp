// Rule 25, and the round trip of a handshake whose packets were repeated (rule 22).
#include "tests/analyzer/recording_sink.hpp"

namespace plaintalk::analyzer::test {
namespace {

using Place = Vantage::Place;
using Confidence = Vantage::Confidence;

// A handshake: the server was seen to answer after `server_ms`, the client after `client_ms`.
Vantage seen(double server_ms, double client_ms, std::uint8_t client_ttl = 0, std::uint8_t server_ttl = 0,
             ChecksumState of_client = ChecksumState::good) {
  Capture capture;
  capture << tcp().syn().ttl(client_ttl).checksum(of_client).at_ms(100)
          << tcp().from_server().syn().ack(1).ttl(server_ttl).at_ms(100 + server_ms)
          << tcp().seq(1).ack(1).ttl(client_ttl).checksum(of_client).at_ms(100 + server_ms + client_ms);
  return capture.finish().connections[0].vantage;
}

TEST(Vantage, IsBesideTheSideThatAnswersAtOnce) {
  EXPECT_EQ(seen(20, 0.1).place, Place::near_client);
  EXPECT_EQ(seen(20, 0.1).confidence, Confidence::likely);
  EXPECT_EQ(seen(0.1, 20).place, Place::near_server);
  EXPECT_EQ(seen(10, 12).place, Place::middle);
  EXPECT_EQ(seen(0.02, 0.03).place, Place::unknown) << "a short way takes no longer than a kernel";
  EXPECT_EQ(seen(20, 4).place, Place::middle);
}

TEST(Vantage, IsBesideTheSideWhosePacketsHavePassedNoRouter) {
  EXPECT_EQ(seen(0.02, 0.03, 64, 57).place, Place::near_client);
  EXPECT_EQ(seen(0.02, 0.03, 60, 128).place, Place::near_server);
  EXPECT_EQ(seen(0.02, 0.03, 60, 125).place, Place::middle);
  EXPECT_EQ(seen(0.02, 0.03, 64, 64).place, Place::unknown) << "all on one link";
}

TEST(Vantage, IsSureWhenTimesAndRoutersAgree) {
  EXPECT_EQ(seen(20, 0.1, 64, 57).confidence, Confidence::certain);
  EXPECT_EQ(seen(10, 12, 60, 57).confidence, Confidence::certain);
  const Vantage torn = seen(20, 0.1, 57, 64);
  EXPECT_EQ(torn.place, Place::unknown);
  EXPECT_EQ(torn.confidence, Confidence::ambiguous);
}

TEST(Vantage, IsOnTheHostWhoseChecksumsAreNotFilledIn) {
  const Vantage vantage = seen(20, 19, 64, 57, ChecksumState::not_filled_in);
  EXPECT_EQ(vantage.place, Place::near_client);
  EXPECT_EQ(vantage.confidence, Confidence::certain);
}

std::optional<Nanoseconds> trip_of(Capture& capture) { return capture.finish().connections[0].handshake_rtt; }

// Goal: of several SYNs only an echoed time stamp tells which was answered; without one there is no round
// trip, as Karn's rule has it. Method: the answer to the first crosses the second.
TEST(Handshake, HasNoRoundTripWhenNobodyKnowsWhichSynWasAnswered) {
  for (const std::uint32_t echo : {0U, 1U, 2U}) {
    Capture capture;
    capture << tcp().syn().stamp(1).at_ms(100) << tcp().syn().stamp(2).at_ms(1100)
            << tcp().from_server().syn().ack(1).stamp(70, echo).at_ms(1110)
            << tcp().seq(1).ack(1).stamp(3, 70).at_ms(1110.5);
    const auto trip = trip_of(capture);
    EXPECT_EQ(trip.has_value(), echo == 2) << echo;
    if (trip) {
      EXPECT_EQ(*trip, Nanoseconds(10'500'000));
    }
  }
}

TEST(Handshake, TakesTheAnswerToTheRepeatedSynAckFromItsOwnTime) {
  for (const std::uint32_t echo : {70U, 80U}) {
    Capture capture;
    capture << tcp().syn().stamp(1).at_ms(100) << tcp().from_server().syn().ack(1).stamp(70, 1).at_ms(100.2)
            << tcp().from_server().syn().ack(1).stamp(80, 1).at_ms(1100.2)
            << tcp().seq(1).ack(1).stamp(3, echo).at_ms(1120.2);
    const auto trip = trip_of(capture);
    EXPECT_EQ(trip.has_value(), echo == 80) << echo;
    if (trip) {
      EXPECT_EQ(*trip, Nanoseconds(20'200'000));
    }
  }
}

}  // namespace
}  // namespace plaintalk::analyzer::test
