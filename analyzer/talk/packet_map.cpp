#include "analyzer/talk/packet_map.hpp"

#include <algorithm>

namespace plaintalk::analyzer {

void PacketMap::add(std::uint64_t offset, std::uint64_t size, Moment moment) {
  if (size == 0) return;
  // One packet may be released in several pieces: they are still one packet.
  if (!pieces_.empty() && pieces_.back().end == offset && pieces_.back().moment.packet == moment.packet) {
    pieces_.back().end = offset + size;
    return;
  }
  pieces_.push_back({offset, offset + size, moment});
}

PacketMap::Span PacketMap::span(std::uint64_t begin, std::uint64_t end) const {
  Span span;
  auto piece =
      std::upper_bound(pieces_.begin(), pieces_.end(), begin,
                       [](std::uint64_t offset, const Piece& candidate) { return offset < candidate.end; });
  for (; piece != pieces_.end() && piece->begin < end; ++piece) {
    if (span.packets == 0) span.first = piece->moment;
    span.last = piece->moment;
    ++span.packets;
  }
  return span;
}

void PacketMap::forget_below(std::uint64_t offset) {
  floor_ = std::max(floor_, offset);
  while (!pieces_.empty() && pieces_.front().end <= offset) pieces_.pop_front();
  while (!acks_.empty() && acks_.front().offset <= offset) acks_.pop_front();
}

void PacketMap::acknowledged(std::uint64_t offset, WallTime time) {
  if (offset <= floor_ || (!acks_.empty() && offset <= acks_.back().offset)) return;
  if (acks_.size() == kAckCountMax) acks_.pop_front();
  acks_.push_back({offset, time});
}

std::optional<WallTime> PacketMap::acknowledged_at(std::uint64_t end) const {
  const auto ack =
      std::lower_bound(acks_.begin(), acks_.end(), end,
                       [](const Ack& candidate, std::uint64_t offset) { return candidate.offset < offset; });
  if (ack == acks_.end()) return std::nullopt;
  return ack->time;
}

}  // namespace plaintalk::analyzer
