// What a link does to the packets that pass it: plain data, of both directions, as `[network]` of a lab.toml
// names it. Everything that chance decides follows from `seed` (link_planner.hpp).
#pragma once

#include <cstdint>
#include <expected>
#include <string>
#include <string_view>
#include <vector>

#include "base/time.hpp"

namespace plaintalk::link {

enum class Direction : std::uint8_t { to_server, to_people };

// The words of a plan: "to_server", "to_people".
std::string_view render(Direction direction);

struct DirectionPlan {
  Milliseconds delay{};
  Milliseconds jitter{};          // up to so much more delay; packets keep their order
  double loss_percent = 0;        // of the packets, each by itself
  double duplicate_percent = 0;   // these come twice
  double reorder_percent = 0;     // these are held back,
  Milliseconds reorder_by{};      // by so much, and are overtaken meanwhile
  std::uint64_t rate_bit_s = 0;   // of Ethernet frames without checksum; 0: as fast as they come
  std::uint64_t queue_bytes = 0;  // that wait for the rate at most, then the newest is dropped; 0: 512 KiB

  bool operator==(const DirectionPlan&) const = default;
};

inline constexpr std::uint64_t kUsualQueueSize = 512U * 1024;

// One packet that is chosen, not left to chance: the first TCP segment that carries `text` in one piece, or
// the one so many new segments with payload later on the same connection. What is sent again in its place
// shares its fate, as often as `times` says.
struct ChosenPacket {
  enum class Fate : std::uint8_t { lose, hold };
  Direction direction = Direction::to_people;
  std::string text{};
  unsigned skip = 0;
  unsigned times = 1;
  Fate fate = Fate::lose;
  Milliseconds hold{};  // with Fate::hold

  bool operator==(const ChosenPacket&) const = default;
};

struct LinkPlan {
  std::uint64_t seed = 0;
  std::string address{};  // whose link it is, such as 10.0.0.11; empty: all people share it
  DirectionPlan to_server{};
  DirectionPlan to_people{};
  std::vector<ChosenPacket> chosen{};

  const DirectionPlan& of(Direction direction) const {
    return direction == Direction::to_server ? to_server : to_people;
  }
  // Nothing is asked of the link.
  bool is_plain() const { return to_server == DirectionPlan{} && to_people == to_server && chosen.empty(); }

  bool operator==(const LinkPlan&) const = default;
};

// What is nonsense in the plan, one sentence each, in the words of lab.toml; empty: it can be used.
std::vector<std::string> faults_of(const LinkPlan& plan);

// One line for people: "20 ms to the server, 20 ms and 2 % loss to the people, for 10.0.0.11".
std::string describe(const LinkPlan& plan);

// As JSON, for the program that carries the packets; the error says what is wrong with the text.
std::string to_json(const LinkPlan& plan);
std::expected<LinkPlan, std::string> from_json(std::string_view text);

}  // namespace plaintalk::link
