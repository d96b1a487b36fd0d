// Protocols that are not ours, as strangers may speak them: a script in lines says who sends what, and where
// bytes are missing. Whatever comes, the state stays bounded, no secret is shown, and an answer is one of
// three.
//
//   P 21          the server's port, and another connection begins
//   C text        the client sends the line "text" CR LF; c without the line's end
//   S text        the server; s without the line's end
//   G C 100       100 bytes of the client are missing
//   X             the connection ends
#include <charconv>
#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>

#include "analyzer/talk/findings.hpp"
#include "analyzer/talk/foreign/foreign_talk.hpp"
#include "analyzer/talk/talk_sink.hpp"
#include "base/bytes.hpp"
#include "base/check.hpp"

namespace plaintalk::analyzer {
namespace {

constexpr std::size_t kHeldSizeMax = 96 << 10;  // of one connection: docs/LIMITS.md

class SecretWatch : public TalkSink {
 public:
  void credential(const CredentialResult& row) override {
    check(row.secret == "******", "a secret is shown");
    check(row.accepted.empty() || row.accepted == "yes" || row.accepted == "no", "an answer of three kinds");
    check(row.method.ends_with("password"), "the method names a password");
    check(row.seen.known() && !row.protocol.empty(), "it has a place and a protocol");
  }
  void connection(const ConnectionResult&) override {}
  void tcp_event(const TcpEvent&) override {}
  void pdu(const PduResult&) override {}
  void message(const MessageResult&) override {}
  void user(const UserResult&) override {}
  void file(const FileResult&) override {}
  void transfer(const TransferResult&) override {}
  void room(const RoomResult&) override {}
  void timeline(const TimelineResult&) override {}
  void finding(const Finding&) override {}
};

class Script {
 public:
  void line(std::string_view text) {
    if (text.size() < 2) {
      if (text == "X") end();
      return;
    }
    const std::string_view rest = text.substr(2);
    switch (text[0]) {
      case 'P': return begin(number(rest));
      case 'C': return send(Direction::client_to_server, std::string(rest) + "\r\n");
      case 'c': return send(Direction::client_to_server, std::string(rest));
      case 'S': return send(Direction::server_to_client, std::string(rest) + "\r\n");
      case 's': return send(Direction::server_to_client, std::string(rest));
      case 'G': return lose(rest);
      default: return;
    }
  }
  void end() {
    if (!open_) return;
    talk_.close(ConnectionId{number_}, "other");
    check(talk_.held_size() == 0, "nothing stays of a connection that ended");
    open_ = false;
  }

 private:
  static std::uint64_t number(std::string_view text) {
    std::uint64_t value = 0;
    std::from_chars(text.data(), text.data() + text.size(), value);
    return value;
  }
  void begin(std::uint64_t port) {
    end();
    ConnectionRecord connection;
    connection.id = ConnectionId{++number_};
    connection.server.endpoint.port = static_cast<std::uint16_t>(port);
    connection.midstream = port % 2 == 1 && port > 1000;
    talk_.open(connection);
    open_ = true;
  }
  Moment next() { return {++packet_, WallTime(Nanoseconds(static_cast<std::int64_t>(packet_)))}; }
  void send(Direction direction, const std::string& bytes) {
    if (!open_) begin(9);
    talk_.data(ConnectionId{number_}, direction, bytes, next());
    check(talk_.held_size() <= kHeldSizeMax, "a connection holds no more than is documented");
  }
  void lose(std::string_view what) {
    if (!open_ || what.size() < 3) return;
    const auto direction = what[0] == 'C' ? Direction::client_to_server : Direction::server_to_client;
    talk_.lost(ConnectionId{number_}, direction, number(what.substr(2)), next());
  }

  SecretWatch sink_;
  Findings findings_;
  foreign::ForeignTalk talk_{sink_, findings_, false};
  std::uint64_t number_ = 0;
  std::uint64_t packet_ = 0;
  bool open_ = false;
};

}  // namespace
}  // namespace plaintalk::analyzer

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  std::string_view text = plaintalk::as_text({data, size});
  plaintalk::analyzer::Script script;
  while (!text.empty()) {
    const std::size_t end = text.find('\n');
    script.line(text.substr(0, end));
    text.remove_prefix(end == text.npos ? text.size() : end + 1);
  }
  script.end();
  return 0;
}
