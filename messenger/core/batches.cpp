#include "messenger/core/batches.hpp"

#include <utility>

#include "base/check.hpp"
#include "messenger/core/room.hpp"
#include "messenger/core/room_table.hpp"

namespace plaintalk::messenger::core {
namespace {

constexpr std::size_t kFreeBatchCountMax = 64;
constexpr std::size_t kBatchCapacityKept = 128 << 10;

}  // namespace

Batch& Batches::begin(Room& room) {
  if (free_.empty()) free_.push_back(std::make_unique<Batch>());
  room.batch = std::move(free_.back());
  free_.pop_back();
  room.batch_place = static_cast<std::uint32_t>(rooms_.size());
  rooms_.push_back(room.handle);
  return *room.batch;
}

std::unique_ptr<Batch> Batches::take(const RoomTable& rooms, Room& room) {
  check(rooms_[room.batch_place] == room.handle, "a batch is not where its room says");
  rooms.at(rooms_.back()).batch_place = room.batch_place;
  rooms_[room.batch_place] = rooms_.back();
  rooms_.pop_back();
  return std::move(room.batch);
}

void Batches::recycle(std::unique_ptr<Batch> batch) {
  const std::size_t held = batch->text.capacity() + batch->sequenced.capacity() * sizeof(Batch::Sequenced) +
                           batch->routes.capacity() * sizeof(Batch::Route);
  if (free_.size() >= kFreeBatchCountMax || held > kBatchCapacityKept) return;
  batch->text.clear();
  batch->sequenced.clear();
  batch->routes.clear();
  batch->last_message = {};
  free_.push_back(std::move(batch));
}

}  // namespace plaintalk::messenger::core
