// Sessions as they look on the wire, typed as into netcat.
#include <memory>
#include <sstream>
#include <string>
#include <vector>

#include <gtest/gtest.h>

#include "tests/messenger_net/peer.hpp"
#include "tests/messenger_net/server_process.hpp"

namespace plaintalk::messenger::test {
namespace {

constexpr std::string_view kGreeting =
    "PLAINTALK/1 lab caps=history,files line=4096 body=65536 chunk=16384 file=67108864 ping=30 run=X "
    ":type HELP\n";

TEST(Session, AnswersAPersonWhoTypesInNetcat) {
  ServerProcess server;
  Peer peer(server.port());
  EXPECT_EQ(masked(peer.read_until("\n")), kGreeting);
  peer.send("login alice device=nc\r\n");
  EXPECT_EQ(masked(peer.read_until("\n")), "OK user=alice device=nc token=X guest=1\n");
  peer.send("\nJOIN #lab\n");
  peer.read_until("JOINED #lab alice\n");
  peer.send("SAY #lab id=1 :I do, sending it\n");
  EXPECT_EQ(masked(peer.read_until("it\n")), "OK id=1 seq=1 at=T\nMSG #lab 1 alice T :I do, sending it\n");
  peer.send("SAY #lab {22}\nline one\nline two, 2nd\nPING :done\n");
  EXPECT_EQ(masked(peer.read_until("done\n")),
            "OK seq=2 at=T\nMSG #lab 2 alice T {22}\nline one\nline two, 2nd\nPONG :done\n");
  peer.send("QUIT\n");
  EXPECT_EQ(peer.read_to_end(), "BYE :goodbye\n");
  EXPECT_FALSE(peer.was_reset());
  EXPECT_EQ(server.stop(), 0);
}

std::string replies_then_chat(const std::string& bytes) {
  std::string replies;
  std::string chat;
  std::istringstream text(bytes);
  for (std::string line; std::getline(text, line);) {
    const bool is_chat =
        line.starts_with("MSG ") || line.starts_with("JOINED ") || line.starts_with("TOPIC ");
    (is_chat ? chat : replies) += line + '\n';
  }
  return replies + chat;
}

// Goal: how TCP cuts the stream must not matter.
// Method: the same commands in pieces of several sizes, each piece in a segment of its own (TCP_NODELAY, and
// the receiver is asked before the next one), compared with all of them at once. Replies may overtake what is
// said in a room (docs/PROTOCOL.md, section 6), so the order within each of the two is compared.
TEST(Session, GivesTheSameAnswersHoweverTheCommandsAreCut) {
  const std::string commands =
      "LOGIN alice device=d\nJOIN #lab\nSAY #lab :one\nSAY #lab {3}\ntwo\nTOPIC #lab :x\nNOSUCH\nQUIT\n";
  const auto answers_in_pieces_of = [&](std::size_t size) {
    ServerProcess server;
    Peer peer(server.port());
    for (std::size_t at = 0; at < commands.size(); at += size) {
      peer.send(commands.substr(at, size));
      peer.wait_until_delivered();
    }
    return replies_then_chat(masked(peer.read_to_end()));
  };
  const std::string whole = answers_in_pieces_of(commands.size());
  EXPECT_NE(whole.find("BYE :goodbye\n"), std::string::npos) << whole;
  EXPECT_EQ(answers_in_pieces_of(7), whole);
  EXPECT_EQ(answers_in_pieces_of(1), whole);
}

TEST(Session, ReadsAPasswordOnAWorkerThreadAndKeepsTheOrderOfTheAnswers) {
  ServerProcess server;
  Peer peer(server.port());
  peer.read_until("\n");
  peer.send("REGISTER alice device=d :tulip9\nPING :1\nJOIN #lab\nPING :2\n");
  EXPECT_EQ(
      masked(peer.read_until("PONG :2\n")),
      "OK user=alice device=d token=X\nPONG :1\nOK room=#lab members=1 last=0\nJOINED #lab alice\nPONG :2\n");
  Peer wrong(server.port());
  wrong.read_until("\n");
  wrong.send("LOGIN alice :tulip8\n");
  EXPECT_TRUE(wrong.read_until("\n").starts_with("ERR 402 BAD_LOGIN "));
  wrong.send("LOGIN alice device=e :tulip9\n");
  EXPECT_TRUE(wrong.read_until("\n").starts_with("OK user=alice device=e "));
  EXPECT_EQ(server.stop(), 0);
  EXPECT_EQ(server.output().find("tulip"), std::string::npos) << "a password is in the log";
}

TEST(Session, TurnsHttpAwayWithOneErrorThatArrivesThoughMoreWasSent) {
  ServerProcess server;
  Peer peer(server.port());
  peer.read_until("\n");
  peer.send("GET / HTTP/1.1\r\nHost: lab\r\n\r\n");
  peer.send(std::string(100'000, 'x'));
  const std::string answer = peer.read_to_end();
  EXPECT_TRUE(answer.starts_with("ERR 451 NOT_PLAINTALK")) << answer;
  EXPECT_NE(answer.find("fatal=1"), std::string::npos);
  EXPECT_FALSE(peer.was_reset());
}

TEST(Session, ServesManyClientsAndEveryMemberGetsTheSameBytes) {
  constexpr std::size_t kClients = 60;
  constexpr int kMessages = 50;
  ServerProcess server({"--unlimited-rate", "--quiet"});
  std::vector<std::unique_ptr<Peer>> peers;
  for (std::size_t i = 0; i < kClients; ++i) {
    peers.push_back(std::make_unique<Peer>(server.port()));
    enter(*peers.back(), "user" + std::to_string(i), "#lab");
  }
  for (const auto& peer : peers) {  // the others' arrivals
    peer->send("PING :all\n");
    peer->read_until("PONG :all\n");
  }
  for (int i = 0; i < kMessages; ++i) peers[0]->send("SAY #lab :message " + std::to_string(i) + "\n");
  const std::string last = ":message " + std::to_string(kMessages - 1) + "\n";
  const std::string first_copy = peers[1]->read_until(last);
  for (std::size_t i = 2; i < kClients; ++i) ASSERT_EQ(peers[i]->read_until(last), first_copy) << i;
  std::size_t at = 0;
  for (int i = 0; i < kMessages; ++i) {
    const std::string head = "MSG #lab " + std::to_string(i + 1) + " user0 ";
    ASSERT_EQ(first_copy.compare(at, head.size(), head), 0) << first_copy.substr(at, 80);
    at = first_copy.find('\n', at) + 1;
  }
  EXPECT_EQ(at, first_copy.size());
  EXPECT_EQ(server.stop(), 0);
}

}  // namespace
}  // namespace plaintalk::messenger::test
