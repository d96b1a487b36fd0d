#include <gtest/gtest.h>

#include "messenger/core/help.hpp"
#include "tests/messenger/core/lab.hpp"

namespace plaintalk::messenger::test {
namespace {

TEST(Session, TheServerSpeaksFirstAndNamesItsLimitsAndItsRun) {
  Lab lab;
  const std::string greeting = Person(lab, 1).reads();
  const std::string run = value_of(greeting, "run");
  EXPECT_EQ(run.size(), 32U);
  EXPECT_EQ(greeting,
            "PLAINTALK/1 lab caps=history,files line=4096 body=65536 chunk=16384 file=67108864 ping=30 run=" +
                run + " :type HELP\n");
  EXPECT_EQ(Person(lab, 2).reads(), greeting) << "one run has one name";
}

// Goal: no run has the name of another.
TEST(Session, EachRunOfAServerHasAnotherName) {
  Lab lab;
  const std::string first = value_of(Person(lab, 1).reads(), "run");
  lab.core = std::make_unique<ServerCore>(
      lab.config, Services{lab.spool, lab.passwords, lab.random, lab.events}, lab.now);
  EXPECT_NE(value_of(Person(lab, 1).reads(), "run"), first);
}

TEST(Session, AnUnlimitedPingIntervalIsSpelledOut) {
  ServerConfig config = Lab::quick();
  config.ping_interval = std::nullopt;
  Lab lab(config);
  Person person(lab, 1);
  EXPECT_EQ(value_of(person.reads(), "ping"), "unlimited");
}

TEST(Session, HelpListsEveryCommandAndThenCountsThem) {
  Lab lab;
  const std::string text = lab.connect().asks("HELP");
  EXPECT_EQ(count_of(text, "NOTE HELP :"), core::help_entries().size());
  EXPECT_TRUE(text.ends_with("OK count=" + std::to_string(core::help_entries().size()) + "\n"));
  EXPECT_NE(text.find("NOTE HELP :SAY #room|@user"), text.npos);
}

TEST(Session, HelpWithAVerbExplainsThatVerbOnly) {
  Lab lab;
  Person& person = lab.connect();
  const std::string text = person.asks("help Join");
  EXPECT_EQ(count_of(text, "NOTE HELP :"), 1U);
  EXPECT_TRUE(text.starts_with("NOTE HELP :JOIN #room"));
  EXPECT_TRUE(person.asks("HELP nonsense id=7").starts_with("ERR 404 NO_SUCH id=7 verb=HELP :"));
}

TEST(Session, BeforeLoginOnlyAFewVerbsAreAnswered) {
  Lab lab;
  Person& person = lab.connect();
  EXPECT_TRUE(person.asks("JOIN #lab id=a").starts_with("ERR 401 LOGIN_FIRST id=a verb=JOIN :"));
  EXPECT_TRUE(person.asks("SAY #lab :x").starts_with("ERR 401 LOGIN_FIRST verb=SAY :"));
  EXPECT_EQ(person.asks("PING :here"), "PONG :here\n");
  EXPECT_EQ(person.asks("PONG"), "");
  EXPECT_TRUE(person.asks("DANCE").starts_with("ERR 501 UNKNOWN_VERB verb=DANCE :"));
  EXPECT_FALSE(person.is_cut_by_server());
}

TEST(Session, QuitIsAnsweredByByeAndTheConnectionIsClosed) {
  Lab lab;
  Person& person = lab.connect();
  EXPECT_EQ(person.asks("QUIT :see you"), "BYE :goodbye\n");
  EXPECT_TRUE(person.is_cut_by_server());
  EXPECT_FALSE(lab.core->wants_input(person.id));
  person.sends("PING");
  EXPECT_EQ(person.reads(), "");
  person.drops();
  EXPECT_TRUE(lab.events.has("closed 1 quit in=19"));
  EXPECT_EQ(lab.core->connection_count(), 0U);
}

TEST(Session, EachMalformedLineGetsItsErrorAndTheNextLineIsReadAgain) {
  Lab lab;
  Person& person = lab.guest("alice");
  const std::pair<std::string, std::string> cases[] = {
      {"=hello", "ERR 400 SYNTAX :"},
      {"SAY #lab%zz :x", "ERR 400 SYNTAX :"},
      {"PING" + std::string(66, ' ') + "a b c d e f g h i j k l m n o p q r s t u v w x y z 1 2 3 4 5 6 7 8",
       "ERR 400 SYNTAX :"},
      {"PING :a\rb", "ERR 400 SYNTAX :"},
      {"PING :\xff\xfe", "ERR 415 NOT_UTF8 :"},
      {"PING :" + std::string(5000, 'x'), "ERR 431 LINE_TOO_LONG max=4096 :"},
  };
  for (const auto& [line, answer] : cases) {
    SCOPED_TRACE(line.substr(0, 40));
    EXPECT_TRUE(person.asks(line).starts_with(answer));
    EXPECT_EQ(person.asks("PING"), "PONG\n");
  }
}

TEST(Session, AStreamThatCannotBeFollowedIsClosedAfterAFatalError) {
  const std::pair<std::string, std::string> cases[] = {
      {"SAY #lab {03}\nabc\n", "ERR 400 SYNTAX fatal=1 :"},
      {"SAY #lab {3}\nabcd\n", "ERR 400 SYNTAX fatal=1 :"},
      {"SAY #lab {9999999}\n", "ERR 413 TOO_LARGE max=65536 fatal=1 :"},
  };
  for (const auto& [bytes, answer] : cases) {
    SCOPED_TRACE(bytes);
    Lab lab;
    Person& person = lab.guest("alice");
    person.asks("JOIN #lab");
    person.sends_bytes(bytes);
    EXPECT_TRUE(person.reads().starts_with(answer));
    EXPECT_TRUE(person.is_cut_by_server());
    person.drops();
    EXPECT_TRUE(lab.events.has("alice protocol error"));
  }
}

TEST(Session, OtherProtocolsAreToldSoAndClosed) {
  for (const std::string bytes :
       {"GET / HTTP/1.1\r\nHost: x\r\n\r\n", "\x16\x03\x01", "\xef\xbb\xbfHELP\n"}) {
    Lab lab;
    Person& person = lab.connect();
    person.sends_bytes(bytes);
    EXPECT_TRUE(person.reads().starts_with("ERR 451 NOT_PLAINTALK fatal=1 :")) << bytes;
    EXPECT_TRUE(person.is_cut_by_server());
  }
}

TEST(Session, ABodyOverTheLimitIsSkippedAndNeverRead) {
  Lab lab;
  Person& person = lab.guest("alice", {"#lab"});
  std::string big = "SAY #lab {70000}\n" + std::string(70000, 'x') + "\nPING\n";
  person.sends_bytes(big);
  EXPECT_TRUE(person.reads().starts_with("ERR 413 TOO_LARGE max=65536 :"));
  EXPECT_EQ(lab.events.count("routed"), 0U);
  EXPECT_EQ(person.asks("PING :on"), "PONG :on\n");
}

// Goal: TCP may cut anywhere, and decoders are shared between idle connections. Neither may change what is
// understood. Method: two people type the same dialogue byte by byte, interleaved, and one types it at
// once.
TEST(Session, TheAnswersDoNotDependOnHowTheStreamIsCut) {
  const std::string dialogue =
      "LOGIN NAME\nJOIN #lab\n\nSAY #lab id=1 {5}\na\nb\nc\n\xef\xbb\xbfHELP\nPING :end\n";
  const auto with_name = [&](std::string_view name) {
    std::string text = dialogue;
    return text.replace(text.find("NAME"), 4, name);
  };
  Lab whole_lab;
  Person& whole = whole_lab.connect();
  whole.sends_bytes(with_name("ann"));
  const std::string expected = whole.reads();
  EXPECT_TRUE(expected.ends_with("PONG :end\n")) << expected;

  Lab lab;
  Person& bea = lab.connect();
  Person& ann = lab.connect();
  const std::string a = with_name("ann");
  const std::string b = with_name("bea");
  std::string heard;
  for (std::size_t index = 0; index < a.size(); ++index) {
    ann.sends_bytes(a.substr(index, 1));
    heard += ann.reads();
    if (index > 40) bea.sends_bytes(b.substr(index - 41, 1));
  }
  EXPECT_EQ(count_of(heard, "OK "), count_of(expected, "OK "));
  EXPECT_EQ(count_of(heard, "ERR 4"), count_of(expected, "ERR 4"));
  EXPECT_NE(heard.find(" {5}\na\nb\nc\n"), heard.npos);
  EXPECT_TRUE(heard.ends_with("PONG :end\n")) << heard;
}

TEST(Session, MissingArgumentsAreAnsweredWithTheRightForm) {
  Lab lab;
  Person& person = lab.guest("alice");
  for (const std::string verb : {"JOIN", "PART", "SAY", "HISTORY", "SYNC", "TOPIC", "PUT", "DATA", "DONE",
                                 "STAT", "GET", "CREDIT", "CANCEL"}) {
    const std::string answer = person.asks(verb);
    EXPECT_TRUE(answer.starts_with("ERR 400 SYNTAX verb=" + verb + " :write: " + verb + " ")) << answer;
  }
  EXPECT_TRUE(person.asks("JOIN lab").starts_with("ERR 400 SYNTAX verb=JOIN :write: JOIN #room"));
  EXPECT_TRUE(person.asks("PING id=" + std::string(65, 'x')).starts_with("ERR 400 SYNTAX verb=PING :id="));
  EXPECT_TRUE(person.asks("MSG #lab 1 alice 2 :forged").starts_with("ERR 400 SYNTAX verb=MSG :"));
}

TEST(Session, DrainingSaysByeToEverybodyAndTurnsNewcomersAway) {
  Lab lab;
  Person& alice = lab.guest("alice");
  Person& stranger = lab.connect();
  alice.asks("JOIN #lab");
  lab.core->drain(lab.now);
  EXPECT_TRUE(alice.reads().starts_with("BYE 503 DRAINING :"));
  EXPECT_TRUE(stranger.reads().starts_with("BYE 503 DRAINING :"));
  EXPECT_TRUE(alice.is_cut_by_server());
  Person late(lab, 1);
  EXPECT_TRUE(late.reads().starts_with("ERR 503 DRAINING retry="));
  EXPECT_TRUE(late.is_cut_by_server());
}

TEST(Session, ConnectionsOverTheLimitAreToldSoAndClosed) {
  ServerConfig config = Lab::quick();
  config.connection_count_max = 2;
  Lab lab(config);
  lab.connect();
  Person& second = lab.connect();
  Person third(lab, 1);
  EXPECT_TRUE(third.reads().starts_with("ERR 503 BUSY retry=2000 fatal=1 :"));
  EXPECT_TRUE(third.is_cut_by_server());
  third.drops();
  second.drops();
  Person fourth(lab, 1);
  EXPECT_TRUE(fourth.reads().starts_with("PLAINTALK/1"));
}

TEST(Session, TooManyFramesBeforeTheLoginEndTheConnection) {
  Lab lab;
  Person& person = lab.connect();
  for (int count = 0; count < 8; ++count) EXPECT_EQ(person.asks("PING"), "PONG\n");
  EXPECT_TRUE(person.asks("PING").starts_with("ERR 429 RATE fatal=1 :"));
  EXPECT_TRUE(person.is_cut_by_server());
}

TEST(Session, TooManyBytesBeforeTheLoginEndTheConnection) {
  Lab lab;
  Person& person = lab.connect();
  person.sends_bytes("PING {4000}\n" + std::string(4000, 'x') + "\n");
  EXPECT_TRUE(person.reads().starts_with("PONG"));
  person.sends_bytes("LOGIN al" + std::string(200, 'i'));
  EXPECT_TRUE(person.reads().starts_with("ERR 429 RATE max=4096 fatal=1 :"));
}

TEST(Session, WhatIsSentBehindALoginInOneGoIsNotHeldAgainstIt) {
  Lab lab;
  Person& person = lab.connect();
  std::string bytes = "LOGIN alice\nJOIN #lab\n";
  for (int count = 0; count < 20; ++count) bytes += "SAY #lab :" + std::string(300, 'x') + "\n";
  person.sends_bytes(bytes);
  const std::string heard = person.reads();
  EXPECT_EQ(count_of(heard, "MSG #lab "), 20U);
  EXPECT_EQ(count_of(heard, "ERR"), 0U);
}

TEST(Session, EveryErrorIsLogged) {
  Lab lab;
  Person& person = lab.guest("alice");
  person.asks("JOIN");
  person.asks("SAY #nowhere :x");
  person.asks("=");
  EXPECT_TRUE(lab.events.has("refused 400 SYNTAX JOIN"));
  EXPECT_TRUE(lab.events.has("refused 404 NO_SUCH SAY"));
  EXPECT_EQ(lab.events.count("refused"), 3U);
}

// Goal: what one peer sends fills no disk. Garbage is a line of the log each time only so often.
TEST(Session, LogsOnlySoManyRefusalsOfOneConnection) {
  Lab lab;
  Person& alice = lab.guest("alice");
  const std::size_t before = lab.events.count("refused");
  for (int i = 0; i < 200; ++i) {
    EXPECT_NE(alice.asks("GARBAGE").find("ERR 501"), std::string::npos);
    lab.passes(Milliseconds{1000});
  }
  EXPECT_EQ(lab.events.count("refused") - before, kLoggedRefusalsMax);
}

}  // namespace
}  // namespace plaintalk::messenger::test
