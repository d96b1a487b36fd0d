// The bytes of one direction that were read and not yet written: a buffer of fixed size, and for each piece
// that was read at once the moment when it may go on. When it is full nothing more is read, and TCP's own
// flow control holds the sender back.
#pragma once

#include <cstddef>
#include <deque>
#include <span>
#include <string_view>
#include <vector>

#include "base/time.hpp"

namespace plaintalk::relay {

class HeldBytes {
 public:
  explicit HeldBytes(std::size_t size_max) : buffer_(size_max) {}

  std::size_t size() const { return end_ - begin_; }
  std::size_t size_max() const { return buffer_.size(); }
  std::size_t most() const { return most_; }  // that was ever held

  // Where to read to, until add(); empty when it is full, or may not be moved now. The contents move when
  // `may_move`, and at no other time.
  std::span<char> room(bool may_move);
  // `size` bytes were read there at `came`; they leave at `leaves`, or when those before them have left.
  void add(std::size_t size, Instant came, Instant leaves);

  // REQUIRES of all below: size() > 0.
  Instant first_came() const { return pieces_.front().came; }
  Instant first_leaves() const { return pieces_.front().leaves; }
  // How many bytes may leave at `now`.
  std::size_t due(Instant now) const;
  std::string_view front(std::size_t size) const { return {buffer_.data() + begin_, size}; }
  void drop(std::size_t size);

 private:
  struct Piece {
    std::size_t size = 0;
    Instant came{};
    Instant leaves{};
  };
  static constexpr std::size_t kPieceCountMax = 1024;

  std::vector<char> buffer_;
  std::size_t begin_ = 0;
  std::size_t end_ = 0;
  std::size_t most_ = 0;
  std::deque<Piece> pieces_;
};

}  // namespace plaintalk::relay
