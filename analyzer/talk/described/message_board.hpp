// The messages of described protocols: in once, out to whom. Copies are told apart by an id where the
// protocol has one, else by their text: the n-th copy of a text on a connection belongs to the n-th message
// with it. A message stays open for kFinalizeAfter of capture time; then its copies are counted against those
// who were in its room, and its row is given out.
#pragma once

#include <cstddef>
#include <cstdint>
#include <deque>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

#include "analyzer/talk/described/session.hpp"
#include "analyzer/talk/findings.hpp"

namespace plaintalk::analyzer::described {

struct Copy {
  std::shared_ptr<Session> session;
  std::string recipient;  // who was logged in there then
  Moment out;
  std::optional<WallTime> acked;
};

struct BoardMessage {
  Room* room = nullptr;
  std::uint64_t seq = 0;
  std::uint64_t key = 0;
  bool has_id = false;
  std::string sender;
  std::string to;  // of a direct message
  Moment in;       // unknown when only copies were seen
  Moment first_out;
  WallTime since;
  std::shared_ptr<Session> from;
  std::optional<WallTime> ok;
  std::string text;
  std::uint64_t body_length = 0;
  std::vector<Copy> copies;
};

class MessageBoard {
 public:
  static constexpr Nanoseconds kFinalizeAfter{std::chrono::seconds(150)};
  // What was under way when somebody came, went, or the capture ended is not known to be missing.
  static constexpr Nanoseconds kGrace{std::chrono::seconds(1)};
  static constexpr std::size_t kMessageCountMax = 1 << 17;
  static constexpr std::size_t kCopyCountMax = 1 << 20;
  static constexpr std::size_t kTextBytesMax = 64 << 20;
  static constexpr std::size_t kTriesMax = 64;  // messages looked at for the one that a copy is of

  using Finalized = std::function<void(const MessageResult&, const BoardMessage&)>;
  MessageBoard(const Rooms& rooms, Findings& findings, Finalized finalized)
      : rooms_(rooms), findings_(findings), finalized_(std::move(finalized)) {}

  // What one message is known by: its id, or its text.
  static std::uint64_t key_of(const Room& room, std::string_view id, std::string_view text);

  // A message that somebody sent. Gives its serial.
  std::uint64_t said(BoardMessage message);
  // A copy of it came out; makes the message when nobody was seen to send it. Gives serial and copy.
  struct Placed {
    std::uint64_t message = 0;
    std::size_t copy = 0;
  };
  Placed copy(BoardMessage message, const std::shared_ptr<Session>& to, Moment out);
  // The newest open message of the room whose text begins like this and is longer.
  std::optional<std::uint64_t> begins_with(const Room& room, std::string_view text) const;
  Placed copy_of(std::uint64_t serial, const std::shared_ptr<Session>& to, Moment out);
  // More of the text of a message came.
  void extend(std::uint64_t serial, std::string_view text);
  BoardMessage* find(std::uint64_t serial);
  bool has(std::uint64_t key) const { return by_key_.contains(key); }

  void finalize_older(WallTime now);
  void finalize_all(WallTime now);
  void give_way(WallTime now);  // everything now: what is still expected counts as undecided
  WallTime oldest() const { return messages_.empty() ? now_ : messages_.front().since; }

 private:
  struct Same {  // the messages with one key
    std::deque<std::uint64_t> serials;
    std::deque<std::uint64_t> unsaid;  // those of which only copies were seen
  };
  enum class Expected : std::uint8_t { no, maybe, not_captured, yes };

  std::uint64_t add(BoardMessage message);
  // Whether a copy that was sent to `to` may be one of it.
  bool fits(const BoardMessage& message, const BoardMessage& copy, const Session& to) const;
  std::optional<std::uint64_t> find_original(const Same& same, const BoardMessage& copy, const Session& to,
                                             std::uint64_t next);
  void keep_bounds();
  void finalize_oldest(bool early);
  void forget_key(const BoardMessage& message, std::uint64_t serial);
  Expected expected(const Stay& stay, const BoardMessage& message) const;
  Expected while_open(const Session& session, const BoardMessage& message) const;
  void count(const BoardMessage& message, bool early, MessageResult& row);
  void count_direct(const BoardMessage& message, std::vector<std::pair<const Session*, Expected>>& due) const;
  static void add_latencies(MessageResult& row);
  void report(std::string_view kind, const BoardMessage& message, ConnectionId connection,
              std::uint64_t packet, const std::string& what);

  const Rooms& rooms_;
  Findings& findings_;
  Finalized finalized_;
  std::deque<BoardMessage> messages_;
  std::uint64_t base_ = 1;  // serial of messages_.front()
  std::unordered_map<std::uint64_t, Same> by_key_;
  std::size_t copy_count_ = 0;
  std::size_t text_bytes_ = 0;
  bool limit_reported_ = false;
  WallTime now_{};
};

// Whether a name that somebody joined stands for this room too.
bool covers_room(const Rooms& rooms, std::string_view joined, std::string_view room);

}  // namespace plaintalk::analyzer::described
