// The bytes of a capture, from a file, a pipe or memory, as one window that moves forward.
//
// Files are read in blocks of 1 MiB and not mapped: a file that somebody truncates while it is mapped kills
// the reader with SIGBUS, and a capture that is still being written is exactly such a file (docs/CAPTURE.md
// has the measurement). A pipe is read only until the bytes asked for are there, so that each record can be
// handed on as soon as it is complete.
#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>
#include <optional>

#include "base/bytes.hpp"

namespace plaintalk::capture {

class Input {
 public:
  static Input from_descriptor(int descriptor);  // takes it over
  static Input from_memory(Bytes bytes);         // borrows

  Input(Input&& other) noexcept;
  Input& operator=(Input&&) = delete;
  ~Input();

  // At least `size` bytes from the present position, or all that are left if there are fewer. Valid until
  // the next peek() or skip().
  Bytes peek(std::size_t size) {
    if (end_ - begin_ < size) refill(size);
    return {data_ + begin_, end_ - begin_};
  }
  // REQUIRES: peek() returned at least `size` bytes.
  void advance(std::size_t size) { begin_ += size; }
  // Moves over bytes that nobody wants to see; returns how many there were.
  std::uint64_t skip(std::uint64_t size);

  std::uint64_t position() const { return before_ + begin_; }
  // Of a regular file or of memory, as it was when opened.
  std::optional<std::uint64_t> size() const { return size_; }
  // Why reading stopped before the end (errno), or 0.
  int read_error() const { return read_error_; }
  // A signal whose handler was installed without SA_RESTART ended the reading: somebody wants the program to
  // stop.
  bool is_interrupted() const { return is_interrupted_; }

 private:
  Input() = default;
  void refill(std::size_t size);
  void make_room(std::size_t size);

  const std::uint8_t* data_ = nullptr;
  std::size_t begin_ = 0;
  std::size_t end_ = 0;
  std::uint64_t before_ = 0;  // bytes that have left the window
  std::unique_ptr<std::uint8_t[]> buffer_;
  std::size_t capacity_ = 0;
  int descriptor_ = -1;
  int read_error_ = 0;
  bool is_interrupted_ = false;
  bool at_end_ = false;
  std::optional<std::uint64_t> size_;
};

}  // namespace plaintalk::capture
