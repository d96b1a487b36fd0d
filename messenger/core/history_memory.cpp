#include "messenger/core/history_memory.hpp"

#include <algorithm>
#include <utility>

#include "messenger/core/room_table.hpp"

namespace plaintalk::messenger::core {

void HistoryMemory::add(Room& room, const Block& block, std::span<const Batch::Sequenced> frames,
                        std::size_t count_max) {
  const std::size_t before = room.history.held_bytes();
  // Of a large batch only the last ones stay.
  const std::size_t skipped = frames.size() - std::min(frames.size(), count_max);
  std::size_t offset = 0;
  for (const Batch::Sequenced& frame : frames.first(skipped)) offset += frame.size;
  if (skipped > 0) room.history.skip(skipped);
  for (const Batch::Sequenced& frame : frames.subspan(skipped)) {
    room.history.add(block, offset, frame.size, count_max);
    offset += frame.size;
  }
  held_bytes_ += room.history.held_bytes() - before;
  if (room.history_place.is_queued()) {
    rooms_.use(room.history_place);
  } else {
    rooms_.add(room.history_place, room.handle);
  }
}

void HistoryMemory::bound(const RoomTable& rooms, std::size_t bytes_max) {
  while (held_bytes_ > bytes_max) {
    const RoomHandle handle =
        rooms_.oldest([&](RoomHandle each) -> UsePlace& { return rooms.at(each).history_place; });
    if (handle.is_none()) return;
    Room& oldest = rooms.at(handle);
    const std::size_t before = oldest.history.held_bytes();
    if (!oldest.history.empty()) oldest.history.drop_oldest();
    held_bytes_ -= before - oldest.history.held_bytes();
    if (!oldest.history.empty()) continue;
    rooms_.remove(oldest.history_place);
    if (!is_in_use(oldest)) emptied_.push_back(handle);
  }
}

void HistoryMemory::forget(Room& room) {
  held_bytes_ -= room.history.held_bytes();
  if (room.history_place.is_queued()) rooms_.remove(room.history_place);
}

std::vector<RoomHandle> HistoryMemory::take_emptied() { return std::exchange(emptied_, {}); }

}  // namespace plaintalk::messenger::core
