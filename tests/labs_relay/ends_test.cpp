// How a relay begins and ends: wrong words, no target, too many, peers that go away, standard input.
#include <csignal>
#include <string>
#include <vector>

#include <gtest/gtest.h>

#include "tests/labs_relay/relay_process.hpp"
#include "tests/labs_relay/socket_peer.hpp"

namespace plaintalk::relay::test {
namespace {

using plaintalk::test::ChildProcess;

struct Ended {
  int status = -1;
  std::string output;
  std::string errors;
};

Ended run(std::vector<std::string> words, const std::string& input = {}) {
  words.insert(words.begin(), PLAINTALK_RELAY);
  ChildProcess process(std::move(words));
  process.write(input);
  process.close_input();
  const int status = process.wait();
  return {status, process.output(), process.errors()};
}

std::string refused_address() {
  const Listener gone;  // its port is free again, and nobody is there
  return gone.address();
}

TEST(RelayProgram, ExplainsAWrongCommandLine) {
  const std::vector<std::vector<std::string>> wrong{
      {"--to", "127.0.0.1:1", "--up", "dealy=3ms"},
      {"--to", "127.0.0.1:99999"},
      {"--to", "127.0.0.1:1", "--seed", "x"},
      {"--to", "127.0.0.1:1", "--connections", "0"},
      {"--to", "127.0.0.1:1", "--both", "octets", "--up", "octets"}};
  for (const auto& words : wrong) {
    const Ended ended = run(words);
    EXPECT_EQ(ended.status, 2) << words.back();
    EXPECT_FALSE(ended.errors.empty());
  }
  EXPECT_NE(run(wrong[0]).errors.find("--up: 'dealy=3ms': no such word; there are delay"), std::string::npos);
  ::unsetenv("PLAINTALK_SERVER");
  EXPECT_NE(run({}).errors.find("where to? Name the target with --to HOST:PORT"), std::string::npos);
}

TEST(RelayProgram, SaysWhenItCannotListen) {
  const Listener taken;
  const Ended ended = run({"--listen", taken.address(), "--to", "127.0.0.1:1"});
  EXPECT_EQ(ended.status, 1);
  EXPECT_NE(ended.errors.find("cannot listen on " + taken.address() + ": Address already in use"),
            std::string::npos)
      << ended.errors;
}

TEST(RelayProgram, SaysWhenThereIsNoTarget) {
  const std::string nobody = refused_address();
  const Ended alone = run({"--listen", "-", "--to", nobody});
  EXPECT_EQ(alone.status, 3);
  EXPECT_EQ(alone.errors, "plaintalk-relay: 1 cannot reach the target " + nobody + ": Connection refused\n");

  RelayProcess relay(nobody, {});
  for (int i = 1; i <= 2; ++i) {  // it stays for those who come when there is one
    const SocketPeer client = SocketPeer::connect_to(relay.port());
    bool was_reset = false;
    client.read_to_end(&was_reset);
    EXPECT_TRUE(was_reset);
    relay.expect_line(std::to_string(i) + " cannot reach the target " + nobody + ": Connection refused");
  }
  EXPECT_EQ(relay.stop(), 0);
}

TEST(RelayProgram, RefusesMoreThanItsConnections) {
  const Listener listener;
  RelayProcess relay(listener.address(), {"--connections", "2"});
  const SocketPeer first = SocketPeer::connect_to(relay.port());
  const SocketPeer first_target = listener.accept();
  const SocketPeer second = SocketPeer::connect_to(relay.port());
  const SocketPeer second_target = listener.accept();
  for (int i = 0; i < 50; ++i) {
    const SocketPeer third = SocketPeer::connect_to(relay.port());
    bool was_reset = false;
    EXPECT_EQ(third.read_to_end(&was_reset), "");
    EXPECT_TRUE(was_reset);
  }
  relay.expect_line(": 2 connections are open already");
  first.write("still here");
  EXPECT_EQ(first_target.read(10), "still here");
  first.finish();
  first_target.finish();
  relay.expect_line("1 ended");
  const SocketPeer third = SocketPeer::connect_to(relay.port());
  const SocketPeer third_target = listener.accept();
  third.write("now");
  EXPECT_EQ(third_target.read(3), "now");
  EXPECT_EQ(relay.stop(), 0);
}

// Goal: a peer that goes away is noticed also while nobody reads from it, and the other side is told.
TEST(RelayProgram, NoticesAPeerThatIsGone) {
  const Listener listener;
  RelayProcess relay(listener.address(), {"--up", "sleep=3:3600s", "--down", "stall=2:3600s"});
  SocketPeer client = SocketPeer::connect_to(relay.port());
  const SocketPeer target = listener.accept();
  client.write("123456");
  EXPECT_EQ(target.read(3), "123");
  relay.expect_line("reader asleep after 3 bytes");
  client.reset();
  relay.expect_line("the client has reset its connection");
  relay.expect_line("1 ended: 3 bytes up");
  bool was_reset = false;
  target.read_to_end(&was_reset);
  EXPECT_TRUE(was_reset);

  const SocketPeer next = SocketPeer::connect_to(relay.port());
  SocketPeer next_target = listener.accept();
  next_target.write("12345");
  EXPECT_EQ(next.read(2), "12");
  relay.expect_line("2 down: stalled after 2 bytes");
  next_target.reset();
  relay.expect_line("2 ended");
  next.read_to_end(&was_reset);
  EXPECT_TRUE(was_reset);
  EXPECT_EQ(relay.stop(), 0);
}

TEST(RelayProgram, EndsWithTheFirstConnectionWhenAskedTo) {
  const Listener listener;
  RelayProcess relay(listener.address(), {"--once"});
  const SocketPeer client = SocketPeer::connect_to(relay.port());
  const SocketPeer target = listener.accept();
  client.finish();
  target.finish();
  EXPECT_EQ(relay.wait(), 0);
}

TEST(RelayProgram, EndsInGoodOrderByCtrlC) {
  const Listener listener;
  RelayProcess relay(listener.address(), {});
  const SocketPeer client = SocketPeer::connect_to(relay.port());
  const SocketPeer target = listener.accept();
  client.write("x");
  EXPECT_EQ(target.read(1), "x");
  relay.signal(SIGINT);
  EXPECT_EQ(relay.wait(), 0);
  relay.expect_line("1 cut: stopped");
  bool was_reset = false;
  client.read_to_end(&was_reset);
  EXPECT_TRUE(was_reset);
}

TEST(RelayProgram, CarriesStandardInputAndOutput) {
  const Listener listener;
  ChildProcess relay(
      {PLAINTALK_RELAY, "--listen", "-", "--to", listener.address(), "--up", "coalesce=9:3600s"});
  const SocketPeer target = listener.accept();
  relay.write("hel");
  relay.write("lo\n");
  target.write("greeting\n");
  EXPECT_EQ(relay.read_line(), "greeting");
  relay.close_input();
  EXPECT_EQ(target.read_to_end(), "hello\n");
  target.write("bye\n");
  target.finish();
  EXPECT_EQ(relay.wait(), 0);
  EXPECT_EQ(relay.output(), "greeting\nbye\n") << "the log belongs on standard error";
  EXPECT_NE(relay.errors().find("1 ended: 6 bytes up, 13 bytes down"), std::string::npos) << relay.errors();
}

TEST(RelayProgram, EndsWhenTheTargetDoesThoughSomebodyStillTypes) {
  const Listener listener;
  ChildProcess relay({PLAINTALK_RELAY, "--listen", "-", "--to", listener.address()});
  const SocketPeer target = listener.accept();
  target.write("closing\n");
  target.finish();
  EXPECT_EQ(relay.read_line(), "closing");
  EXPECT_EQ(relay.wait(), 0);
}

}  // namespace
}  // namespace plaintalk::relay::test
