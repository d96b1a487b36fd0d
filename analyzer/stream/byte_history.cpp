#include "analyzer/stream/byte_history.hpp"

#include <algorithm>
#include <bit>

namespace plaintalk::analyzer {
namespace {
constexpr std::size_t kAlign = 8;
constexpr std::size_t kBytesMax = 65536;  // of one segment
constexpr std::size_t kHistorySizeMin = 4 * kBytesMax;
}  // namespace

// Positions start at the ring's size, so that 0 can mean none.
ByteHistory::ByteHistory(std::size_t size)
    : size_(std::bit_ceil(std::max(size, kHistorySizeMin))), mask_(size_ - 1), head_(size_) {
  ring_ = std::make_unique_for_overwrite<std::uint8_t[]>(size_);
}

ByteHistory::Position ByteHistory::append(Position previous, std::int64_t begin, Bytes captured,
                                          std::uint32_t wire_size, std::uint64_t packet, WallTime time) {
  const Bytes kept = captured.first(std::min(captured.size(), kBytesMax));
  const std::size_t size = (sizeof(Record) + kept.size() + kAlign - 1) / kAlign * kAlign;
  // A record lies in one piece: skip to the ring's start when the rest is too short.
  if (at(head_) + size > size_) head_ += size_ - at(head_);
  const Position position = head_;
  const Record record{previous, begin, static_cast<std::uint32_t>(kept.size()), wire_size, packet, time,
                      time,     packet};
  std::memcpy(ring_.get() + at(position), &record, sizeof record);
  if (!kept.empty()) std::memcpy(ring_.get() + at(position) + sizeof record, kept.data(), kept.size());
  head_ += size;
  return position;
}

ByteHistory::Record ByteHistory::record(Position position) const {
  Record record;
  std::memcpy(&record, ring_.get() + at(position), sizeof record);
  return record;
}

Bytes ByteHistory::bytes(Position position) const {
  return {ring_.get() + at(position) + sizeof(Record), record(position).captured};
}

void ByteHistory::note_transmission(Position position, std::uint64_t packet, WallTime time) {
  Record updated = record(position);
  updated.last_packet = packet;
  updated.last_time = time;
  std::memcpy(ring_.get() + at(position), &updated, sizeof updated);
}

ByteHistory::Position ByteHistory::find(Position newest, std::int64_t offset, int steps_max) const {
  int below_count = 0;
  for (Position position = newest; steps_max > 0 && is_held(position); --steps_max) {
    const Record found = record(position);
    if (offset >= found.begin && offset < found.begin + std::int64_t{found.wire_size}) return position;
    if (offset > found.begin && ++below_count > kBelowCountMax) return 0;
    position = found.previous;
  }
  return 0;
}

}  // namespace plaintalk::analyzer
