#include "labs/relay/held_bytes.hpp"

#include <algorithm>

namespace plaintalk::relay {

std::span<char> HeldBytes::room(bool may_move) {
  if (pieces_.size() >= kPieceCountMax) return {};
  if (may_move && begin_ > 0) {
    std::move(buffer_.begin() + static_cast<std::ptrdiff_t>(begin_),
              buffer_.begin() + static_cast<std::ptrdiff_t>(end_), buffer_.begin());
    end_ -= begin_;
    begin_ = 0;
  }
  return std::span(buffer_).subspan(end_);
}

void HeldBytes::add(std::size_t size, Instant came, Instant leaves) {
  // Bytes never overtake each other.
  if (!pieces_.empty()) leaves = std::max(leaves, pieces_.back().leaves);
  pieces_.push_back({size, came, leaves});
  end_ += size;
  most_ = std::max(most_, this->size());
}

std::size_t HeldBytes::due(Instant now) const {
  std::size_t size = 0;
  for (const Piece& piece : pieces_) {
    if (piece.leaves > now) break;
    size += piece.size;
  }
  return size;
}

void HeldBytes::drop(std::size_t size) {
  begin_ += size;
  while (size > 0) {
    Piece& first = pieces_.front();
    const std::size_t now = std::min(size, first.size);
    first.size -= now;
    size -= now;
    if (first.size == 0) pieces_.pop_front();
  }
  // Nothing moves here, also when it is empty: somebody may be reading into the room behind it.
}

}  // namespace plaintalk::relay
