// Decides what becomes of each packet on a link, in one direction: lost, held back, doubled, and when it
// comes out. Times arrive as parameters, so a test needs no clock.
//
// Chance is drawn for the n-th packet of a person, with payload and without counted apart: the n-th data
// segment has the same fate in every run with this seed, whatever the others do and however acknowledgements
// fall. What is no IPv4 (ARP) passes at once: a lost question for an address would cost a second that no lab
// is about. The same goes for packets of people whose link it is not.
#pragma once

#include <array>
#include <cstdint>
#include <optional>
#include <vector>

#include "base/time.hpp"
#include "labs/link/frame_view.hpp"
#include "labs/link/link_plan.hpp"

namespace plaintalk::link {

enum class Reason : std::uint8_t {
  none,    // nothing happened to it
  chance,  // loss_percent, reorder_percent, duplicate_percent
  chosen,  // a ChosenPacket
  queue,   // it did not fit into the queue
};

struct Fate {
  bool is_lost = false;
  Reason lost_by = Reason::none;
  Reason held_by = Reason::none;  // held back, and let pass later
  bool is_doubled = false;
  Instant due{};  // when it comes out, unless it is lost
};

class LinkPlanner {
 public:
  LinkPlanner(const LinkPlan& plan, Direction direction);

  // REQUIRES: `now` never goes back. `size` is the frame's, with its Ethernet header.
  Fate decide(const std::optional<FrameView>& frame, std::size_t size, Instant now);

 private:
  struct Counters {
    std::uint64_t with_payload = 0;
    std::uint64_t bare = 0;
  };
  // A stream of bytes in this direction.
  struct Flow {
    std::uint32_t source = 0;
    std::uint32_t target = 0;
    std::uint16_t source_port = 0;
    std::uint16_t target_port = 0;
    bool operator==(const Flow&) const = default;
  };
  struct Choice {
    enum class State : std::uint8_t { waiting, counting, found, done };
    ChosenPacket rule;
    State state = State::waiting;
    Flow flow{};
    std::uint32_t high = 0;  // what follows the highest byte seen of the flow
    unsigned left_to_skip = 0;
    std::uint32_t begin = 0;  // of the bytes that are chosen
    unsigned times_left = 0;
  };

  bool is_on_link(const FrameView& frame) const;
  std::uint64_t draw_base(const FrameView& frame);
  static bool is_chosen(Choice& choice, const FrameView& frame);
  const ChosenPacket* find_chosen(const FrameView& frame);
  // When the last byte has left the queue; nullopt when there is no room in it.
  std::optional<Instant> pass_queue(std::size_t size, Instant now);

  DirectionPlan plan_;
  Direction direction_;
  std::uint64_t seed_;
  std::optional<std::uint32_t> address_;
  std::vector<Choice> choices_;
  std::array<Counters, 256> counters_{};  // by the last octet of the person's address
  Instant free_at_{};                     // when the line has sent what waits
  Instant last_due_{};
};

}  // namespace plaintalk::link
