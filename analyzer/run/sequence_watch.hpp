// One side of a connection, as the rows of its packets need it: which of them are not acknowledged yet, and
// what is in flight. Numbers are the relative ones of JudgedSegment.
//
// Only packets whose row still waits are kept, so it holds no more than those.
#pragma once

#include <array>
#include <cstdint>
#include <optional>
#include <vector>

#include "analyzer/tables/packet_row.hpp"
#include "base/time.hpp"

namespace plaintalk::analyzer {

class SequenceWatch {
 public:
  // Followed at once; those above stay without an acknowledgement.
  static constexpr std::size_t kUnacknowledgedCountMax = 4096;

  struct Range {
    std::int64_t begin = 0;
    std::int64_t end = 0;
  };
  struct Sent {
    Range range;
    std::uint64_t packet = 0;
    WallTime time;
  };

  // The other side has sent an acknowledgement of everything below `number`, with selective blocks or none.
  struct Acknowledged {
    std::vector<std::uint64_t> packets;  // whose last byte this is the first to acknowledge
    std::uint64_t highest = 0;           // of them, at its first transmission
    std::optional<Nanoseconds> rtt;
  };
  void acknowledged(std::int64_t number, const PacketResult& by, Acknowledged& result);

  // A packet that takes room in the sequence space. `confirmed`: what had been acknowledged before it.
  void sent(const Sent& packet, std::optional<std::int64_t> confirmed, bool is_syn);
  // A packet that takes none, but says by its number what was sent before it.
  void numbered(std::int64_t at);
  // Wireshark's rule: the span of what is not acknowledged, without the blocks of the latest selective
  // acknowledgement; not known from a hole in the capture on until the next acknowledgement, nor before the
  // first one of a connection whose beginning was not captured.
  std::optional<std::uint64_t> bytes_in_flight() const;

  // The row of this packet is written: whether its acknowledgement had not come.
  bool forget(std::uint64_t packet);

 private:
  void take_first(std::size_t count);
  void note_blocks(std::int64_t number, const PacketResult& by);
  Range span() const;

  std::vector<Sent> unacknowledged_;  // by rising end; of equal ends the first transmission first
  std::size_t first_ = 0;             // those before it are gone
  bool are_disjoint_ = true;          // each begins where the one before it ends, or above
  bool is_known_ = false;
  bool has_forgotten_ = false;
  std::optional<std::int64_t> high_;
  Range repeated_;  // ends in (begin, end] give no round trip
  std::array<Range, 4> blocks_;
  std::size_t block_count_ = 0;
};

}  // namespace plaintalk::analyzer
