// The bytes seen lately, of all connections together, with the packet and time that brought them: what a
// repeat is compared with.
//
// One ring of fixed size holds the records of every direction, so memory does not grow with the number of
// connections, and keeping a segment costs one copy and no allocation. Records of one direction are linked
// backwards; a link into a part of the ring that has been overwritten is recognised by its position, which
// only ever grows.
#pragma once

#include <cstdint>
#include <cstring>
#include <memory>

#include "base/bytes.hpp"
#include "base/time.hpp"

namespace plaintalk::analyzer {

class ByteHistory {
 public:
  using Position = std::uint64_t;  // 0: none

  struct Record {
    Position previous = 0;
    std::int64_t begin = 0;       // stream offset
    std::uint32_t captured = 0;   // bytes kept
    std::uint32_t wire_size = 0;  // bytes the segment had
    std::uint64_t packet = 0;
    WallTime first_time;
    WallTime last_time;  // of the latest transmission
    std::uint64_t last_packet = 0;
  };

  explicit ByteHistory(std::size_t size);

  // Returns where the record went: the newest of its direction.
  Position append(Position previous, std::int64_t begin, Bytes captured, std::uint32_t wire_size,
                  std::uint64_t packet, WallTime time);

  bool is_held(Position position) const { return position != 0 && position + size_ >= head_; }
  // REQUIRES is_held(position), also for the two below.
  Record record(Position position) const;
  Bytes bytes(Position position) const;
  void note_transmission(Position position, std::uint64_t packet, WallTime time);

  // Records are nearly in the order of their offsets. After this many that lie wholly below what is sought,
  // it is not further back.
  static constexpr int kBelowCountMax = 16;
  // How far back a search goes at most: bounds what one hostile repeat costs.
  static constexpr int kStepsMax = 512;
  // The newest record of the chain that holds `offset`, or 0. Looks at most `steps_max` records back.
  Position find(Position newest, std::int64_t offset, int steps_max) const;

 private:
  std::size_t at(Position position) const { return position & mask_; }

  std::unique_ptr<std::uint8_t[]> ring_;  // not initialised: pages that are never used cost nothing
  std::size_t size_;
  std::size_t mask_;
  Position head_;  // where the next record goes
};

}  // namespace plaintalk::analyzer
