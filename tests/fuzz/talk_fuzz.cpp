// The talk layer under any conversation. Each line of the input is one step: its first byte says who does
// what (below), the rest is what is said. Promises: the balance of every message adds up, every connection is
// given out once, a file misses no more bytes than it has, and frames come in the order of their stream.
//
//   a-d  client of connection 1 to 4 says the rest and LF      A-D  its server does
//   e-h  the same without LF: frames in pieces                 E-H
//   i-l  as many bytes of the client are not captured         I-L
//   m-p  the connection ends                                   M-P  all the server said is acknowledged
//   anything else: time passes, a tenth of a second for each byte of the line
#include <array>
#include <cstddef>
#include <cstdint>
#include <map>
#include <memory>
#include <set>
#include <string_view>
#include <utility>

#include "analyzer/talk/talk_analyzer.hpp"
#include "base/bytes.hpp"
#include "base/check.hpp"

namespace plaintalk::analyzer {
namespace {

class PromiseSink : public TalkSink {
 public:
  void connection(const ConnectionResult& row) override {
    check(given_out_.insert(row.connection->id).second, "a connection was given out twice");
  }
  void tcp_event(const TcpEvent&) override {}
  void pdu(const PduResult& row) override {
    std::uint64_t& next = next_offset_[{row.connection, row.direction}];
    check(row.stream_offset >= next, "a frame lies before the last one");
    next = row.stream_offset;
    check(row.hole_bytes <= row.body_length, "more is missing than there is");
  }
  void message(const MessageResult& row) override {
    const DeliveryBalance& sum = row.balance;
    check(sum.members == sum.deliveries + sum.missing + sum.shed + sum.not_captured + sum.undecided,
          "the balance of a message does not add up");
    check(row.seq > 0, "a message without a number");
  }
  void credential(const CredentialResult& row) override {
    check(row.secret == "******", "a secret is shown");
  }
  void transfer(const TransferResult& row) override {
    check(row.chunks > 0 && row.first.known(), "a transfer of nothing");
  }
  void user(const UserResult& row) override { check(row.first_seen <= row.last_seen, "a user of no time"); }
  void file(const FileResult& row) override {
    check(!row.size || row.gap_bytes <= *row.size, "a file misses more than it has");
    check(!row.complete || row.gap_bytes == 0, "a complete file misses bytes");
  }
  void room(const RoomResult& row) override { check(!row.room.empty(), "a room without a name"); }
  void timeline(const TimelineResult&) override {}
  void finding(const Finding& row) override { check(!row.text.empty(), "a finding without words"); }
  std::size_t connection_count() const { return given_out_.size(); }

 private:
  std::set<ConnectionId> given_out_;
  std::map<std::pair<ConnectionId, Direction>, std::uint64_t> next_offset_;
};

class NoStore : public ContentStore {
 public:
  Written write(std::uint64_t, std::uint64_t, std::string_view bytes) override {
    check(!bytes.empty(), "nothing is written");
    return Written::stored;
  }
  Outcome finish(std::uint64_t, std::uint64_t) override { return {}; }
};

class Conversation {
 public:
  void step(std::string_view line) {
    const char who = line.empty() ? '\0' : line.front();
    const std::string_view rest = line.substr(line.empty() ? 0 : 1);
    const bool is_server = who >= 'A' && who <= 'P';
    const char action = is_server ? static_cast<char>(who - 'A' + 'a') : who;
    pass_time(1);
    if (action < 'a' || action > 'p') return pass_time(line.size());
    const Direction direction = is_server ? Direction::server_to_client : Direction::client_to_server;
    const auto slot = static_cast<std::size_t>(action - 'a') % kSlotCount;
    switch ((action - 'a') / static_cast<int>(kSlotCount)) {
      case 0: say(slot, direction, rest); return say(slot, direction, "\n");
      case 1: return say(slot, direction, rest);
      case 2: return lose(slot, direction, rest.size());
      default: return is_server ? acknowledge(slot) : close(slot);
    }
  }
  void finish() {
    for (std::size_t slot = 0; slot < kSlotCount; ++slot) close(slot);
    analyzer_.finish();
    check(sink_.connection_count() == opened_count_, "a connection was not given out");
  }

 private:
  static constexpr std::size_t kSlotCount = 4;
  struct FuzzedConnection {
    ConnectionRecord connection;
    std::array<std::uint64_t, 2> offsets{};
    bool is_open = false;
  };

  void pass_time(std::size_t tenths) {
    now_ += std::chrono::milliseconds(100) * static_cast<int>(tenths);
    ++packet_;
    analyzer_.advance(now_);
  }
  FuzzedConnection& open(std::size_t slot, bool midstream) {
    FuzzedConnection& line = connections_[slot];
    if (line.is_open) return line;
    line = {};
    line.is_open = true;
    line.connection.id = ConnectionId{++opened_count_};
    line.connection.client.endpoint = {IpAddress::v4(192, 0, 2, static_cast<std::uint8_t>(1 + slot)), 40000};
    line.connection.server.endpoint = {IpAddress::v4(192, 0, 2, 100), 7777};
    line.connection.start = line.connection.end = now_;
    line.connection.midstream = midstream;
    analyzer_.opened(line.connection);
    return line;
  }
  void say(std::size_t slot, Direction direction, std::string_view bytes) {
    if (bytes.empty()) return;
    FuzzedConnection& line = open(slot, false);
    std::uint64_t& offset = line.offsets[static_cast<std::size_t>(direction)];
    analyzer_.data({line.connection.id, direction, offset, as_bytes(bytes), packet_, now_});
    offset += bytes.size();
    line.connection.end = now_;
  }
  void lose(std::size_t slot, Direction direction, std::size_t size) {
    if (size == 0) return;
    FuzzedConnection& line = open(slot, true);
    std::uint64_t& offset = line.offsets[static_cast<std::size_t>(direction)];
    analyzer_.gap({line.connection.id, direction, offset, size, GapCause::capture_loss, packet_, now_});
    offset += size;
  }
  void acknowledge(std::size_t slot) {
    FuzzedConnection& line = connections_[slot];
    if (!line.is_open) return;
    constexpr Direction kFromServer = Direction::server_to_client;
    analyzer_.acknowledged({line.connection.id, kFromServer,
                            line.offsets[static_cast<std::size_t>(kFromServer)], packet_, now_});
  }
  void close(std::size_t slot) {
    FuzzedConnection& line = connections_[slot];
    if (!std::exchange(line.is_open, false)) return;
    line.connection.end = now_;
    line.connection.client.has_fin = slot % 2 == 0;
    analyzer_.closed(line.connection);
  }

  PromiseSink sink_;
  NoStore store_;
  TalkAnalyzer analyzer_{TalkOptions{}, sink_, store_};
  std::array<FuzzedConnection, kSlotCount> connections_;
  std::uint64_t opened_count_ = 0;
  std::uint64_t packet_ = 0;
  WallTime now_{std::chrono::seconds(1'700'000'000)};
};

}  // namespace
}  // namespace plaintalk::analyzer

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  std::string_view text = plaintalk::as_text({data, size});
  plaintalk::analyzer::Conversation conversation;
  while (!text.empty()) {
    const std::size_t end = text.find('\n');
    conversation.step(text.substr(0, end));
    text.remove_prefix(end == text.npos ? text.size() : end + 1);
  }
  conversation.finish();
  return 0;
}
