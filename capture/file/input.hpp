// The bytes of a capture, from a file, a pipe or memory, as one window that moves forward.
//
// Files are read in blocks of 1 MiB and not mapped: a file that somebody truncates while it is mapped kills
// the reader with SIGBUS, and a capture that is still being written is exactly such a file (docs/CAPTURE.md
// has the measurement). A pipe is read only until the bytes asked for are there, so that each record can be
// handed on as soon as it is complete. Compressed bytes are unpacked on the way (capture/compressed).
#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>
#include <optional>
#include <span>
#include <string>

#include "base/bytes.hpp"
#include "base/file_descriptor.hpp"
#include "capture/compressed/decompressor.hpp"
#include "capture/file/byte_source.hpp"

namespace plaintalk::capture {

class Input {
 public:
  static Input from_descriptor(int descriptor);  // takes it over
  static Input from_source(std::unique_ptr<ByteSource> source);
  static Input from_memory(Bytes bytes);  // borrows

  Input(Input&&) noexcept = default;
  Input& operator=(Input&&) = delete;
  ~Input();

  // From here on the bytes are what the decompressor makes of them; positions begin again at 0, and the size
  // is unknown.
  void unpack(std::unique_ptr<Decompressor> decompressor);

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
  // Why reading stopped before the end, or nothing.
  const std::string& failure() const { return failure_; }
  // A signal whose handler was installed without SA_RESTART ended the reading: somebody wants the program to
  // stop.
  bool is_interrupted() const { return is_interrupted_; }

 private:
  Input() = default;
  void refill(std::size_t size);
  void make_room(std::size_t size);
  std::size_t read_plain(std::span<std::uint8_t> target);
  std::size_t read_unpacked(std::span<std::uint8_t> target);
  bool refill_packed();

  // A file that is still compressed, as far as it was read.
  struct Packed {
    std::unique_ptr<Decompressor> decompressor;
    Bytes waiting;  // in the buffer, or in borrowed memory
    std::unique_ptr<std::uint8_t[]> buffer;
    bool at_end = false;
  };

  const std::uint8_t* data_ = nullptr;
  std::size_t begin_ = 0;
  std::size_t end_ = 0;
  std::uint64_t before_ = 0;  // bytes that have left the window
  std::unique_ptr<std::uint8_t[]> buffer_;
  std::size_t capacity_ = 0;
  FileDescriptor descriptor_;           // none for memory
  std::unique_ptr<ByteSource> source_;  // instead of the descriptor
  std::optional<Packed> packed_;
  std::string failure_;
  bool is_interrupted_ = false;
  bool at_end_ = false;
  std::optional<std::uint64_t> size_;
};

}  // namespace plaintalk::capture
