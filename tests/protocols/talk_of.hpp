// A capture or a conversation in, rows out: the talk layer with a description, without files.
#pragma once

#include <cstdint>
#include <filesystem>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include <gtest/gtest.h>

#include "analyzer/protocols/description_reader.hpp"
#include "analyzer/protocols/descriptions.hpp"
#include "analyzer/stream/connection_tracker.hpp"
#include "analyzer/talk/talk_analyzer.hpp"
#include "analyzer/wire/packet_decoder.hpp"
#include "capture/file/capture_reader.hpp"

namespace plaintalk::analyzer {

struct PduCopy {
  std::string verb;
  std::string arguments;
  std::string status;
  std::uint64_t offset = 0;
  std::uint64_t length = 0;
  Direction direction{};
};
struct CredentialCopy {
  std::string user;
  std::string secret;
  std::string accepted;
  std::string protocol;
};

class RowsKept : public TalkSink {
 public:
  void connection(const ConnectionResult& row) override { protocols.emplace_back(row.protocol); }
  void tcp_event(const TcpEvent&) override {}
  void pdu(const PduResult& row) override {
    pdus.push_back({std::string(row.verb), row.arguments, std::string(row.status), row.stream_offset,
                    row.length, row.direction});
  }
  void message(const MessageResult& row) override { messages.push_back(row); }
  void credential(const CredentialResult& row) override {
    credentials.push_back({row.user, row.secret, std::string(row.accepted), std::string(row.protocol)});
  }
  void user(const UserResult& row) override { users.push_back(row); }
  void file(const FileResult& row) override { files.push_back(row); }
  void transfer(const TransferResult&) override {}
  void room(const RoomResult& row) override { rooms.push_back(row); }
  void timeline(const TimelineResult&) override {}
  void finding(const Finding& row) override { findings.push_back(row); }

  std::size_t finding_count(std::string_view kind) const {
    std::size_t count = 0;
    for (const Finding& finding : findings) count += std::size_t{finding.kind == kind};
    return count;
  }

  std::vector<std::string> protocols;
  std::vector<PduCopy> pdus;
  std::vector<MessageResult> messages;
  std::vector<CredentialCopy> credentials;
  std::vector<UserResult> users;
  std::vector<FileResult> files;
  std::vector<RoomResult> rooms;
  std::vector<Finding> findings;
};

class ContentsIgnored : public ContentStore {
 public:
  Written write(std::uint64_t, std::uint64_t, std::string_view) override { return Written::stored; }
  Outcome finish(std::uint64_t, std::uint64_t) override { return {}; }
};

inline std::shared_ptr<const described::Description> description_from(const std::string& text) {
  auto description = read_description(text, "test.toml");
  if (description) return std::make_shared<described::Description>(std::move(*description));
  for (const std::string& fault : description.error()) ADD_FAILURE() << fault;
  return nullptr;
}

inline void analyse_capture(const std::filesystem::path& path,
                            std::shared_ptr<const described::Description> description, TalkSink& sink) {
  ContentsIgnored contents;
  TalkAnalyzer talk({.description = std::move(description)}, sink, contents);
  ConnectionTracker tracker({.history_bytes = std::size_t{1} << 18}, talk);
  PacketDecoder decoder;
  auto reader = capture::CaptureReader::open(path.string());
  for (;;) {
    const auto record = reader.next();
    if (!record || !*record) break;
    talk.packet((*record)->time, (*record)->original_size);
    if (const auto segment = decoder.decode(**record)) tracker.segment(*segment);
  }
  tracker.finish();
  talk.finish();
}

// Connections to port 5555 that say what they are told to; a packet for each piece.
class Chat {
 public:
  explicit Chat(const std::string& description)
      : talk_({.description = description_from(description)}, rows, contents_) {}

  void open(unsigned id, bool midstream = false) {
    ConnectionRecord& connection = connections_.emplace_back();
    connection.id = ConnectionId{id};
    connection.client.endpoint = {IpAddress::v4(192, 0, 2, static_cast<std::uint8_t>(id)), 40000};
    connection.server.endpoint = {IpAddress::v4(192, 0, 2, 100), 5555};
    connection.start = connection.end = now_;
    connection.midstream = midstream;
    offsets_.resize(connections_.size());
    talk_.opened(connection);
  }
  void client(unsigned id, std::string_view bytes) { say(id, Direction::client_to_server, bytes); }
  void server(unsigned id, std::string_view bytes) { say(id, Direction::server_to_client, bytes); }
  void lose(unsigned id, Direction direction, std::uint64_t size) {
    std::uint64_t& offset = offsets_[place(id)][static_cast<std::size_t>(direction)];
    talk_.gap({ConnectionId{id}, direction, offset, size, GapCause::capture_loss, packet_, now_});
    offset += size;
  }
  void wait(Milliseconds time) {
    now_ += time;
    talk_.advance(now_);
  }
  void close(unsigned id) {
    ConnectionRecord& connection = connections_[place(id)];
    connection.end = now_;
    talk_.closed(connection);
    closed_.push_back(id);
  }
  void finish() {
    for (const ConnectionRecord& connection : connections_) {
      const auto id = static_cast<unsigned>(connection.id);
      if (std::find(closed_.begin(), closed_.end(), id) == closed_.end()) close(id);
    }
    talk_.finish();
  }

  RowsKept rows;

 private:
  std::size_t place(unsigned id) const {
    for (std::size_t i = 0; i < connections_.size(); ++i)
      if (connections_[i].id == ConnectionId{id}) return i;
    return 0;
  }
  void say(unsigned id, Direction direction, std::string_view bytes) {
    now_ += std::chrono::milliseconds(1);
    ++packet_;
    std::uint64_t& offset = offsets_[place(id)][static_cast<std::size_t>(direction)];
    talk_.packet(now_, static_cast<std::uint32_t>(bytes.size()));
    talk_.data({ConnectionId{id}, direction, offset, as_bytes(bytes), packet_, now_});
    offset += bytes.size();
    talk_.advance(now_);
  }

  ContentsIgnored contents_;
  TalkAnalyzer talk_;
  std::vector<ConnectionRecord> connections_;
  std::vector<std::array<std::uint64_t, 2>> offsets_;
  std::vector<unsigned> closed_;
  std::uint64_t packet_ = 0;
  WallTime now_{std::chrono::seconds(1'700'000'000)};
};

}  // namespace plaintalk::analyzer
