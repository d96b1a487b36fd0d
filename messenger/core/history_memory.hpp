// What the histories of all rooms hold together, and which of them forget first: those of rooms in which
// nothing was said for longest.
#pragma once

#include <cstddef>
#include <span>
#include <vector>

#include "messenger/core/batch.hpp"
#include "messenger/core/handle.hpp"
#include "messenger/core/out_queue.hpp"
#include "messenger/core/room.hpp"
#include "messenger/core/use_queue.hpp"

namespace plaintalk::messenger::core {

class RoomTable;

class HistoryMemory {
 public:
  // The next frames of the room, which are the whole of `block`, as History::add().
  void add(Room& room, const Block& block, std::span<const Batch::Sequenced> frames, std::size_t count_max);
  // Histories forget until all hold at most so much. No room goes: whoever asks may refer to it.
  void bound(const RoomTable& rooms, std::size_t bytes_max);
  // The room goes, with its history.
  void forget(Room& room);

  // Rooms that nobody was in when they lost all of their history, since the last call; some may be gone.
  std::vector<RoomHandle> take_emptied();
  std::size_t held_bytes() const { return held_bytes_; }

 private:
  UseQueue<Room> rooms_;  // with history
  std::size_t held_bytes_ = 0;
  std::vector<RoomHandle> emptied_;
};

}  // namespace plaintalk::messenger::core
