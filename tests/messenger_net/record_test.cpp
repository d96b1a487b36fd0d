// --record: the file, read back by our own capture reader, holds exactly what the client sent and received.
#include <filesystem>
#include <fstream>
#include <map>
#include <string>
#include <utility>
#include <vector>

#include <gtest/gtest.h>

#include "capture/file/capture_reader.hpp"
#include "tests/messenger_net/peer.hpp"
#include "tests/messenger_net/server_process.hpp"
#include "tests/messenger_net/temporary_folder.hpp"

namespace plaintalk::messenger::test {
namespace {

struct Conversation {
  std::string client;
  std::string server;
  int client_fins = 0;
  int server_fins = 0;
};

// By the client's port. Enough of IPv4 and TCP for packets that carry no options in IPv4 (RFC 791, RFC 9293).
std::map<std::uint16_t, Conversation> read_recording(const std::string& path, std::uint16_t server_port) {
  auto reader = capture::CaptureReader::open(path);
  std::map<std::uint16_t, Conversation> conversations;
  for (;;) {
    const auto next = reader.next();
    if (!next) throw std::runtime_error(next.error().what);
    if (!*next) break;
    const Bytes packet = (*next)->bytes;
    const std::size_t ip_size = std::size_t{packet[0]} % 16 * 4;
    const Bytes tcp = packet.subspan(ip_size, be16(packet, 2) - ip_size);
    const bool from_server = be16(tcp, 0) == server_port;
    Conversation& conversation = conversations[from_server ? be16(tcp, 2) : be16(tcp, 0)];
    const std::string_view payload = as_text(tcp.subspan(std::size_t{tcp[12]} / 16 * 4));
    (from_server ? conversation.server : conversation.client) += payload;
    if ((tcp[13] & 1) != 0) ++(from_server ? conversation.server_fins : conversation.client_fins);
  }
  EXPECT_EQ(reader.comments().size(), 1U);
  EXPECT_TRUE(!reader.comments().empty() && reader.comments()[0].starts_with("synthetic"));
  return conversations;
}

TEST(Record, HoldsExactlyTheBytesThatWereExchanged) {
  const TemporaryFolder folder;
  ServerProcess server({"--quiet", "--unlimited-rate", "--record", folder / "r.pcapng"});
  std::string said = "LOGIN alice device=d\nJOIN #lab\n";
  for (int i = 0; i < 300; ++i) said += "SAY #lab :number " + std::to_string(i) + "\n";
  said += "SAY #lab {40000}\n" + std::string(40000, 'z') + "\nQUIT\n";
  Peer alice(server.port());
  alice.send(said);
  const std::string heard = alice.read_to_end();
  EXPECT_NE(heard.find("BYE :goodbye"), std::string::npos);
  Peer bob(server.port());
  bob.send("LOGIN bob\n");
  bob.finish_sending();
  const std::string bob_heard = bob.read_to_end();
  const std::uint16_t alice_port = alice.own_port();
  const std::uint16_t bob_port = bob.own_port();
  EXPECT_EQ(server.stop(), 0);

  const auto conversations = read_recording(folder / "r.pcapng", server.port());
  ASSERT_EQ(conversations.size(), 2U);
  EXPECT_EQ(conversations.at(alice_port).client, said);
  EXPECT_EQ(conversations.at(alice_port).server, heard);
  EXPECT_EQ(conversations.at(bob_port).client, "LOGIN bob\n");
  EXPECT_EQ(conversations.at(bob_port).server, bob_heard);
  for (const auto& [port, conversation] : conversations) {
    EXPECT_EQ(conversation.client_fins, 1) << port;
    EXPECT_EQ(conversation.server_fins, 1) << port;
  }
}

// Goal: what the kernel took only a part of is recorded once.
// Method: the smallest buffers there are, so that nearly every write is cut.
TEST(Record, HoldsEveryByteOnceThatWentThroughTinyBuffers) {
  constexpr int kTinyBuffer = 2304;
  const TemporaryFolder folder;
  ServerProcess server({"--quiet", "--unlimited-rate", "--record", folder / "r.pcapng", "--config",
                        folder.write("s.toml", "send_buffer_bytes = 2304\n")});
  Peer reader(server.port(), kTinyBuffer);
  std::string said = "LOGIN reader device=d\nJOIN #lab\n";
  for (int n = 0; n < 4; ++n)
    said += "SAY #lab {40000}\n" + std::string(40000, static_cast<char>('a' + n)) + "\n";
  reader.send(said + "QUIT\n");
  const std::string heard = reader.read_to_end();
  const std::uint16_t port = reader.own_port();
  EXPECT_EQ(server.stop(), 0);
  EXPECT_EQ(read_recording(folder / "r.pcapng", server.port()).at(port).server, heard);
}

TEST(Record, SaysThatTheFileCannotBeMade) {
  const TemporaryFolder folder;
  ChildProcess server({PLAINTALK_SERVER, "--listen", "127.0.0.1:0", "--record", folder / "missing/r.pcapng"});
  EXPECT_EQ(server.wait(), 1);
  EXPECT_NE(server.errors().find("missing/r.pcapng"), std::string::npos) << server.errors();
}

// Goal: running the same command again does not erase what was recorded; --overwrite says that it may. Not
// even that lets two servers write one file.
TEST(Record, KeepsAFileThatExistsAndLetsOneServerWriteIt) {
  const TemporaryFolder folder;
  const std::string file = folder / "r.pcapng";
  const auto refused = [&](std::vector<std::string> more) {
    more.insert(more.begin(), {PLAINTALK_SERVER, "--listen", "127.0.0.1:0", "--record", file});
    ChildProcess server(more);
    EXPECT_EQ(server.wait(), 1);
    return server.errors();
  };
  std::uint16_t port = 0;
  {
    ServerProcess server({"--quiet", "--record", file});
    port = server.port();
    Peer peer(port);
    enter(peer, "alice", "#lab");
    EXPECT_NE(refused({}).find("exists already"), std::string::npos);
    EXPECT_NE(refused({"--overwrite"}).find("another program is recording into it"), std::string::npos);
    peer.send("QUIT\n");
    EXPECT_EQ(peer.read_to_end(), "BYE :goodbye\n");
    EXPECT_EQ(server.stop(), 0);
  }
  EXPECT_EQ(read_recording(file, port).size(), 1U);
  EXPECT_NE(refused({}).find("--overwrite"), std::string::npos);
  EXPECT_EQ(read_recording(file, port).size(), 1U) << "a refused server changes nothing";
  ServerProcess server({"--quiet", "--record", file, "--overwrite"});
  EXPECT_EQ(server.stop(), 0);
  EXPECT_TRUE(read_recording(file, server.port()).empty());
}

// Goal: a service whose settings name a recording starts again by itself and keeps the earlier one.
TEST(Record, OfTheSettingsGoesOnInANewFile) {
  const TemporaryFolder folder;
  const std::string settings = folder.write(
      "server.toml", "listen = \"127.0.0.1:0\"\nquiet = true\nrecord = \"" + (folder / "r.pcapng") + "\"\n");
  std::uint16_t first_port = 0;
  for (const bool is_first : {true, false}) {
    ServerProcess server({"--config", settings});
    Peer peer(server.port());
    enter(peer, "alice", "#lab");
    peer.send("QUIT\n");
    EXPECT_EQ(peer.read_to_end(), "BYE :goodbye\n");
    EXPECT_EQ(server.stop(), 0);
    EXPECT_EQ(read_recording(folder / (is_first ? "r.pcapng" : "r-2.pcapng"), server.port()).size(), 1U);
    if (is_first) first_port = server.port();
  }
  EXPECT_EQ(read_recording(folder / "r.pcapng", first_port).size(), 1U);
}

// Goal: a link that somebody else has laid does not lead the recording into another file.
TEST(Record, DoesNotFollowALink) {
  const TemporaryFolder folder;
  std::ofstream(folder / "other") << "keep me";
  std::filesystem::create_symlink(folder / "other", folder / "r.pcapng");
  ChildProcess server(
      {PLAINTALK_SERVER, "--listen", "127.0.0.1:0", "--overwrite", "--record", folder / "r.pcapng"});
  EXPECT_EQ(server.wait(), 1);
  EXPECT_NE(server.errors().find("is a link"), std::string::npos) << server.errors();
  EXPECT_EQ(std::filesystem::file_size(folder / "other"), 7U);
}

// Goal: a full disk ends the recording, is said once, and does not disturb the messenger.
TEST(Record, OutlivesAFullDisk) {
  ServerProcess server({"--quiet", "--record", "/dev/full"});
  Peer peer(server.port());
  enter(peer, "alice", "#lab");
  peer.send("QUIT\n");
  EXPECT_EQ(peer.read_to_end(), "BYE :goodbye\n");
  EXPECT_EQ(server.stop(), 0);
  EXPECT_EQ(server.errors(),
            "plaintalk-server: the recording ends here: /dev/full: writing failed: No space left on device; "
            "0 packets "
            "can be read from it\n");
}

}  // namespace
}  // namespace plaintalk::messenger::test
