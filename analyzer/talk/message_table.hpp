// Every message on its way: from the command that said it, over its number in the room, to every copy that
// went out.
//
// Evidence comes in any order (a packet may arrive late, a side may not have been captured), so a message
// stays open for kFinalizeAfter of capture time: longer than a finished connection lingers in the stream
// layer, so that its end is known when its copies are counted. Then its copies are counted against the
// members of its room at that moment (the conservation law) and its row is emitted.
#pragma once

#include <cstddef>
#include <cstdint>
#include <deque>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <unordered_map>
#include <vector>

#include "analyzer/talk/findings.hpp"
#include "analyzer/talk/observed_state.hpp"

namespace plaintalk::analyzer {

struct Delivery {
  enum class State : std::uint8_t { live, undecided, replay };
  std::shared_ptr<ObservedSession> session;
  std::shared_ptr<Membership> membership;
  Moment out;
  std::optional<WallTime> acked;
  State state{};
  bool after_later = false;  // a higher number had come live before
};

struct Message {
  ObservedRoom* room = nullptr;
  std::uint64_t seq = 0;
  WallTime since;    // when the first evidence came
  Moment in;         // the packet that completed the command; unknown when it was not captured
  Moment first_out;  // the first packet that shows it to have its number
  ConnectionId in_connection{};
  std::weak_ptr<ObservedSession> said_by;  // set when the command's connection had no account yet
  std::string sender;
  bool is_file = false;
  bool has_text = false;
  std::optional<WallTime> ok;
  std::optional<std::uint64_t> said_hash;  // of the body in the command
  std::optional<std::uint64_t> sent_hash;  // of the body in a copy without holes
  std::optional<std::uint64_t> line_hash;  // of the first line of a copy
  bool altered = false;
  bool published = false;  // to those who watch
  bool suggested = false;  // the same, as one that may be a replay
  std::string file;        // the handle, of a file
  std::string text;
  std::uint64_t body_length = 0;
  std::uint64_t hole_bytes = 0;
  std::vector<Delivery> deliveries;
};

class MessageTable {
 public:
  static constexpr Nanoseconds kFinalizeAfter{std::chrono::seconds(150)};
  static constexpr Nanoseconds kTailGrace{std::chrono::seconds(1)};
  static constexpr std::size_t kMessageCountMax = 1 << 17;
  static constexpr std::size_t kDeliveryCountMax = 1 << 20;
  static constexpr std::size_t kTextBytesMax = 64 << 20;
  static constexpr std::size_t kRangeCountMax = 1 << 14;  // pieces of the numbers of one room

  using Finalized = std::function<void(const MessageResult&)>;
  // Asked for the command of a message when the reply that would tell it was not captured.
  using FindCommand = std::function<void(Message&)>;
  MessageTable(Findings& findings, Finalized finalized, FindCommand find_command)
      : findings_(findings), finalized_(std::move(finalized)), find_command_(std::move(find_command)) {}

  // The open message of that number, made if need be; nothing when it was emitted before.
  Message* open(ObservedRoom& room, std::uint64_t seq, Moment seen);
  std::optional<std::uint64_t> serial_of(const ObservedRoom& room, std::uint64_t seq) const;
  Message* by_serial(std::uint64_t serial);
  void set_text(Message& message, std::string_view text, std::uint64_t body_length, std::uint64_t hole_bytes);
  std::size_t add_delivery(Message& message, Delivery delivery);

  // Emits what is older than kFinalizeAfter at `now`, and the oldest when a bound is reached.
  void finalize_older(WallTime now);
  void finalize_all(WallTime now);
  // Every message now, however new it is: there is no memory to wait for its other copies. What is still
  // expected counts as undecided.
  void finalize_early();

 private:
  enum class Why : std::uint8_t { old_enough, over_bound, at_end };
  enum class Expected : std::uint8_t { no, maybe, yes };

  void finalize_oldest(Why why);
  void decide_copies(const Message& message, MessageResult& row);
  void count_members(const Message& message, Why why, MessageResult& row);
  void add_latencies(const Message& message, MessageResult& row);
  void check_numbers(const Message& message);
  static Expected expected(const Membership& membership, const Message& message);
  void report(std::string_view kind, const Message& message, ConnectionId connection, std::uint64_t packet,
              const std::string& what);

  struct Key {
    const ObservedRoom* room;
    std::uint64_t seq;
    bool operator==(const Key&) const = default;
  };
  struct HashKey {
    std::size_t operator()(const Key& key) const {
      return std::hash<const void*>{}(key.room) ^
             (std::hash<std::uint64_t>{}(key.seq) * 0x9E3779B97F4A7C15ULL);
    }
  };

  Findings& findings_;
  Finalized finalized_;
  FindCommand find_command_;
  std::deque<Message> messages_;
  std::uint64_t base_ = 0;  // serial of messages_.front()
  std::unordered_map<Key, std::uint64_t, HashKey> serials_;
  std::size_t delivery_count_ = 0;
  std::size_t text_bytes_ = 0;
  bool limit_reported_ = false;
  WallTime now_{};
};

}  // namespace plaintalk::analyzer
