// What one room has shown us, by its dense numbering (docs/PROTOCOL.md, section 6): what is new, what is a
// repeat, what is missing.
//
//   shown ............ cursor | hole | held | hole | held ... highest known
//
// Frames are given out strictly in order and once. A frame that comes too early is held until the hole before
// it was paged from history; settle() says after each page whether another is needed. It always ends: every
// page moves the cursor.
#pragma once

#include <cstddef>
#include <cstdint>
#include <map>
#include <utility>
#include <variant>
#include <vector>

#include "messenger/client/event.hpp"

namespace plaintalk::messenger::client {

using RoomFrame = std::variant<MessageCame, FileCame>;

inline constexpr std::size_t kHeldFrameCountMax = 256;
inline constexpr std::size_t kHeldBytesMax = 1 << 20;

class RoomCursor {
 public:
  enum class Verdict : std::uint8_t { shown, held, repeat };

  // Nothing is known of the room until its first frame, or until start().
  bool known() const { return known_; }
  std::uint64_t cursor() const { return cursor_; }
  // A hole lies before something we know to exist.
  bool behind() const { return known_ && cursor_ < highest_; }

  // Frames up to `last` are the past and not ours to show. Does nothing when the room is known.
  void start(std::uint64_t last);
  // What may be shown now is appended to `out`.
  Verdict take(std::uint64_t seq, RoomFrame frame, std::vector<RoomFrame>& out);
  // Frames up to `seq` exist.
  void announce(std::uint64_t seq);

  // The numbering begins anew, and everything in it is ours to show.
  void start_over();

  struct Settled {
    std::vector<std::pair<std::uint64_t, std::uint64_t>> missed;  // ranges that nobody keeps any more
    bool page_again = false;                                      // ask for what comes after cursor()
  };
  // A page of what comes after `after` is complete.
  Settled settle(std::uint64_t after, std::uint64_t last, bool more, std::uint64_t oldest,
                 std::vector<RoomFrame>& out);

 private:
  void drain(std::vector<RoomFrame>& out);
  void skip_to(std::uint64_t seq, Settled& settled, std::vector<RoomFrame>& out);

  bool known_ = false;
  std::uint64_t cursor_ = 0;
  std::uint64_t highest_ = 0;
  std::map<std::uint64_t, RoomFrame> held_;
  std::size_t held_bytes_ = 0;
};

}  // namespace plaintalk::messenger::client
