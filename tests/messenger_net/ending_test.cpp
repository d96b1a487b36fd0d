// The ways in which a connection, or the server, ends.
#include <fcntl.h>
#include <gtest/gtest.h>
#include <signal.h>
#include <sys/stat.h>
#include <unistd.h>

#include "tests/messenger_net/peer.hpp"
#include "tests/messenger_net/server_process.hpp"
#include "tests/messenger_net/temporary_folder.hpp"

namespace plaintalk::messenger::test {
namespace {

// printf '...' | nc -N HOST PORT: the end of the input comes before any answer.
TEST(Ending, AnswersEverythingToAPeerThatHasFinishedSending) {
  ServerProcess server;
  Peer peer(server.port());
  std::string commands = "REGISTER alice device=d :tulip9\nJOIN #lab\n";
  for (int i = 0; i < 70; ++i) commands += "SAY #lab :" + std::to_string(i) + "\n";
  peer.send(commands);  // more than the burst of 60: the last ones have to wait for their rate
  peer.finish_sending();
  const std::string answers = peer.read_to_end();
  EXPECT_FALSE(peer.was_reset());
  EXPECT_NE(answers.find("OK seq=70 "), std::string::npos) << answers.substr(answers.size() - 200);
  EXPECT_NE(answers.find("MSG #lab 70 alice "), std::string::npos);
  EXPECT_EQ(server.stop(), 0);
  EXPECT_NE(server.output().find("alice: peer closed; " + std::to_string(commands.size()) + " bytes in, " +
                                 std::to_string(peer.received_count()) + " bytes out"),
            std::string::npos)
      << server.output();
}

TEST(Ending, OutlivesAPeerThatResetsItsConnection) {
  ServerProcess server;
  Peer watcher(server.port());
  enter(watcher, "watcher", "#lab");
  {
    Peer peer(server.port());
    enter(peer, "alice", "#lab");
    peer.send("SAY #lab :last words\n");
    peer.read_until("last words\n");
    peer.reset();
  }
  EXPECT_TRUE(server.wait_for_output("alice: connection reset; ")) << server.output();
  watcher.send("SAY #lab :still here\n");
  watcher.read_until("MSG #lab 2 watcher ");
  EXPECT_EQ(server.stop(), 0);
}

// Goal: a peer that sends its last commands and goes away without reading must not lose them.
TEST(Ending, CarriesOutWhatWasSentBeforeAReset) {
  ServerProcess server;
  Peer watcher(server.port());
  enter(watcher, "watcher", "#lab");
  {
    Peer peer(server.port());
    peer.send("LOGIN alice\nJOIN #lab\nSAY #lab :bye all\n");
    watcher.read_until(":bye all\n");  // it has been read and routed
  }
  EXPECT_TRUE(server.wait_for_output("disconnected   #2"));
  EXPECT_EQ(server.stop(), 0);
}

TEST(Ending, SaysByeToEverybodyOnSigtermAndExitsWithZero) {
  ServerProcess server;
  Peer guest(server.port());
  guest.read_until("\n");
  Peer member(server.port());
  enter(member, "alice", "#lab");
  server.signal(SIGTERM);
  EXPECT_TRUE(guest.read_to_end().starts_with("BYE 503 DRAINING :"));
  EXPECT_TRUE(member.read_to_end().starts_with("BYE 503 DRAINING :"));
  EXPECT_FALSE(guest.was_reset() || member.was_reset());
  EXPECT_EQ(server.wait(), 0);
  EXPECT_NE(server.output().find("alice: shutdown; "), std::string::npos) << server.output();
}

// Goal: what a peer sends after its end is read away, so that no reset destroys our last words, but not for
// ever. Method: in the second that a peer has to close too, loopback carries far more than is allowed here.
TEST(Ending, CutsAPeerThatGoesOnSendingAfterItsEnd) {
  constexpr std::uint64_t kTakenBytesMax = 64 << 20;      // by the server
  constexpr std::uint64_t kSocketBuffersMax = 100 << 20;  // of both kernels
  ServerProcess server;
  Peer peer(server.port());
  enter(peer, "alice", "#lab");
  peer.send("QUIT\n");
  const std::string bytes(1 << 20, 'x');
  EXPECT_TRUE(peer.sends_until_cut(bytes, kTakenBytesMax + kSocketBuffersMax));
  EXPECT_EQ(server.stop(), 0);
  EXPECT_NE(server.output().find("alice: quit; "), std::string::npos) << server.output();
}

// What is under way to the server when it ends a session is no reason for a reset.
TEST(Ending, ReadsAwayWhatWasUnderWay) {
  ServerProcess server;
  Peer peer(server.port());
  enter(peer, "alice", "#lab");
  peer.send("QUIT\n" + std::string(4 << 20, 'x'));
  EXPECT_NE(peer.read_to_end().find("BYE "), std::string::npos);
  EXPECT_FALSE(peer.was_reset());
  EXPECT_EQ(server.stop(), 0);
}

TEST(Ending, StopsOnSigintToo) {
  ServerProcess server;
  server.signal(SIGINT);
  EXPECT_EQ(server.wait(), 0);
}

TEST(Ending, StopsInTimeAlthoughAPeerReadsNothing) {
  ServerProcess server({"--unlimited-rate"});
  Peer deaf(server.port(), 2048);
  enter(deaf, "deaf", "#lab");
  std::string flood;
  for (int i = 0; i < 3000; ++i) flood += "WHO\n";
  deaf.send_what_fits(flood);
  EXPECT_EQ(server.stop(), 0);
  EXPECT_NE(server.output().find("deaf: shutdown; "), std::string::npos) << server.output();
}

// Goal: whoever has sent one signal can always end the server with a second one.
// Method: its log is a pipe that nobody reads, so that it cannot end by itself while it still has lines to
// write.
TEST(Ending, DiesAtOnceOnASecondSignal) {
  const TemporaryFolder folder;
  const std::string pipe = folder / "log";
  ASSERT_EQ(::mkfifo(pipe.c_str(), 0600), 0);
  const int unread_end = ::open(pipe.c_str(), O_RDWR | O_CLOEXEC);
  ASSERT_GE(unread_end, 0);
  ServerProcess server({"--quiet", "--unlimited-rate", "--log", pipe});
  {
    Peer peer(server.port());
    enter(peer, "alice", "#lab");
    std::string said;
    for (int i = 0; i < 1000; ++i) said += "SAY #lab :x\n";  // a log line each: more than a pipe holds
    peer.send(said + "PING :end\n");
    peer.read_until("PONG :end\n");
  }
  server.signal(SIGTERM);
  server.signal(SIGTERM);
  int status = server.wait_a_moment();
  while (status == ChildProcess::kRunning) {  // two signals may become one when they come together
    server.signal(SIGTERM);
    status = server.wait_a_moment();
  }
  EXPECT_TRUE(status == 130 || status == 128 + SIGTERM) << status;
  ::close(unread_end);
}

}  // namespace
}  // namespace plaintalk::messenger::test
