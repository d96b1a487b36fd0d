// Connections that do not speak PLAINTALK: which protocol they speak, and the passwords that could be read on
// them. All of them together hold a bounded number of bytes; beyond it a connection is not followed further,
// and a finding says so.
#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

#include "analyzer/stream/connection_record.hpp"
#include "analyzer/talk/findings.hpp"
#include "analyzer/talk/foreign/protocol.hpp"
#include "analyzer/talk/talk_sink.hpp"

namespace plaintalk::analyzer::foreign {

class ForeignTalk;

// One connection.
class ForeignConnection : public SecretSink {
 public:
  static constexpr std::size_t kHeldSizeMax = 4 << 10;  // until the protocol is known
  static constexpr std::size_t kReportedCountMax = 64;  // passwords remembered, so that each is told once

  ForeignConnection(ForeignTalk& all, const ConnectionRecord& connection);
  ForeignConnection(const ForeignConnection&) = delete;
  ForeignConnection& operator=(const ForeignConnection&) = delete;

  void data(Direction direction, std::string_view bytes, Moment moment);
  void lost(Direction direction, std::uint64_t size, Moment moment);
  // The connection ended. Gives the name of the protocol, or "other".
  std::string_view finish();
  // Nothing more is looked for, and there is no other name to remember than the one that everybody knows.
  bool is_stopped() const { return stopped_; }
  bool is_forgotten() const { return stopped_ && (name_ == "other" || name_ == "http"); }

 private:
  struct Piece {
    Direction direction{};
    std::uint64_t lost_size = 0;
    std::string bytes;
    Moment moment;
  };
  void found(Secret secret) override;
  void decide(bool at_end);
  void start(std::unique_ptr<Protocol> protocol);
  void give(Direction direction, std::string_view bytes, Moment moment);
  void account();
  void stop();

  ForeignTalk& all_;
  ConnectionId id_;
  std::uint16_t server_port_;
  bool start_lost_;
  bool stopped_ = false;
  std::string_view name_ = "other";
  std::vector<Piece> held_;
  std::size_t held_size_ = 0;
  std::string client_, server_;  // first bytes
  std::unique_ptr<Protocol> protocol_;
  std::vector<std::size_t> reported_;  // hashes
  std::size_t accounted_ = 0;
  WallTime last_{};
};

class ForeignTalk {
 public:
  static constexpr std::size_t kSizeMax = 64 << 20;  // of all connections together

  ForeignTalk(TalkSink& sink, Findings& findings, bool show_secrets)
      : sink_(sink), findings_(findings), show_secrets_(show_secrets) {}

  void open(const ConnectionRecord& connection) {
    open_.insert_or_assign(static_cast<std::uint64_t>(connection.id),
                           std::make_unique<ForeignConnection>(*this, connection));
  }
  // Whether anything is looked for on it.
  bool follows(ConnectionId connection) {
    const ForeignConnection* const found = find(connection);
    return found != nullptr && !found->is_stopped();
  }
  // Of connections that were not opened here: nothing. False when nothing more is looked for.
  bool data(ConnectionId connection, Direction direction, std::string_view bytes, Moment moment);
  bool lost(ConnectionId connection, Direction direction, std::uint64_t size, Moment moment);
  // The name of its protocol, or `name` when that is all that is known.
  std::string_view close(ConnectionId connection, std::string_view name);

  // Or only for the names of protocols.
  bool looks_for_secrets() const { return sink_.wants_foreign_secrets(); }
  std::size_t held_size() const { return held_size_; }

 private:
  friend class ForeignConnection;
  void report(std::string_view protocol, ConnectionId connection, const Secret& secret);
  // False when there is no room for it.
  bool account(std::size_t before, std::size_t now, ConnectionId connection, WallTime when);
  ForeignConnection* find(ConnectionId connection);
  bool go_on(ConnectionId connection, const ForeignConnection& found);

  std::unordered_map<std::uint64_t, std::unique_ptr<ForeignConnection>> open_;
  TalkSink& sink_;
  Findings& findings_;
  bool show_secrets_;
  std::size_t held_size_ = 0;
  bool limit_reported_ = false;
};

}  // namespace plaintalk::analyzer::foreign
