#include <gtest/gtest.h>

#include "tests/messenger/core/lab.hpp"

namespace plaintalk::messenger::test {
namespace {

constexpr std::string_view kAt = "1789201500000";

TEST(Messages, AMessageIsAnsweredToItsSenderAndHeardByAllMembersAlike) {
  Lab lab;
  Person& alice = lab.guest("alice");
  Person& bob = lab.guest("bob");
  Person& eve = lab.guest("eve");
  alice.asks("JOIN #lab");
  bob.asks("JOIN #lab");
  alice.reads();
  const std::string message = "MSG #lab 1 alice " + std::string(kAt) + " :who has the image?\n";
  EXPECT_EQ(alice.asks("SAY #lab id=x1 :who has the image?"),
            "OK id=x1 seq=1 at=" + std::string(kAt) + "\n" + message);
  EXPECT_EQ(bob.reads(), message);
  EXPECT_EQ(eve.reads(), "");
  EXPECT_TRUE(lab.events.has("routed #lab 1 msg alice to 1,2 shed"));
}

// What repeats from one message of a turn to the next is copied from there: it has to be the right one.
TEST(Messages, ManyInOneTurnReadAsIfEachHadATurnOfItsOwn) {
  const auto at = [](int ms) { return std::to_string(1789201500000 + ms); };
  Lab lab;
  Person& alice = lab.guest("alice", {"#lab", "#other"});
  Person& bob = lab.guest("bob", {"#lab"});
  alice.reads();
  lab.core->received(
      alice.id, "SAY #lab :a1\nSAY #lab :a2\nSAY #other :o1\nSAY @bob :d1\nSAY #lab {2}\n\n3\n", lab.now);
  lab.core->received(bob.id, "SAY #lab :b4\nTOPIC #lab :t\nSAY #lab :b5\nSAY @alice :d2\n", lab.now);
  lab.now.wall += Milliseconds(1);
  lab.core->received(bob.id, "SAY #lab :b6\nSAY @alice :d3\nSAY @alice :d4\n", lab.now);
  lab.core->received(alice.id, "SAY #lab :a7\nSAY #lab id=x :a8\n", lab.now);
  lab.core->end_turn(lab.now);
  const std::string of_alice = alice.reads();
  EXPECT_TRUE(of_alice.starts_with("OK seq=1 at=" + at(0) + "\nOK seq=2 at=" + at(0) +
                                   "\nOK seq=1 at=" + at(0) + "\nOK room=@alice,bob seq=1 at=" + at(0) +
                                   "\nOK seq=3 at=" + at(0) + "\nOK seq=7 at=" + at(1) +
                                   "\nOK id=x seq=8 at=" + at(1) + "\n"))
      << of_alice;
  EXPECT_NE(of_alice.find("MSG #other 1 alice " + at(0) + " :o1\n"), std::string::npos);
  const std::string of_bob = bob.reads();
  EXPECT_TRUE(of_bob.starts_with("OK seq=4 at=" + at(0) + "\nOK room=#lab\nOK seq=5 at=" + at(0) +
                                 "\nOK room=@alice,bob seq=2 at=" + at(0) + "\nOK seq=6 at=" + at(1) +
                                 "\nOK room=@alice,bob seq=3 at=" + at(1) +
                                 "\nOK room=@alice,bob seq=4 at=" + at(1) + "\n"))
      << of_bob;
  const std::string room = "MSG #lab 1 alice " + at(0) + " :a1\nMSG #lab 2 alice " + at(0) +
                           " :a2\nMSG #lab 3 alice " + at(0) + " {2}\n\n3\nMSG #lab 4 bob " + at(0) +
                           " :b4\nTOPIC #lab bob " + at(0) + " :t\nMSG #lab 5 bob " + at(0) +
                           " :b5\nMSG #lab 6 bob " + at(1) + " :b6\nMSG #lab 7 alice " + at(1) +
                           " :a7\nMSG #lab 8 alice " + at(1) + " :a8\n";
  const std::string conversation = "MSG @alice,bob 1 alice " + at(0) + " :d1\nMSG @alice,bob 2 bob " + at(0) +
                                   " :d2\nMSG @alice,bob 3 bob " + at(1) + " :d3\nMSG @alice,bob 4 bob " +
                                   at(1) + " :d4\n";
  for (const std::string& heard : {of_alice, of_bob}) {
    EXPECT_NE(heard.find(room), std::string::npos) << heard;
    EXPECT_NE(heard.find(conversation), std::string::npos) << heard;
  }
}

TEST(Messages, NumbersAreDenseInEachRoomOnItsOwn) {
  Lab lab;
  Person& alice = lab.guest("alice", {"#a"});
  alice.asks("JOIN #b");
  for (int n = 1; n <= 5; ++n) {
    EXPECT_EQ(value_of(alice.asks("SAY #a :x"), "seq"), std::to_string(n));
    EXPECT_EQ(value_of(alice.asks("SAY #b :x"), "seq"), std::to_string(n));
  }
  EXPECT_TRUE(alice.asks("SAY #a").starts_with("ERR 400 SYNTAX"));
  EXPECT_EQ(value_of(alice.asks("SAY #a :x"), "seq"), "6");
}

TEST(Messages, LinesWithLineBreaksTravelCounted) {
  Lab lab;
  Person& alice = lab.guest("alice", {"#lab"});
  EXPECT_EQ(alice.asks("SAY #lab {7}\none\ntwo"), "OK seq=1 at=" + std::string(kAt) + "\nMSG #lab 1 alice " +
                                                      std::string(kAt) + " {7}\none\ntwo\n");
  alice.sends_bytes("SAY #lab {2}\n\xc3\x28\n");
  EXPECT_TRUE(alice.reads().starts_with("ERR 415 NOT_UTF8 verb=SAY"));
  alice.sends_bytes("SAY #lab {0}\n\n");
  EXPECT_TRUE(alice.reads().starts_with("ERR 400 SYNTAX verb=SAY"));
}

TEST(Messages, ADirectMessageGoesToAllConnectionsOfBothPeopleAndToNobodyElse) {
  ServerConfig config = Lab::quick();
  config.accounts["bob"] = "secret";
  Lab lab(config);
  Person& alice = lab.guest("alice");
  Person& eve = lab.guest("eve");
  Person& pc = lab.login("LOGIN bob device=pc :secret");
  Person& tablet = lab.login("LOGIN bob device=tablet :secret");
  const std::string message = "MSG @alice,bob 1 alice " + std::string(kAt) + " :psst\n";
  EXPECT_EQ(alice.asks("SAY @bob id=1 :psst"),
            "OK id=1 room=@alice,bob seq=1 at=" + std::string(kAt) + "\n" + message);
  EXPECT_EQ(pc.reads(), message);
  EXPECT_EQ(tablet.reads(), message);
  EXPECT_EQ(eve.reads(), "");
  EXPECT_EQ(value_of(tablet.asks("SAY @alice :yes?"), "seq"), "2");
  EXPECT_TRUE(eve.asks("SAY @alice,bob :me too").starts_with("ERR 403 DENIED verb=SAY"));
  EXPECT_EQ(value_of(alice.asks("SAY @Alice,Bob :by its name"), "seq"), "3");
}

TEST(Messages, OneCanTalkToOneself) {
  Lab lab;
  Person& alice = lab.guest("alice");
  EXPECT_EQ(alice.asks("SAY @alice :note"), "OK room=@alice,alice seq=1 at=" + std::string(kAt) +
                                                "\nMSG @alice,alice 1 alice " + std::string(kAt) +
                                                " :note\n");
}

TEST(Messages, ATargetMustBeRegisteredOrOnline) {
  ServerConfig config = Lab::quick();
  config.accounts["bob"] = "secret";
  Lab lab(config);
  Person& alice = lab.guest("alice");
  EXPECT_TRUE(alice.asks("SAY @nobody :x").starts_with("ERR 404 NO_SUCH verb=SAY"));
  EXPECT_TRUE(alice.asks("SAY @bob :are you there?").starts_with("OK room=@alice,bob seq=1"));
  Person& bob = lab.login("LOGIN bob :secret");
  EXPECT_NE(bob.asks("HISTORY @alice").find("MSG @alice,bob 1 alice"), std::string::npos);
  EXPECT_TRUE(alice.asks("SAY #moon :x").starts_with("ERR 404 NO_SUCH verb=SAY"));
}

TEST(Messages, AResendIsAnsweredAgainAndNotSentOutAgain) {
  Lab lab;
  Person& alice = lab.guest("alice", {"#lab"});
  Person& bob = lab.guest("bob", {"#lab"});
  alice.asks("SAY #lab id=7 :once");
  bob.reads();
  lab.passes(Milliseconds(1000));
  EXPECT_EQ(alice.asks("SAY #lab id=7 :once"), "OK id=7 seq=1 at=" + std::string(kAt) + " dup=1\n");
  EXPECT_EQ(bob.reads(), "");
  EXPECT_TRUE(alice.asks("SAY #lab id=7 :twice").starts_with("ERR 409 ID_REUSED id=7 verb=SAY"));
  alice.asks("JOIN #den");
  EXPECT_TRUE(alice.asks("SAY #den id=7 :once").starts_with("ERR 409 ID_REUSED"));
  EXPECT_TRUE(bob.asks("SAY #lab id=7 :once").starts_with("OK id=7 seq=2 at="));  // ids are each device's own
  EXPECT_TRUE(lab.events.has("resent #lab 1 7"));
  EXPECT_EQ(lab.events.count("routed"), 2U);
}

TEST(Messages, AResendSurvivesTheLossOfTheConnection) {
  Lab lab;
  Person& alice = lab.guest("alice", {"#lab"});
  alice.sends("SAY #lab id=9 :did it arrive?");
  alice.drops();  // before the OK was read
  Person& back = lab.login("LOGIN alice device=d-alice token=" + alice.token);
  EXPECT_TRUE(back.asks("SYNC #lab after=0").find("MSG #lab 1 alice") != std::string::npos);
  EXPECT_EQ(back.asks("SAY #lab id=9 :did it arrive?"), "OK id=9 seq=1 at=" + std::string(kAt) + " dup=1\n");
  EXPECT_EQ(back.asks("SAY @alice id=9 :did it arrive?").substr(0, 17), "ERR 409 ID_REUSED");
}

TEST(Messages, AResendOfADirectMessageIsKnownWhicheverWayItsTargetIsWritten) {
  Lab lab;
  Person& alice = lab.guest("alice");
  lab.guest("bob");
  alice.asks("SAY @bob id=1 :hi");
  EXPECT_TRUE(alice.asks("SAY @alice,bob id=1 :hi").find(" dup=1\n") != std::string::npos);
  alice.asks("JOIN #lab");
  alice.asks("SAY #lab id=2 :hi");
  EXPECT_TRUE(alice.asks("SAY #LAB id=2 :hi").find(" dup=1\n") != std::string::npos);
}

TEST(Messages, AThousandIdsAreRemembered) {
  ServerConfig config = Lab::quick();
  config.messages_per_second = std::nullopt;
  config.chat_bytes_per_second = std::nullopt;
  Lab lab(config);
  Person& alice = lab.guest("alice", {"#lab"});
  for (int n = 0; n < 1001; ++n) alice.asks("SAY #lab id=n" + std::to_string(n) + " :x");
  EXPECT_EQ(value_of(alice.asks("SAY #lab id=n1 :x"), "dup"), "1");
  EXPECT_EQ(value_of(alice.asks("SAY #lab id=n0 :x"), "seq"), "1002");  // the oldest is forgotten
}

TEST(Messages, APongComesAfterEveryChatFrameBeforeIt) {
  Lab lab;
  Person& alice = lab.guest("alice", {"#lab"});
  Person& bob = lab.guest("bob", {"#lab"});
  alice.asks("SAY @bob :direct");
  bob.reads();
  // One turn of the server: alice speaks to the room and to bob, bob pings.
  lab.core->received(alice.id, "SAY #lab :one\nSAY @bob :two\n", lab.now);
  lab.core->received(bob.id, "PING :t\nROOMS\n", lab.now);
  lab.core->received(alice.id, "SAY #lab :three\n", lab.now);
  lab.core->end_turn(lab.now);
  const std::string heard = bob.reads();
  EXPECT_LT(heard.find(":one"), heard.find("PONG :t")) << heard;
  EXPECT_LT(heard.find(":two"), heard.find("PONG :t")) << heard;
  EXPECT_GT(heard.find("OK count=1"), heard.find("PONG :t"))
      << "replies keep the order of the commands: " << heard;
  EXPECT_NE(heard.find(":three"), heard.npos);
}

TEST(Messages, RepliesOvertakeChatWhenNoBarrierWaits) {
  Lab lab;
  Person& alice = lab.guest("alice", {"#lab"});
  Person& bob = lab.guest("bob", {"#lab"});
  alice.sends("SAY #lab :chat");
  EXPECT_EQ(bob.asks("TOPIC #lab").substr(0, 13), "OK room=#lab\n");
}

TEST(Messages, AllFramesOfOneTurnReachAMemberInOnePiece) {
  Lab lab;
  Person& alice = lab.guest("alice", {"#lab"});
  Person& bob = lab.guest("bob", {"#lab"});
  alice.reads();
  alice.sends_bytes("SAY #lab :1\nSAY #lab :2\nSAY #lab :3\n");
  std::array<iovec, 8> pieces{};
  EXPECT_EQ(lab.core->gather(bob.id, pieces, true, lab.now), 1U);
  EXPECT_EQ(count_of(bob.reads(), "MSG #lab"), 3U);
}

TEST(Messages, AFastSenderIsPausedAndLosesNothing) {
  Lab lab;
  Person& alice = lab.guest("alice", {"#lab"});
  std::string bytes;
  for (int n = 0; n < 100; ++n) bytes += "SAY #lab :x\n";
  alice.sends_bytes(bytes);
  EXPECT_EQ(count_of(alice.reads(), "MSG #lab"), 61U);  // the burst, and one on credit
  EXPECT_FALSE(lab.core->wants_input(alice.id));
  lab.passes(Milliseconds(1000));
  const std::size_t more = count_of(alice.reads(), "MSG #lab");
  EXPECT_GE(more, 19U);
  EXPECT_LE(more, 21U);
  lab.passes(Milliseconds(1000));
  EXPECT_EQ(count_of(alice.reads(), "ERR"), 0U);
  lab.passes(Milliseconds(200));
  EXPECT_TRUE(lab.core->wants_input(alice.id));
  EXPECT_EQ(value_of(alice.asks("SAY #lab :y"), "seq"), "101");
}

TEST(Messages, ChatBytesAreLimitedTheSameWay) {
  Lab lab;
  Person& alice = lab.guest("alice", {"#lab"});
  const std::string big = "SAY #lab {60000}\n" + std::string(60000, 'x') + "\n";
  alice.sends_bytes(big + big);
  EXPECT_EQ(count_of(alice.reads(), "OK seq="), 2U);
  EXPECT_FALSE(lab.core->wants_input(alice.id));
  lab.passes(Milliseconds(900));
  EXPECT_TRUE(lab.core->wants_input(alice.id));
}

TEST(Messages, AWaitThatWouldBeTooLongIsRefusedWithItsLength) {
  ServerConfig config = Lab::quick();
  config.messages_per_second = 0.1;
  config.message_burst = 1;
  Lab lab(config);
  Person& alice = lab.guest("alice", {"#lab"});
  EXPECT_TRUE(alice.asks("SAY #lab :x").starts_with("OK seq=1"));
  EXPECT_TRUE(alice.asks("SAY #lab id=2 :x").starts_with("ERR 429 RATE id=2 verb=SAY retry=10000 :"));
  EXPECT_TRUE(lab.core->wants_input(alice.id));
  lab.passes(Milliseconds(10'000));
  EXPECT_TRUE(alice.asks("SAY #lab id=2 :x").starts_with("OK id=2 seq=2"));
}

TEST(Messages, RoutesAreNotCollectedWhenNobodyWantsThem) {
  Lab lab;
  lab.events.wants_routes_ = false;
  Person& alice = lab.guest("alice", {"#lab"});
  alice.asks("SAY #lab :x");
  EXPECT_EQ(lab.events.count("routed"), 0U);
}

}  // namespace
}  // namespace plaintalk::messenger::test
