// How the server starts, and how it says that it cannot.
#include <csignal>
#include <filesystem>
#include <fstream>

#include <gtest/gtest.h>
#include <sys/resource.h>

#include "base/number.hpp"
#include "messenger/net/descriptor_limit.hpp"
#include "messenger/net/start_lines.hpp"
#include "tests/messenger_net/peer.hpp"
#include "tests/messenger_net/server_process.hpp"
#include "tests/messenger_net/temporary_folder.hpp"

namespace plaintalk::messenger::test {
namespace {

std::size_t count(std::string_view text, std::string_view part) {
  std::size_t found = 0;
  for (std::size_t at = text.find(part); at != text.npos; at = text.find(part, at + 1)) ++found;
  return found;
}

TEST(ServerStart, SaysOnExactlyOneLineWhereItListens) {
  ServerProcess server;
  EXPECT_GT(server.port(), 0);
  EXPECT_EQ(server.stop(), 0);
  EXPECT_EQ(count(server.output(), "ready: listening on 127.0.0.1:" + std::to_string(server.port())), 1U);
  EXPECT_EQ(count(server.output(), "ready:"), 1U);
  EXPECT_EQ(server.errors(), "");
}

TEST(ServerStart, QuietMeansNothingButTheReadyLine) {
  ServerProcess server({"--quiet"});
  {
    Peer peer(server.port());
    enter(peer, "alice", "#lab");
  }
  EXPECT_EQ(server.stop(), 0);
  EXPECT_EQ(server.output(), "ready: listening on 127.0.0.1:" + std::to_string(server.port()) + "\n");
}

// Goal: each --listen is really served, not only named.
TEST(ServerStart, ListensOnSeveralAddresses) {
  ChildProcess server({PLAINTALK_SERVER, "--listen", "127.0.0.1:0", "--listen", "127.0.0.1:0"});
  ASSERT_TRUE(server.wait_for_output("ready: ") && server.wait_for_output(", 127.0.0.1:"));
  const std::string& line = server.output();
  const std::size_t second = line.find(", 127.0.0.1:");
  ASSERT_NE(second, std::string::npos) << line;
  const auto port =
      parse_decimal<std::uint16_t>(line.substr(second + 12, line.find('\n', second) - second - 12));
  ASSERT_TRUE(port.has_value()) << line;
  Peer peer(*port);
  EXPECT_TRUE(peer.read_until("\n").starts_with("PLAINTALK/1 "));
}

TEST(ServerStart, RefusesATakenPortWithOneLineThatSaysWhatToDo) {
  ServerProcess first;
  const std::string address = "127.0.0.1:" + std::to_string(first.port());
  ChildProcess second({PLAINTALK_SERVER, "--listen", address});
  EXPECT_EQ(second.wait(), 1);
  EXPECT_EQ(second.errors(),
            "plaintalk-server: cannot listen on " + address +
                ": another program uses this port; stop it, or choose another port (port 0 takes a "
                "free one)\n");
  EXPECT_EQ(second.output(), "");
}

TEST(ServerStart, RefusesAnAddressThatIsNone) {
  ChildProcess server({PLAINTALK_SERVER, "--listen", "127.0.0.1:port"});
  EXPECT_EQ(server.wait(), 1);
  EXPECT_NE(server.errors().find("plaintalk-server: --listen: '127.0.0.1:port' is not HOST:PORT"),
            std::string::npos)
      << server.errors();
}

TEST(ServerStart, RefusesALogThatCannotBeWritten) {
  const TemporaryFolder folder;
  ChildProcess server({PLAINTALK_SERVER, "--listen", "127.0.0.1:0", "--log", folder / "missing/log.jsonl"});
  EXPECT_EQ(server.wait(), 1);
  EXPECT_EQ(count(server.errors(), "\n"), 1U) << server.errors();
  EXPECT_NE(server.errors().find("cannot write the log"), std::string::npos);
}

TEST(ServerStart, ReportsAConfigurationErrorWithFileAndLine) {
  const TemporaryFolder folder;
  const std::string file = folder.write("server.toml", "name = \"x\"\n[limits]\nline_size = 5\n");
  ChildProcess server({PLAINTALK_SERVER, "--config", file});
  EXPECT_EQ(server.wait(), 1);
  EXPECT_EQ(server.errors(), "plaintalk-server: " + file +
                                 ":3: limits.line_size: no such setting; did you mean limits.line_size_max? "
                                 "server.example.toml lists them all\n");
}

TEST(ServerStart, LetsTheCommandLineWinOverTheFile) {
  const TemporaryFolder folder;
  const std::string file =
      folder.write("server.toml", "name = \"file\"\nlisten = \"127.0.0.1:1\"\nguests_allowed = true\n");
  ServerProcess server({"--config", file, "--name", "line", "--no-guests"});
  Peer peer(server.port());
  EXPECT_TRUE(peer.read_until("\n").starts_with("PLAINTALK/1 line "));
  peer.send("LOGIN alice\n");
  EXPECT_TRUE(peer.read_until("\n").starts_with("ERR 40"));
}

TEST(ServerStart, ExitsWithTwoForAWrongCommandLineAndZeroForHelpAndVersion) {
  ChildProcess wrong({PLAINTALK_SERVER, "--no-such-option"});
  EXPECT_EQ(wrong.wait(), 2);
  ChildProcess help({PLAINTALK_SERVER, "--help"});
  EXPECT_EQ(help.wait(), 0);
  ChildProcess version({PLAINTALK_SERVER, "--version"});
  EXPECT_EQ(version.wait(), 0);
  EXPECT_EQ(version.output(), "plaintalk-server 0.1.0\n");
}

TEST(StartLines, WarnsForAnAddressThatOthersCanReach) {
  const Endpoint open{IpAddress::v4(192, 0, 2, 1), 7777};
  const Endpoint loopback{IpAddress::v4(127, 0, 0, 1), 7778};
  const std::string lines = start_lines({open, loopback});
  EXPECT_TRUE(lines.starts_with("warning: 192.0.2.1:7777 can be reached from other machines"));
  EXPECT_TRUE(lines.ends_with("ready: listening on 192.0.2.1:7777, 127.0.0.1:7778\n"));
  EXPECT_EQ(count(start_lines({loopback}), "warning"), 0U);
}

// Goal: a signal to the server always reaches the thread that waits for it.
TEST(ServerStart, OnlyItsFirstThreadTakesSignals) {
  const TemporaryFolder folder;
  ServerProcess server({"--log", folder / "log.jsonl"});
  Peer peer(server.port());
  enter(peer, "alice", "#lab");
  std::size_t worker_count = 0;
  const std::string own = std::to_string(server.id());
  for (const auto& task : std::filesystem::directory_iterator("/proc/" + own + "/task")) {
    std::ifstream status(task.path() / "status");
    std::uint64_t blocked = 0;
    for (std::string line; std::getline(status, line);)
      if (line.starts_with("SigBlk:")) blocked = std::stoull(line.substr(7), nullptr, 16);
    for (const int number : {SIGINT, SIGTERM, SIGHUP})
      EXPECT_EQ((blocked >> (number - 1) & 1) != 0, task.path().filename() != own) << task << number;
    if (task.path().filename() != own) ++worker_count;
  }
  EXPECT_GE(worker_count, 3U) << "the log, the spool and those for passwords";
  EXPECT_EQ(server.stop(), 0);
}

// Goal: with few descriptors one too many is told so, and those inside go on.
TEST(ServerStart, TellsOneTooManyThatTheServerIsFull) {
  rlimit before{};
  ASSERT_EQ(::getrlimit(RLIMIT_NOFILE, &before), 0);
  const rlimit few{64, 64};
  ServerProcess server({"--unlimited-rate"});
  ASSERT_EQ(::prlimit(server.id(), RLIMIT_NOFILE, &few, nullptr), 0);
  std::vector<std::unique_ptr<Peer>> peers;
  std::string said;
  for (int i = 0; i < 80 && said.find("ERR 503") == std::string::npos; ++i) {
    peers.push_back(std::make_unique<Peer>(server.port()));
    peers.back()->send("LOGIN g" + std::to_string(i) + "\n");
    said = peers.back()->read_until("\n");
    if (said.starts_with("PLAINTALK/1 ")) said = peers.back()->read_until("\n");
  }
  EXPECT_NE(said.find("ERR 503 BUSY"), std::string::npos) << said;
  peers.back()->read_to_end();
  EXPECT_FALSE(peers.back()->was_reset()) << "a reset may take the text away before it is read";
  peers.front()->send("PING :still\n");
  EXPECT_EQ(peers.front()->read_until("\n"), "PONG :still\n");
}

TEST(ServerStart, FitsItsConnectionsToTheDescriptors) {
  ServerConfig config;
  EXPECT_EQ(fit_connections(config, 100'000), "");
  EXPECT_EQ(fit_connections(config, 64), "note: 64 file descriptors allow 32 connections (ulimit -n)\n");
  EXPECT_EQ(config.connection_count_max, 32U);
  config.connection_count_max.reset();
  EXPECT_NE(fit_connections(config, 1024), "");
  EXPECT_EQ(config.connection_count_max, 992U);
  EXPECT_NE(fit_connections(config, 8), "");
  EXPECT_EQ(config.connection_count_max, 1U);
}

}  // namespace
}  // namespace plaintalk::messenger::test
