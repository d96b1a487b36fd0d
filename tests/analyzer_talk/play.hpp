// Plays a capture by hand: each line goes in as one packet one millisecond after the last, and everything the
// talk layer finds is collected.
#pragma once

#include <algorithm>
#include <map>
#include <string>
#include <string_view>
#include <vector>

#include "analyzer/talk/talk_analyzer.hpp"
#include "base/bytes.hpp"

namespace plaintalk::analyzer {

struct Collected : TalkSink {
  struct Ended {
    ConnectionRecord connection;
    std::string protocol;
    std::string user;
  };
  struct Pdu {
    PduResult row;
    std::string verb;
    std::string status;
  };
  std::vector<Ended> connections;
  std::vector<Pdu> pdus;
  std::vector<MessageResult> messages;
  std::vector<CredentialResult> credentials;
  std::vector<UserResult> users;
  std::vector<FileResult> files;
  std::vector<TransferResult> transfers;
  std::vector<RoomResult> rooms;
  std::vector<TimelineResult> seconds;
  std::vector<Finding> findings;
  std::vector<std::string> happenings;
  // What those who watch hear of a message after the first time.
  struct Watched {
    std::uint64_t message = 0;
    bool is_command = false;
    bool may_be_replay = false;
    std::string who;
    std::uint64_t packet = 0;
    std::uint64_t in = 0;
  };
  std::vector<Watched> watched;

  void connection(const ConnectionResult& row) override {
    connections.push_back({*row.connection, std::string(row.protocol), row.user});
  }
  void tcp_event(const TcpEvent&) override {}
  void pdu(const PduResult& row) override {
    pdus.push_back({row, std::string(row.verb), std::string(row.status)});
  }
  void message(const MessageResult& row) override { messages.push_back(row); }
  void credential(const CredentialResult& row) override { credentials.push_back(row); }
  void user(const UserResult& row) override { users.push_back(row); }
  void file(const FileResult& row) override { files.push_back(row); }
  void transfer(const TransferResult& row) override { transfers.push_back(row); }
  void room(const RoomResult& row) override { rooms.push_back(row); }
  void timeline(const TimelineResult& row) override { seconds.push_back(row); }
  void finding(const Finding& row) override { findings.push_back(row); }
  void live_event(const LiveEvent& row) override {
    if (row.kind == LiveEvent::Kind::copy || row.kind == LiveEvent::Kind::said)
      return watched.push_back({row.message, row.kind == LiveEvent::Kind::said, row.may_be_replay,
                                std::string(row.who), row.packet, row.in.packet});
    happenings.push_back(std::string(row.who) + '|' + std::string(row.room) + '|' + std::string(row.text));
  }

  std::size_t count(std::string_view kind) const {
    return static_cast<std::size_t>(std::count_if(
        findings.begin(), findings.end(), [&](const Finding& finding) { return finding.kind == kind; }));
  }
  // The messages of a room by number; the test stops when there is none.
  const MessageResult& message_of(std::string_view room, std::uint64_t seq) const {
    const auto found = std::find_if(messages.begin(), messages.end(), [&](const MessageResult& row) {
      return row.room == room && row.seq == seq;
    });
    static const MessageResult none;
    return found == messages.end() ? none : *found;
  }
};

// Keeps contents in memory.
struct Memory : ContentStore {
  std::map<std::uint64_t, std::map<std::uint64_t, char>> files;
  Written write(std::uint64_t file, std::uint64_t offset, std::string_view bytes) override {
    bool differs = false;
    for (std::size_t at = 0; at < bytes.size(); ++at) {
      const auto [place, is_new] = files[file].try_emplace(offset + at, bytes[at]);
      differs = differs || place->second != bytes[at];
    }
    return differs ? Written::differs : Written::stored;
  }
  // Not a hash: the content itself, so that tests can compare it with what was "announced".
  Outcome finish(std::uint64_t file, std::uint64_t) override {
    std::string content;
    for (const auto& [offset, byte] : files[file]) content += byte;
    return {content, "files/" + content};
  }
};

class Play {
 public:
  explicit Play(TalkOptions options = {}) : analyzer(options, found, store) {}

  // Connection `number` from 10.0.0.<number> to the server, greeted.
  void open(std::uint64_t number, bool midstream = false, std::uint16_t server_port = 7777) {
    open_silently(number, midstream, server_port);
    if (!midstream)
      server(number,
             "PLAINTALK/1 lab caps=history,files line=4096 body=65536 chunk=16384 ping=30 :type HELP");
  }
  void open_silently(std::uint64_t number, bool midstream = false, std::uint16_t server_port = 7777) {
    ConnectionRecord& connection = connections_[number];
    connection = {};
    connection.id = ConnectionId{number};
    connection.client.endpoint = {IpAddress::v4(10, 0, 0, static_cast<std::uint8_t>(number)), 40000};
    connection.server.endpoint = {IpAddress::v4(10, 0, 0, 100), server_port};
    connection.start = connection.end = step().time;
    connection.midstream = midstream;
    analyzer.opened(connection);
  }
  void login(std::uint64_t number, const std::string& name) {
    open(number);
    client(number, "LOGIN " + name);
    server(number, "OK user=" + name + " device=d" + std::to_string(number) + " token=T guest=1");
  }
  void join(std::uint64_t number, const std::string& room, std::uint64_t members, std::uint64_t last) {
    client(number, "JOIN " + room);
    server(number,
           "OK room=" + room + " members=" + std::to_string(members) + " last=" + std::to_string(last));
  }

  // Lines end in LF by themselves. The number of the packet is returned.
  std::uint64_t client(std::uint64_t number, const std::string& line) {
    return client_bytes(number, line + '\n');
  }
  std::uint64_t server(std::uint64_t number, const std::string& line) {
    return server_bytes(number, line + '\n');
  }
  std::uint64_t client_bytes(std::uint64_t number, std::string_view bytes) {
    return bytes_from(number, Direction::client_to_server, bytes, step());
  }
  std::uint64_t server_bytes(std::uint64_t number, std::string_view bytes) {
    return bytes_from(number, Direction::server_to_client, bytes, step());
  }
  // As if these had been captured at an earlier moment and had waited for a hole to fill.
  std::uint64_t bytes_from(std::uint64_t number, Direction direction, std::string_view bytes, Moment moment) {
    std::uint64_t& offset = offsets_[{number, direction}];
    analyzer.data({ConnectionId{number}, direction, offset, as_bytes(bytes), moment.packet, moment.time});
    offset += bytes.size();
    connections_[number].end = std::max(connections_[number].end, moment.time);
    return moment.packet;
  }
  void gap(std::uint64_t number, Direction direction, std::uint64_t size) {
    const Moment moment = step();
    std::uint64_t& offset = offsets_[{number, direction}];
    analyzer.gap(
        {ConnectionId{number}, direction, offset, size, GapCause::capture_loss, moment.packet, moment.time});
    offset += size;
  }
  void acknowledge_server(std::uint64_t number) {
    const Moment moment = step();
    analyzer.acknowledged({ConnectionId{number}, Direction::server_to_client,
                           offsets_[{number, Direction::server_to_client}], moment.packet, moment.time});
  }
  // The client ends the connection now; both sides send FIN.
  void close(std::uint64_t number) {
    ConnectionRecord& connection = connections_.at(number);
    connection.end = step().time;
    connection.client.has_fin = true;
    connection.server.has_fin = true;
    analyzer.closed(connection);
    connections_.erase(number);
  }
  // The capture ends; whatever is still open has no FIN.
  Collected& finish() {
    for (auto& [number, connection] : connections_) analyzer.closed(connection);
    connections_.clear();
    analyzer.finish();
    return found;
  }

  Moment step(Nanoseconds by = std::chrono::milliseconds(1)) {
    now_.time += by;
    ++now_.packet;
    analyzer.advance(now_.time);
    return now_;
  }
  Moment now() const { return now_; }

  Collected found;
  Memory store;
  TalkAnalyzer analyzer;

 private:
  Moment now_{0, WallTime(std::chrono::seconds(1'700'000'000))};
  std::map<std::uint64_t, ConnectionRecord> connections_;
  std::map<std::pair<std::uint64_t, Direction>, std::uint64_t> offsets_;
};

}  // namespace plaintalk::analyzer
