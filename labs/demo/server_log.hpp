// The server's own account of a session: its JSON lines (plaintalk-server --log, docs/LOG.md), read while
// they are being written or afterwards.
#pragma once

#include <cstdint>
#include <filesystem>
#include <map>
#include <string>
#include <string_view>
#include <vector>

#include "labs/demo/evidence.hpp"

namespace plaintalk::demo {

struct LoggedConnection {
  ClientEnd client;
  std::string account;
  bool is_closed = false;
  std::string reason;
  std::uint64_t bytes_in = 0;   // from the client
  std::uint64_t bytes_out = 0;  // to the client
};

struct LoggedMessage {
  MessageKey key;
  std::string sender;
  std::vector<std::uint64_t> recipients;  // connections
};

struct LoggedFile {
  std::string file;
  std::string sha256;
};

class ServerLog {
 public:
  // Takes the next piece of the log, cut anywhere. Throws std::runtime_error at a line that is not of a
  // server log.
  void feed(std::string_view piece);

  const std::map<std::uint64_t, LoggedConnection>& connections() const { return connections_; }
  const std::vector<LoggedMessage>& messages() const { return messages_; }
  const std::vector<LoggedFile>& verified_files() const { return verified_files_; }
  // Events that the server could not log in time: then the log is not the whole truth.
  std::uint64_t lost_event_count() const { return lost_event_count_; }
  // How many connections of this account are over.
  std::size_t closed_count(std::string_view account) const;
  bool has_open_connections() const;

 private:
  void take_line(std::string_view line);

  std::string partial_line_;
  std::uint64_t line_count_ = 0;
  std::map<std::uint64_t, LoggedConnection> connections_;
  std::vector<LoggedMessage> messages_;
  std::vector<LoggedFile> verified_files_;
  std::uint64_t lost_event_count_ = 0;
};

// Feeds what was appended to a growing file since the last time.
class ServerLogFile {
 public:
  explicit ServerLogFile(std::filesystem::path path) : path_(std::move(path)) {}
  const ServerLog& update();

 private:
  std::filesystem::path path_;
  std::uint64_t offset_ = 0;
  ServerLog log_;
};

}  // namespace plaintalk::demo
