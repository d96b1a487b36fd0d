// Which packet brought which bytes of one direction of a connection, for the part of the stream that is
// still being decoded; and which acknowledgements came before the data they cover could be released.
#pragma once

#include <cstddef>
#include <cstdint>
#include <deque>
#include <optional>

#include "analyzer/talk/results.hpp"

namespace plaintalk::analyzer {

class PacketMap {
 public:
  struct Span {
    Moment first;
    Moment last;
    std::uint64_t packets = 0;
  };

  void add(std::uint64_t offset, std::uint64_t size, Moment moment);
  // The packets of [begin, end); holes count for nothing. Forgets nothing.
  Span span(std::uint64_t begin, std::uint64_t end) const;
  // Nothing below `offset` will be asked for any more.
  void forget_below(std::uint64_t offset);

  void acknowledged(std::uint64_t offset, WallTime time);
  // When everything below `end` had been acknowledged, if that was before now.
  std::optional<WallTime> acknowledged_at(std::uint64_t end) const;

 private:
  struct Piece {
    std::uint64_t begin = 0;
    std::uint64_t end = 0;
    Moment moment;
  };
  struct Ack {
    std::uint64_t offset = 0;
    WallTime time;
  };
  static constexpr std::size_t kAckCountMax = 1024;

  std::deque<Piece> pieces_;  // by rising offset
  std::deque<Ack> acks_;      // by rising offset; only those above what was forgotten
  std::uint64_t floor_ = 0;
};

}  // namespace plaintalk::analyzer
