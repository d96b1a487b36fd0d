// Peers that read slowly or not at all, through buffers that are as small as the kernel allows.
#include <csignal>
#include <memory>
#include <regex>
#include <set>
#include <string>
#include <vector>

#include <gtest/gtest.h>

#include "tests/messenger_net/peer.hpp"
#include "tests/messenger_net/server_process.hpp"
#include "tests/messenger_net/temporary_folder.hpp"

namespace plaintalk::messenger::test {
namespace {

constexpr int kTinyBuffer = 2304;

std::string text_of(int number, std::size_t size) {
  std::string text = "message " + std::to_string(number) + ' ';
  text.resize(size, static_cast<char>('a' + number % 26));
  return text;
}

void say_all(Peer& peer, int count, std::size_t size) {
  for (int i = 1; i <= count; ++i) {
    peer.send("SAY #lab id=" + std::to_string(i) + " {" + std::to_string(size) + "}\n" + text_of(i, size) +
              "\n");
    peer.read_until("OK id=" + std::to_string(i) + " ");
  }
}

// The numbers of the MSG frames in `bytes`, each of which has to be whole.
std::set<int> numbers_in(const std::string& bytes, std::size_t size) {
  std::set<int> numbers;
  const std::regex head("MSG #lab ([0-9]+) writer [0-9]+ (\\{[0-9]+\\}\n|:)");
  for (std::sregex_iterator it(bytes.begin(), bytes.end(), head), end; it != end; ++it) {
    const int number = std::stoi((*it)[1]);
    const auto body_at = static_cast<std::size_t>(it->position() + it->length());
    EXPECT_EQ(bytes.substr(body_at, size), text_of(number, size));
    numbers.insert(number);
  }
  return numbers;
}

// Goal: a frame that the kernel takes in many pieces arrives as it was sent.
TEST(Flow, SendsEverythingThroughTinyBuffers) {
  const TemporaryFolder folder;
  ServerProcess server(
      {"--unlimited-rate", "--quiet", "--config", folder.write("s.toml", "send_buffer_bytes = 2304\n")});
  Peer reader(server.port(), kTinyBuffer);
  enter(reader, "reader", "#lab");
  Peer writer(server.port());
  enter(writer, "writer", "#lab");
  reader.read_until("JOINED #lab writer\n");
  writer.send("SAY #lab {60000}\n" + text_of(1, 60000) + "\n");
  EXPECT_TRUE(reader.read_until("\n").starts_with("MSG #lab 1 writer "));
  EXPECT_EQ(reader.read_until("\n"), text_of(1, 60000) + "\n");
  EXPECT_EQ(server.stop(), 0);
}

// Goal: when more sockets become ready at once than the server looks at in one turn (256), each of them is
// served. Method: the server sleeps (SIGSTOP) while everybody sends.
TEST(Flow, ServesMoreSocketsThanItLooksAtInOneTurn) {
  constexpr std::size_t kPeers = 300;
  ServerProcess server({"--unlimited-rate", "--quiet"});
  std::vector<std::unique_ptr<Peer>> peers;
  for (std::size_t index = 0; index < kPeers; ++index) {
    peers.push_back(std::make_unique<Peer>(server.port()));
    peers.back()->send("LOGIN user" + std::to_string(index) + "\nPING :in\n");
    peers.back()->read_until("PONG :in\n");
  }
  for (const int round : {1, 2}) {
    const std::string text = std::to_string(round) + "\n";
    server.signal(SIGSTOP);
    for (const auto& peer : peers) peer->send("PING :" + text);
    server.signal(SIGCONT);
    for (const auto& peer : peers) EXPECT_EQ(peer->read_until("\n"), "PONG :" + text);
  }
  // And all of them leave at once.
  server.signal(SIGSTOP);
  for (const auto& peer : peers) peer->send("QUIT\n");
  server.signal(SIGCONT);
  for (const auto& peer : peers) EXPECT_EQ(peer->read_to_end(), "BYE :goodbye\n");
  EXPECT_EQ(server.stop(), 0);
}

// Goal: a slow reader loses nothing: what is not sent is named by GAP and can be paged.
TEST(Flow, ShedsRoomTrafficOfASlowReaderWhichThenFindsItInHistory) {
  const TemporaryFolder folder;
  const std::string settings = "send_buffer_bytes = 2304\n[limits]\nroom_queue_bytes_max = 20000\n";
  ServerProcess server({"--unlimited-rate", "--quiet", "--config", folder.write("s.toml", settings)});
  Peer reader(server.port(), kTinyBuffer);
  enter(reader, "reader", "#lab");
  Peer writer(server.port());
  enter(writer, "writer", "#lab");
  constexpr int kCount = 200;
  constexpr std::size_t kSize = 2000;
  say_all(writer, kCount, kSize);

  std::string seen = reader.read_until("GAP #lab ");
  const std::string gap = reader.read_until("\n");
  const int first = std::stoi(gap);
  const int last = std::stoi(gap.substr(gap.find(' ')));
  EXPECT_LT(first, last);
  std::string after = std::to_string(first - 1);
  for (std::string page = "more=1"; page.find("more=1") != std::string::npos;) {
    reader.send("HISTORY #lab after=" + after + " limit=256\n");
    seen += reader.read_until("END #lab last=");
    page = reader.read_until("\n");
    after = page.substr(0, page.find(' '));
  }
  const std::set<int> numbers = numbers_in(seen, kSize);
  EXPECT_EQ(numbers.size(), static_cast<std::size_t>(kCount));
  EXPECT_EQ(*numbers.begin(), 1);
  EXPECT_EQ(*numbers.rbegin(), kCount);
  EXPECT_EQ(server.stop(), 0);
}

TEST(Flow, ClosesAConnectionThatTakesNoRepliesAndServesTheOthers) {
  const TemporaryFolder folder;
  const std::string settings = "send_buffer_bytes = 2304\n[limits]\nwrite_stall_timeout_ms = 300\n";
  ServerProcess server({"--unlimited-rate", "--config", folder.write("s.toml", settings)});
  Peer deaf(server.port(), kTinyBuffer);
  enter(deaf, "deaf", "#lab");
  std::string commands;
  for (int i = 0; i < 500; ++i) commands += "HELP\n";
  deaf.send_what_fits(commands);
  EXPECT_TRUE(server.wait_for_output("deaf: no progress in writing; ")) << server.output();
  Peer other(server.port());
  enter(other, "other", "#lab");
  EXPECT_EQ(server.stop(), 0);
}

// Goal: one sender that never stops does not keep the others from being served.
TEST(Flow, GivesASecondClientItsShareWhileAnotherFloods) {
  ServerProcess server({"--unlimited-rate", "--quiet"});
  Peer flooder(server.port());
  enter(flooder, "flooder", "#flood");
  Peer quiet(server.port());
  enter(quiet, "quiet", "#lab");
  std::string flood;
  for (int i = 0; i < 20'000; ++i) flood += "SAY #flood :xxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxx\n";
  std::string_view rest = flood;
  for (int i = 0; i < 20; ++i) {
    rest.remove_prefix(flooder.send_what_fits(rest));
    quiet.send("PING :" + std::to_string(i) + "\n");
    EXPECT_EQ(quiet.read_until("\n"), "PONG :" + std::to_string(i) + "\n");
  }
  EXPECT_EQ(server.stop(), 0);
}

}  // namespace
}  // namespace plaintalk::messenger::test
