#include <gtest/gtest.h>

#include "tests/analyzer_talk/play.hpp"

namespace plaintalk::analyzer {
namespace {

TEST(Credentials, AreMaskedUnlessAskedFor) {
  for (const bool show : {false, true}) {
    Play play({.show_secrets = show});
    play.open(1);
    play.client(1, "LOGIN alice device=d1 :tulip9");
    play.server(1, "OK user=alice device=d1 token=K3V5");
    const Collected& found = play.finish();
    ASSERT_EQ(found.credentials.size(), 2u);
    EXPECT_EQ(found.credentials[0].secret, show ? "tulip9" : "******");
    EXPECT_EQ(found.credentials[1].secret, show ? "K3V5" : "******");
    for (const auto& pdu : found.pdus) {
      EXPECT_EQ(pdu.row.arguments.find("K3V5") != std::string::npos, show && pdu.verb == "OK");
      EXPECT_EQ(pdu.row.arguments.find("tulip9"), std::string::npos);
    }
    for (const Finding& finding : found.findings) EXPECT_EQ(finding.text.find("tulip9"), std::string::npos);
  }
}

TEST(Credentials, SayWhetherTheServerTookThem) {
  Play play;
  play.open(1);
  const std::uint64_t wrong = play.client(1, "LOGIN Alice :wrong");
  play.server(1, "ERR 402 BAD_LOGIN :no");
  play.client(1, "REGISTER alice :tulip9");
  play.server(1, "OK user=alice device=d1 token=K3V5");
  play.client(1, "LOGIN alice device=d1 token=K3V5");
  const Collected& found = play.finish();
  ASSERT_EQ(found.credentials.size(), 4u);
  EXPECT_EQ(found.credentials[0].accepted, "no");
  EXPECT_EQ(found.credentials[0].method, "login-password");
  EXPECT_EQ(found.credentials[0].user, "alice");
  EXPECT_EQ(found.credentials[0].seen.packet, wrong);
  EXPECT_EQ(found.credentials[1].method, "register-password");
  EXPECT_EQ(found.credentials[1].accepted, "yes");
  EXPECT_EQ(found.credentials[2].method, "issued-token");
  EXPECT_EQ(found.credentials[3].method, "login-token");
  EXPECT_EQ(found.credentials[3].accepted, "");
  EXPECT_EQ(found.count("readable-password"), 2u);
  EXPECT_EQ(found.count("refused-login"), 1u);
}

TEST(Users, GatherWhatWasSeenOfAnAccount) {
  Play play;
  play.open(1);
  play.client(1, "LOGIN bob :secret");
  play.server(1, "OK user=bob device=d1 token=A");
  play.open(2);
  play.client(2, "LOGIN bob display=Bob%20B :secret");
  play.server(2, "OK user=bob device=d2 token=B");
  play.login(3, "carol");
  play.server(3, "PRES zoe online");
  const Collected& found = play.finish();
  ASSERT_EQ(found.users.size(), 3u);
  EXPECT_EQ(found.users[0].name, "bob");
  EXPECT_EQ(found.users[0].kind, "registered");
  EXPECT_EQ(found.users[0].connections, 2u);
  EXPECT_EQ(found.users[0].devices, "d1 d2");
  EXPECT_EQ(found.users[0].addresses, "10.0.0.1 10.0.0.2");
  EXPECT_EQ(found.users[0].display_name, "Bob B");
  EXPECT_EQ(found.users[1].kind, "guest");
  EXPECT_EQ(found.users[1].login_methods, "guest");
  EXPECT_EQ(found.users[2].name, "zoe");
  EXPECT_EQ(found.users[2].connections, 0u);
}

TEST(Replies, AreJoinedInOrderAndByTheirId) {
  Play play;
  play.login(1, "alice");
  play.join(1, "#lab", 1, 0);
  play.client_bytes(1, "SAY #lab id=a :one\nSAY #lab id=b :two\nSAY #lab :three\n");
  play.server_bytes(1, "OK id=a seq=1 at=1\nOK id=b seq=2 at=1\nOK seq=3 at=1\n");
  play.server_bytes(1, "MSG #lab 1 alice 1 :one\nMSG #lab 2 alice 1 :two\nMSG #lab 3 alice 1 :three\n");
  const Collected& found = play.finish();
  ASSERT_EQ(found.messages.size(), 3u);
  EXPECT_EQ(found.message_of("#lab", 3).text, "three");
  EXPECT_TRUE(found.message_of("#lab", 2).in.known());
  EXPECT_EQ(found.count("unmatched-reply"), 0u);
  EXPECT_EQ(found.count("altered-message"), 0u);
}

TEST(Replies, AnErrorAnswersWhatCouldNotBeReadWhateverItsIdIs) {
  Play play;
  play.login(1, "alice");
  play.join(1, "#lab", 1, 0);
  const std::uint64_t unreadable = play.client(1, "SAY #lab id=z :\xff\xfe");
  const std::uint64_t refusal = play.server(1, "ERR 415 NOT_UTF8 id=z verb=SAY :no text");
  play.client(1, "SAY #lab :fine");
  play.server(1, "OK seq=1 at=1");
  play.server(1, "MSG #lab 1 alice 1 :fine");
  const Collected& found = play.finish();
  EXPECT_EQ(found.count("unmatched-reply"), 0u);
  ASSERT_EQ(found.count("error-reply"), 1u);
  const auto finding = std::find_if(found.findings.begin(), found.findings.end(),
                                    [](const Finding& row) { return row.kind == "error-reply"; });
  EXPECT_EQ(finding->packets, (std::vector<std::uint64_t>{unreadable, refusal}));
}

TEST(Replies, OutOfTurnAreFound) {
  Play play;
  play.login(1, "alice");
  play.client(1, "PING :x");
  play.client(1, "ROOMS");
  play.server(1, "OK count=0");
  play.server(1, "PONG :x");
  play.server(1, "PONG :y");
  const Collected& found = play.finish();
  EXPECT_EQ(found.count("unmatched-reply"), 2u);
}

TEST(Replies, AreJoinedWhenTheCommandWaitedBehindAHole) {
  // Goal: a command that could be released only after its reply still gets it, with its own time.
  Play play;
  play.login(1, "alice");
  play.join(1, "#lab", 1, 0);
  const Moment said = play.step();
  play.server(1, "OK seq=1 at=1");
  play.server(1, "MSG #lab 1 alice 1 :late");
  play.bytes_from(1, Direction::client_to_server, "SAY #lab :late\n", said);
  const Collected& found = play.finish();
  const MessageResult& message = found.message_of("#lab", 1);
  EXPECT_EQ(message.in.packet, said.packet);
  ASSERT_TRUE(message.latency_min.has_value());
  EXPECT_EQ(*message.latency_min, std::chrono::milliseconds(2));
  EXPECT_EQ(found.count("unmatched-reply"), 0u);
}

TEST(Happenings, TellWhatAPersonWhoWatchesWantsToKnow) {
  Play play;
  play.login(1, "alice");
  play.join(1, "#lab", 1, 0);
  play.client(1, "SAY #lab :hello");
  play.server(1, "OK seq=1 at=1");
  play.server(1, "MSG #lab 1 alice 1 :hello");
  const Collected& found = play.finish();
  ASSERT_EQ(found.happenings.size(), 4u);
  EXPECT_EQ(found.happenings[0], "alice||guest");
  EXPECT_EQ(found.happenings[1], "alice|#lab|");
  EXPECT_EQ(found.happenings[2], "alice|#lab|hello");
}

TEST(Happenings, TellOfEachCopyAndOfTheCommandOnceItIsKnown) {
  Play play;
  play.login(1, "alice");
  play.login(2, "bob");
  play.join(1, "#lab", 1, 0);
  play.join(2, "#lab", 2, 0);
  const std::uint64_t said = play.client(1, "SAY #lab :hello");
  // A copy may be seen before the answer that gives the message its number.
  const std::uint64_t to_bob = play.server(2, "MSG #lab 1 alice 1 :hello");
  play.server(1, "OK seq=1 at=1");
  const std::uint64_t to_alice = play.server(1, "MSG #lab 1 alice 1 :hello");
  const Collected& found = play.finish();
  ASSERT_EQ(found.watched.size(), 3u);
  EXPECT_EQ(found.watched[0].who, "bob");
  EXPECT_EQ(found.watched[0].packet, to_bob);
  EXPECT_EQ(found.watched[0].in, 0u);
  EXPECT_TRUE(found.watched[1].is_command);
  EXPECT_EQ(found.watched[1].in, said);
  EXPECT_EQ(found.watched[2].who, "alice");
  EXPECT_EQ(found.watched[2].packet, to_alice);
  EXPECT_EQ(found.watched[2].in, said);
  for (const auto& told : found.watched) {
    EXPECT_EQ(told.message, found.watched[0].message);
    EXPECT_NE(told.message, 0u);
    EXPECT_FALSE(told.may_be_replay);
  }
}

TEST(Happenings, SayWhatMayBeAReplay) {
  // Goal: an old page that is asked for is no copy; what comes to somebody whose join was not captured may be.
  Play play;
  play.login(1, "alice");
  play.join(1, "#lab", 1, 4);
  play.client(1, "HISTORY #lab");
  play.server(1, "MSG #lab 3 bob 1 :old");
  play.server(1, "END #lab last=3");
  play.open(2, true);
  play.server(2, "MSG #lab 5 bob 1 :who knows");
  const Collected& found = play.finish();
  ASSERT_EQ(found.watched.size(), 1u);
  EXPECT_TRUE(found.watched[0].may_be_replay);
}

TEST(Timeline, CountsBySecondOfCaptureTime) {
  Play play;
  play.analyzer.packet(WallTime(std::chrono::seconds(1'700'000'000)), 60);
  play.analyzer.packet(WallTime(std::chrono::seconds(1'700'000'007)), 70);
  const Collected& found = play.finish();
  ASSERT_EQ(found.seconds.size(), 2u);
  EXPECT_EQ(found.seconds[1].second, 1'700'000'007);
  EXPECT_EQ(found.seconds[1].packet_bytes, 70u);
}

}  // namespace
}  // namespace plaintalk::analyzer
