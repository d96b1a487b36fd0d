// What the packets gave away: the tables of an analysis (analysis.sqlite, docs/REPORTS.md), read back as
// plain values.
#pragma once

#include <compare>
#include <cstdint>
#include <filesystem>
#include <map>
#include <set>
#include <string>
#include <string_view>
#include <vector>

namespace plaintalk::demo {

// The server's side of a conversation has many ports and one of everybody else's: the client's end names a
// connection.
struct ClientEnd {
  std::string address;
  std::uint16_t port = 0;
  auto operator<=>(const ClientEnd&) const = default;
};
std::string render(const ClientEnd& end);

// Identifies a message or file announcement for ever (docs/PROTOCOL.md, section 6).
struct MessageKey {
  std::string room;
  std::uint64_t seq = 0;
  auto operator<=>(const MessageKey&) const = default;
};
std::string render(const MessageKey& key);

struct SeenConnection {
  ClientEnd client;
  double start_time = 0;
  double duration_s = 0;
  std::uint64_t packets = 0;
  std::uint64_t client_bytes = 0;
  std::uint64_t server_bytes = 0;
  std::uint64_t gap_bytes = 0;
  std::string state{};
};

struct SeenMessage {
  MessageKey key;
  std::string sender;
  double time_in = 0;
  std::uint64_t packet_in = 0;
  std::string text;
  std::uint64_t members = 0;
  std::uint64_t delivery_count = 0;
  std::uint64_t missing_count = 0;
  double latency_min_us = 0;
  double latency_p50_us = 0;
  double latency_max_us = 0;
};

struct SeenDelivery {
  MessageKey key;
  std::string recipient;
  ClientEnd client;
};

struct SeenCredential {
  std::uint64_t packet = 0;
  std::string user;
  std::string method;
  std::string secret;
};

struct SeenFile {
  std::string file;
  std::string name;
  std::string sender;
  std::uint64_t size = 0;
  std::string sha256_announced;
  std::string sha256_carved;
  bool complete = false;
  std::string path;  // in the analysis folder
};

// Any MSG or FILE frame a server sent, live or as part of a page of history; and when a client asked for such
// a page.
struct SeenFrame {
  std::uint64_t connection = 0;
  std::string verb;
  MessageKey key;
  double time = 0;
};

struct Evidence {
  std::map<std::uint64_t, SeenConnection> connections;
  std::vector<SeenMessage> messages;  // in the order in which they were said
  std::vector<SeenDelivery> deliveries;
  std::vector<SeenCredential> credentials;
  std::vector<SeenFile> files;
  std::vector<SeenFrame> frames;
};

// Throws std::runtime_error when the tables are not there.
Evidence read_evidence(const std::filesystem::path& analysis_folder);

// What became of somebody whose line was cut: found by their address, from the packets alone.
struct Comeback {
  std::size_t connection_count = 0;
  double away_s = 0;                   // between the end of the first connection and the start of the second
  std::set<std::uint64_t> missed{};    // numbers of the room that were said while nobody was there to hear
  std::set<std::uint64_t> paged{};     // of them, those that came later from history
  std::set<std::uint64_t> lost{};      // never came
  std::set<std::uint64_t> repeated{};  // came on both connections
};
Comeback trace_comeback(const Evidence& evidence, std::string_view address, std::string_view room);

}  // namespace plaintalk::demo
