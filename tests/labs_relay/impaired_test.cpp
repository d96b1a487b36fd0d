// Each impairment as the two sides see it, and as the log tells it. Nothing here looks at a clock.
#include <string>

#include <gtest/gtest.h>

#include "tests/labs_relay/relay_process.hpp"
#include "tests/labs_relay/socket_peer.hpp"

namespace plaintalk::relay::test {
namespace {

std::string pattern(std::size_t size) {
  std::string text(size, '\0');
  for (std::size_t i = 0; i < size; ++i) text[i] = static_cast<char>(i * 131 >> 3);
  return text;
}

struct Rig {
  explicit Rig(const std::vector<std::string>& arguments)
      : relay(listener.address(), arguments),
        client(SocketPeer::connect_to(relay.port())),
        target(listener.accept()) {}
  Listener listener;
  RelayProcess relay;
  SocketPeer client;
  SocketPeer target;
};

TEST(Relay, PassesEverythingOnWithoutImpairments) {
  Rig rig({});
  const std::string up = pattern(300'000);
  const std::string down = pattern(70'000);
  rig.client.write(up.substr(0, 1000));
  EXPECT_TRUE(rig.target.read(1000) == up.substr(0, 1000));
  rig.target.write(down);
  EXPECT_TRUE(rig.client.read(down.size()) == down);
  rig.client.write(up.substr(1000));
  EXPECT_TRUE(rig.target.read(up.size() - 1000) == up.substr(1000));
  rig.client.finish();
  EXPECT_EQ(rig.target.read_to_end(), "");
  rig.target.write("after the client has finished");
  rig.target.finish();
  EXPECT_EQ(rig.client.read_to_end(), "after the client has finished");
  rig.relay.expect_line("1 ended: 300000 bytes up, 70029 bytes down");
  EXPECT_EQ(rig.relay.stop(), 0);
}

TEST(Relay, WritesOctetByOctet) {
  Rig rig({"--up", "octets"});
  const std::string text = pattern(400);
  rig.client.write(text);
  EXPECT_TRUE(rig.target.read(text.size()) == text);
  rig.target.write(text);
  EXPECT_TRUE(rig.client.read(text.size()) == text);
  rig.relay.expect_line("1 up: one octet a write");
  if (rig.target.data_segments_received() < 0) GTEST_SKIP() << "the kernel does not count data segments";
  EXPECT_EQ(rig.target.data_segments_received(), 400);
  EXPECT_LT(rig.client.data_segments_received(), 40) << "the other direction is impaired, too";
}

TEST(Relay, CoalescesManyWritesIntoOneSegment) {
  Rig rig({"--up", "coalesce=400:3600s"});
  const std::string text = pattern(410);
  for (std::size_t at = 0; at < 410; at += 10) rig.client.write(text.substr(at, 10));
  EXPECT_TRUE(rig.target.read(400) == text.substr(0, 400));
  if (rig.target.data_segments_received() >= 0) {
    EXPECT_EQ(rig.target.data_segments_received(), 1);
  }
  rig.client.finish();  // what is left waits for nobody
  EXPECT_TRUE(rig.target.read_to_end() == text.substr(400));
}

TEST(Relay, DelaysAndPacesWithoutChangingAByte) {
  Rig rig({"--seed", "9", "--both", "delay=1ms-20ms,jitter=9ms,rate=4Mbit", "--buffer", "3000"});
  const std::string text = pattern(20'000);
  rig.client.write(text);
  EXPECT_TRUE(rig.target.read(text.size()) == text);
  rig.target.write(text);
  rig.target.finish();
  EXPECT_TRUE(rig.client.read_to_end() == text);
  rig.client.finish();
  rig.relay.expect_line("1 up: delay ");
  rig.relay.expect_line("1 ended: ");
  EXPECT_EQ(rig.relay.output().find("1 down: delay ") == std::string::npos, false);
}

TEST(Relay, StallsAfterTheNamedByte) {
  Rig rig({"--up", "stall=4:3600s"});
  rig.client.write("0123456789");
  EXPECT_EQ(rig.target.read(4), "0123");
  rig.relay.expect_line("1 up: stalled after 4 bytes, for 3600000 ms");
  rig.target.write("the other way is open");
  EXPECT_EQ(rig.client.read(21), "the other way is open");
  EXPECT_EQ(rig.relay.stop(), 0);
  EXPECT_EQ(rig.target.read_to_end(), "") << "nothing came through while it was stalled";
}

TEST(Relay, GoesOnAfterAStall) {
  Rig rig({"--up", "stall=4:1ms"});
  rig.client.write("0123456789");
  EXPECT_EQ(rig.target.read(10), "0123456789");
}

// Goal: the relay holds the sender back instead of keeping what it sends.
TEST(Relay, SleepsAndLetsTheSenderWait) {
  Rig rig({"--up", "sleep=1000:3600s", "--socket-buffer", "4096"});
  EXPECT_LT(rig.client.write_until_full(), 256U << 20);
  EXPECT_EQ(rig.target.read(1000), std::string(1000, 'x'));
  rig.relay.expect_line("1 up: reader asleep after 1000 bytes, for 3600000 ms");
  rig.target.write("the other way is open");
  EXPECT_EQ(rig.client.read(21), "the other way is open");
  rig.relay.signal(SIGTERM);
  rig.relay.expect_line("1 ended: 1000 bytes up, 21 bytes down; held at most 1000 and 21");
  EXPECT_EQ(rig.relay.wait(), 0);
}

TEST(Relay, HoldsNoMoreThanItsBuffer) {
  Rig rig({"--up", "stall=10:3600s", "--buffer", "5000"});
  EXPECT_LT(rig.client.write_until_full(), 256U << 20);
  EXPECT_EQ(rig.target.read(10), std::string(10, 'x'));
  rig.relay.signal(SIGTERM);
  rig.relay.expect_line("held at most 5000 and 0");
}

TEST(Relay, NapsAndWakesAgain) {
  Rig rig({"--up", "naps=1000:1ms"});
  const std::string text = pattern(3500);
  rig.client.write(text);
  rig.client.finish();
  EXPECT_TRUE(rig.target.read_to_end() == text);
  rig.relay.expect_line("reader asleep after 1000 bytes");
  rig.relay.expect_line("reader awake");
  rig.relay.expect_line("reader asleep after 2000 bytes");
  rig.relay.expect_line("reader asleep after 3000 bytes");
}

TEST(Relay, ClosesHalf) {
  Rig rig({"--up", "half-close=10"});
  rig.client.write("0123456789abcdef");
  EXPECT_EQ(rig.target.read_to_end(), "0123456789");
  rig.client.write("thrown away");
  rig.target.write("the other way is open");
  rig.target.finish();
  EXPECT_EQ(rig.client.read_to_end(), "the other way is open");
  rig.client.finish();
  rig.relay.expect_line("1 up: half-closed after 10 bytes; what still comes is thrown away");
  rig.relay.expect_line("1 ended: 10 bytes up, 21 bytes down");
}

TEST(Relay, ResetsBothSides) {
  Rig rig({"--down", "reset=10"});
  rig.target.write("0123456789abcdef");
  bool was_reset = false;
  EXPECT_LE(rig.client.read_to_end(&was_reset).size(), 10U);
  EXPECT_TRUE(was_reset);
  rig.target.read_to_end(&was_reset);
  EXPECT_TRUE(was_reset);
  rig.relay.expect_line("1 down: reset after 10 bytes");
  rig.relay.expect_line("1 ended: 0 bytes up, 10 bytes down");
}

// Goal: a bug that a seed has shown can be shown again.
TEST(Relay, SaysTheSameForTheSameSeed) {
  const auto told = [](const std::string& seed) {
    Rig rig({"--seed", seed, "--both", "delay=1ms-9ms,stall=1-90:0ms-3ms,reset=200-900"});
    rig.client.write(pattern(1000));
    rig.target.write(pattern(1000));
    rig.client.read_to_end();
    rig.relay.expect_line("1 ended");
    const std::string& log = rig.relay.output();
    const std::size_t up = log.find("1 up: ");
    const std::size_t down = log.find("1 down: ");
    return log.substr(up, log.find('\n', up) - up) + log.substr(down, log.find('\n', down) - down);
  };
  const std::string once = told("17");
  EXPECT_EQ(told("17"), once);
  EXPECT_NE(told("18"), once);
}

}  // namespace
}  // namespace plaintalk::relay::test
