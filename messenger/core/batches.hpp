// Which rooms have frames that were not flushed yet.
#pragma once

#include <memory>
#include <vector>

#include "messenger/core/batch.hpp"
#include "messenger/core/handle.hpp"

namespace plaintalk::messenger::core {

class RoomTable;

class Batches {
 public:
  // Begins the one of the room. REQUIRES: it has none.
  Batch& begin(Room& room);
  // Takes it away from the room. REQUIRES: it has one.
  std::unique_ptr<Batch> take(const RoomTable& rooms, Room& room);
  // It is of no use any more: its memory is for the next one.
  void recycle(std::unique_ptr<Batch> batch);

  // Rooms that have one.
  const std::vector<RoomHandle>& rooms() const { return rooms_; }

 private:
  std::vector<RoomHandle> rooms_;
  std::vector<std::unique_ptr<Batch>> free_;
};

}  // namespace plaintalk::messenger::core
