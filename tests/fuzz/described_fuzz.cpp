// A described protocol under any bytes. The first byte of the input chooses a framing, the second how the
// stream is cut, the rest are lines: each begins with who does what (below). Promises: units lie behind one
// another in their stream and inside it, no more is held than the framing allows, the balance of every
// message adds up, and no secret is shown.
//
//   a-c  client of connection 1 to 3 sends the rest and LF     A-C  its server does
//   d-f  the same without LF                                   D-F
//   g-i  as many bytes of the client are not captured         G-I
//   j    all connections end
#include <array>
#include <cstddef>
#include <cstdint>
#include <map>
#include <memory>
#include <string>
#include <string_view>
#include <utility>

#include "analyzer/protocols/description_reader.hpp"
#include "analyzer/talk/talk_analyzer.hpp"
#include "base/bytes.hpp"
#include "base/check.hpp"

namespace plaintalk::analyzer {
namespace {

constexpr std::array<std::string_view, 8> kFramings{
    "by = \"newline\"",
    "by = \"newline\"\nbody_size = '^PUB .*?(\\d+)$'\nbody_end = \"\\r\\n\"",
    "by = \"delimiter\"\ndelimiter = \"||\"",
    "by = \"length\"\nlength_bytes = 1",
    "by = \"length\"\nlength_bytes = 2\norder = \"little\"\ncounts_itself = true",
    "by = \"length\"\nlength_bytes = 3\norder = \"text\"",
    "by = \"fixed\"\nsize = 5",
    "by = \"none\"\nbegins = '(\\w+): '"};

constexpr std::string_view kRules = R"(
unit_max = 64
[fields]
verb = { word = 1 }
one = [{ word = 2 }, { json = "/one" }, { key = "one" }]
two = [{ word = 3 }, { json = "/two" }, { bytes_at = 2, bytes = 2, as = "big" }]
rest = [{ from_word = 3 }, { regex = '^(\w+): ' }]
[rooms]
everyone = "all"
separator = "."
one_word = "*"
more_words = ">"
[[rule]]
from = "client"
when = { verb = "L" }
is = "login"
user = "one"
secret = "two"
[[rule]]
when = { verb = "A" }
is = "accepted"
[[rule]]
when = { verb = "R" }
is = "refused"
[[rule]]
when = { verb = "N" }
is = "rename"
user = "one"
name = "two"
[[rule]]
when = { verb = "J" }
is = "join"
room = "one"
id = "two"
[[rule]]
when = { verb = "P" }
is = "leave"
id = "one"
[[rule]]
when = { verb = "T" }
is = "message"
to = "one"
text = "rest"
[[rule]]
when = { verb = "I" }
is = "message"
room = "one"
id = "two"
[[rule]]
when = { verb = "K" }
is = "ack"
id = "one"
[[rule]]
when = { verb = "B" }
is = "file-begin"
name = "one"
size = "two"
[[rule]]
when = { verb = "C" }
is = "file-chunk"
name = "one"
data = "two"
encoding = "hex"
[[rule]]
when = { verb = "E" }
is = "file-end"
name = "one"
[[rule]]
when = { unit = { matches = ': ' } }
is = "message"
text = "unit"
user = "rest"
)";

class DescribedPromises : public TalkSink {
 public:
  void pdu(const PduResult& row) override {
    std::uint64_t& next = next_offset_[{row.connection, row.direction}];
    check(row.stream_offset >= next, "a unit lies before the last one");
    next = row.stream_offset + row.length;
  }
  void message(const MessageResult& row) override {
    const DeliveryBalance& sum = row.balance;
    check(sum.members == sum.deliveries + sum.missing + sum.shed + sum.not_captured + sum.undecided,
          "the balance of a message does not add up");
    check(row.seq > 0 && !row.room.empty(), "a message without a place");
  }
  void credential(const CredentialResult& row) override {
    check(row.secret == "******", "a secret is shown");
  }
  void user(const UserResult& row) override { check(row.first_seen <= row.last_seen, "a user of no time"); }
  void file(const FileResult& row) override {
    check(!row.complete || row.gap_bytes == 0, "a complete file misses bytes");
  }
  void connection(const ConnectionResult& row) override {
    check(row.is_described, "a connection by description");
  }
  void tcp_event(const TcpEvent&) override {}
  void transfer(const TransferResult&) override {}
  void room(const RoomResult& row) override { check(!row.room.empty(), "a room without a name"); }
  void timeline(const TimelineResult&) override {}
  void finding(const Finding& row) override { check(!row.text.empty(), "a finding without words"); }

 private:
  std::map<std::pair<ConnectionId, Direction>, std::uint64_t> next_offset_;
};

class NothingKept : public ContentStore {
 public:
  Written write(std::uint64_t, std::uint64_t, std::string_view) override { return Written::stored; }
  Outcome finish(std::uint64_t, std::uint64_t) override { return {}; }
};

std::shared_ptr<const described::Description> description_number(std::size_t number) {
  static std::array<std::shared_ptr<const described::Description>, kFramings.size()> made;
  auto& place = made[number % kFramings.size()];
  if (!place) {
    auto read = read_description("ports = [5555]\n[framing]\n" +
                                     std::string(kFramings[number % kFramings.size()]) + std::string(kRules),
                                 "fuzz.toml");
    check(read.has_value(), "the description can be read");
    place = std::make_shared<described::Description>(std::move(*read));
  }
  return place;
}

class DescribedConversation {
 public:
  DescribedConversation(std::size_t framing, std::size_t piece)
      : talk_({.description = description_number(framing)}, sink_, store_), piece_(piece % 16 + 1) {}

  void step(std::string_view line) {
    if (line.empty()) return;
    const bool is_server = line[0] >= 'A' && line[0] <= 'I';
    const char action = is_server ? static_cast<char>(line[0] - 'A' + 'a') : line[0];
    const Direction direction = is_server ? Direction::server_to_client : Direction::client_to_server;
    if (action == 'j') return end();
    if (action < 'a' || action > 'i') return pass(line.size());
    const auto slot = static_cast<std::size_t>(action - 'a') % kSlotCount;
    if (action >= 'g') return lose(slot, direction, line.size());
    std::string bytes(line.substr(1));
    if (action <= 'c') bytes += '\n';
    for (std::size_t at = 0; at < bytes.size(); at += piece_)
      say(slot, direction, std::string_view(bytes).substr(at, piece_));
  }
  void finish() {
    end();
    talk_.finish();
  }

 private:
  static constexpr std::size_t kSlotCount = 3;
  struct Slot {
    ConnectionRecord connection;
    std::array<std::uint64_t, 2> offsets{};
    bool is_open = false;
  };
  void pass(std::size_t tenths) {
    now_ += std::chrono::milliseconds(100) * static_cast<int>(tenths);
    talk_.advance(now_);
  }
  Slot& open(std::size_t number, bool midstream) {
    Slot& slot = slots_[number];
    if (slot.is_open) return slot;
    slot = {};
    slot.is_open = true;
    slot.connection.id = ConnectionId{++opened_};
    slot.connection.server.endpoint = {IpAddress::v4(192, 0, 2, 100), 5555};
    slot.connection.start = slot.connection.end = now_;
    slot.connection.midstream = midstream;
    talk_.opened(slot.connection);
    return slot;
  }
  void say(std::size_t number, Direction direction, std::string_view bytes) {
    Slot& slot = open(number, false);
    std::uint64_t& offset = slot.offsets[static_cast<std::size_t>(direction)];
    now_ += std::chrono::milliseconds(1);
    talk_.packet(now_, 1);
    talk_.data({slot.connection.id, direction, offset, as_bytes(bytes), ++packet_, now_});
    offset += bytes.size();
  }
  void lose(std::size_t number, Direction direction, std::size_t size) {
    Slot& slot = open(number, true);
    std::uint64_t& offset = slot.offsets[static_cast<std::size_t>(direction)];
    talk_.gap({slot.connection.id, direction, offset, size, GapCause::capture_loss, packet_, now_});
    offset += size;
  }
  void end() {
    for (Slot& slot : slots_) {
      if (!std::exchange(slot.is_open, false)) continue;
      slot.connection.end = now_;
      talk_.closed(slot.connection);
    }
  }

  DescribedPromises sink_;
  NothingKept store_;
  TalkAnalyzer talk_;
  std::size_t piece_;
  std::array<Slot, kSlotCount> slots_;
  std::uint64_t opened_ = 0;
  std::uint64_t packet_ = 0;
  WallTime now_{std::chrono::seconds(1'700'000'000)};
};

}  // namespace
}  // namespace plaintalk::analyzer

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  if (size < 2) return 0;
  plaintalk::analyzer::DescribedConversation conversation(data[0], data[1]);
  std::string_view text = plaintalk::as_text({data + 2, size - 2});
  while (!text.empty()) {
    const std::size_t end = text.find('\n');
    conversation.step(text.substr(0, end));
    text.remove_prefix(end == text.npos ? text.size() : end + 1);
  }
  conversation.finish();
  return 0;
}
