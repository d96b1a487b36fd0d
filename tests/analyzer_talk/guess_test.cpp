#include <gtest/gtest.h>

#include "analyzer/talk/protocol_guess.hpp"
#include "tests/analyzer_talk/play.hpp"

namespace plaintalk::analyzer {
namespace {

std::string guess(FirstBytes first) { return std::string(guess_protocol(first).value_or("more")); }

TEST(ProtocolGuess, KnowsTheGreetingOnAnyPort) {
  EXPECT_EQ(guess({.server = "PLAINTALK/1 lab"}), "plaintalk");
  EXPECT_EQ(guess({.server = "PLAINTA"}), "more");
  EXPECT_EQ(guess({.client = "GET / HTTP/1.1\r\n", .server = "PLAINTALK/1 lab", .on_server_port = true}),
            "plaintalk");
}

TEST(ProtocolGuess, KnowsAFirstCommandOnTheMessengersPortOnly) {
  EXPECT_EQ(guess({.client = "LOGIN alice\n", .on_server_port = true}), "plaintalk");
  EXPECT_EQ(guess({.client = "LOGIN alice\n", .server = "220 mail ready\r\n"}), "other");
}

TEST(ProtocolGuess, NamesOtherProtocolsByTheirFirstBytes) {
  EXPECT_EQ(guess({.client = std::string_view("\x16\x03\x01\x02\x00\x01", 6)}), "tls");
  EXPECT_EQ(guess({.client = "GET /index.html HTTP/1.1\r\n"}), "http");
  EXPECT_EQ(guess({.server = "SSH-2.0-OpenSSH_9.2\r\n"}), "ssh");
  EXPECT_EQ(guess({.server = "220 mail.example ESMTP\r\n"}), "other");
  EXPECT_EQ(guess({.client = "xyz", .at_end = true}), "other");
}

TEST(ProtocolGuess, FindsTheMessengerInTheMiddleOfAConnection) {
  EXPECT_EQ(guess({.server = "f a text\nMSG #lab 4 bob 1 :hi\n",
                   .client_start_lost = true,
                   .server_start_lost = true,
                   .on_server_port = true}),
            "plaintalk");
  EXPECT_EQ(guess({.server = "MSG #lab 4 bob 1 :hi\n", .server_start_lost = true, .on_server_port = true}),
            "plaintalk");
}

TEST(ProtocolGuess, DecidesAtTheLatestWhenEnoughBytesCame) {
  const std::string noise(kGuessSizeMax, 'x');
  EXPECT_NE(guess({.client = noise, .on_server_port = true}), "more");
  EXPECT_NE(guess({.server = noise, .server_start_lost = true, .on_server_port = true}), "more");
}

TEST(Connections, SayWhichProtocolTheySpeak) {
  Play play;
  play.open(1);
  play.open_silently(2, false, 443);
  play.client_bytes(2, std::string_view("\x16\x03\x01\x02\x00\x01\x00", 7));
  play.open_silently(3);
  play.client_bytes(3, "GET / HTTP/1.1\r\nHost: x\r\n\r\n");
  play.open_silently(4);
  const Collected& found = play.finish();
  ASSERT_EQ(found.connections.size(), 4u);
  EXPECT_EQ(found.connections[0].protocol, "plaintalk");
  EXPECT_EQ(found.connections[1].protocol, "tls");
  EXPECT_EQ(found.connections[2].protocol, "http");
  EXPECT_EQ(found.connections[3].protocol, "");
  EXPECT_EQ(found.count("not-plaintalk"), 1u);
}

TEST(Connections, ComeInTheOrderOfTheirNumbersWhateverEndsFirst) {
  Play play;
  for (const std::uint64_t number : {1u, 2u, 3u}) play.open(number);
  for (const std::uint64_t number : {3u, 1u, 2u}) play.close(number);
  const Collected& found = play.finish();
  ASSERT_EQ(found.connections.size(), 3u);
  for (std::uint64_t number = 1; number <= 3; ++number)
    EXPECT_EQ(static_cast<std::uint64_t>(found.connections[number - 1].connection.id), number);
}

TEST(Pdus, NameTheirPacketsHoweverTheStreamIsCut) {
  Play play;
  play.open(1);
  const std::uint64_t first = play.client_bytes(1, "LOGIN ali");
  play.client_bytes(1, "ce :tul");
  const std::uint64_t last = play.client_bytes(1, "ip9\nPING :x\n");
  const Collected& found = play.finish();
  ASSERT_EQ(found.pdus.size(), 3u);
  const PduResult& login = found.pdus[1].row;
  EXPECT_EQ(found.pdus[1].verb, "LOGIN");
  EXPECT_EQ(login.first.packet, first);
  EXPECT_EQ(login.last.packet, last);
  EXPECT_EQ(login.packets, 3u);
  EXPECT_EQ(login.length, 20u);
  EXPECT_EQ(found.pdus[2].row.first.packet, last);
  EXPECT_EQ(found.pdus[2].row.stream_offset, 20u);
}

TEST(Pdus, SayWhatIsWrongWithBytesThatAreNoFrame) {
  Play play;
  play.open(1);
  play.client_bytes(1, "\x01 what\nPING\n");
  play.server(1, "ERR 400 SYNTAX :not a verb");
  play.server(1, "PONG");
  const Collected& found = play.finish();
  ASSERT_EQ(found.pdus.size(), 5u);
  EXPECT_EQ(found.pdus[1].status, "bad_verb");
  EXPECT_EQ(found.pdus[2].verb, "PING");
  EXPECT_EQ(found.count("undecodable"), 1u);
  EXPECT_EQ(found.count("unmatched-reply"), 0u);
}

}  // namespace
}  // namespace plaintalk::analyzer
