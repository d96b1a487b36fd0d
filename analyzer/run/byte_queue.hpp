// First in, first out, for more bytes than memory should hold: a ring up to a bound, then a temporary file.
// While anything waits in the file, everything new goes there too, so the order is kept. Not for two threads
// at once.
#pragma once

#include <cstddef>
#include <cstdint>
#include <functional>
#include <memory>

#include <sys/types.h>

#include "base/bytes.hpp"
#include "base/file_descriptor.hpp"

namespace plaintalk::analyzer {

class ByteQueue {
 public:
  struct Limits {
    std::size_t memory_size_max = std::size_t{64} << 20;
    std::uint64_t file_size_max = std::uint64_t{16} << 30;
  };
  // `make_file` opens a new file for reading and writing, or returns -1 with errno (0: it is not wanted now);
  // empty: no file.
  ByteQueue(Limits limits, std::function<int()> make_file);

  // Takes as many as there is room for and says how many.
  std::size_t put(Bytes bytes);
  // Up to `size` of the oldest; 0 when it is empty, -1 with errno when the file cannot be read.
  ssize_t take(std::uint8_t* target, std::size_t size);

  bool empty() const { return in_memory() == 0 && in_file() == 0; }
  std::uint64_t in_memory() const { return ring_written_ - ring_read_; }
  std::uint64_t in_file() const { return file_written_ - file_read_; }
  // Why the file does not take more (errno), or 0.
  int file_error() const { return file_error_; }

 private:
  std::size_t put_in_memory(Bytes bytes);
  std::size_t put_in_file(Bytes bytes);
  void give_back_disk();

  Limits limits_;
  std::function<int()> make_file_;
  std::unique_ptr<std::uint8_t[]> ring_;
  std::uint64_t ring_read_ = 0;  // positions since the ring was last empty
  std::uint64_t ring_written_ = 0;
  FileDescriptor file_;
  std::uint64_t file_read_ = 0;
  std::uint64_t file_written_ = 0;
  std::uint64_t file_released_ = 0;
  int file_error_ = 0;
};

}  // namespace plaintalk::analyzer
