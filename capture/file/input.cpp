#include "capture/file/input.hpp"

#include <algorithm>
#include <cerrno>
#include <cstring>
#include <utility>

#include <fcntl.h>
#include <poll.h>
#include <sys/stat.h>
#include <unistd.h>

namespace plaintalk::capture {
namespace {

constexpr std::size_t kBlockSize = std::size_t{1} << 20;

// A descriptor that somebody else made non-blocking (a shell's pipe, a socket) is waited for like any other.
ssize_t read_some(int descriptor, std::uint8_t* target, std::size_t size) {
  for (;;) {
    const ssize_t count = ::read(descriptor, target, size);
    if (count >= 0) return count;
    if (errno == EAGAIN || errno == EWOULDBLOCK) {
      pollfd wait{descriptor, POLLIN, 0};
      if (::poll(&wait, 1, -1) < 0) return -1;
    } else {
      return -1;
    }
  }
}

}  // namespace

Input Input::from_descriptor(int descriptor) {
  Input input;
  input.descriptor_ = descriptor;
  struct stat status {};
  if (::fstat(descriptor, &status) == 0 && S_ISREG(status.st_mode)) {
    // Standard input may be a file that was read in part by somebody else.
    const off_t start = ::lseek(descriptor, 0, SEEK_CUR);
    input.size_ = static_cast<std::uint64_t>(std::max<off_t>(0, status.st_size - std::max<off_t>(0, start)));
    ::posix_fadvise(descriptor, 0, 0, POSIX_FADV_SEQUENTIAL);
  }
  return input;
}

Input Input::from_memory(Bytes bytes) {
  Input input;
  input.data_ = bytes.data();
  input.end_ = bytes.size();
  input.at_end_ = true;
  input.size_ = bytes.size();
  return input;
}

Input::Input(Input&& other) noexcept
    : data_(other.data_),
      begin_(other.begin_),
      end_(other.end_),
      before_(other.before_),
      buffer_(std::move(other.buffer_)),
      capacity_(other.capacity_),
      descriptor_(std::exchange(other.descriptor_, -1)),
      read_error_(other.read_error_),
      is_interrupted_(other.is_interrupted_),
      at_end_(other.at_end_),
      size_(other.size_) {}

Input::~Input() {
  if (descriptor_ >= 0) ::close(descriptor_);
}

void Input::refill(std::size_t size) {
  while (!at_end_ && end_ - begin_ < size) {
    make_room(size);
    const ssize_t count = read_some(descriptor_, buffer_.get() + end_, capacity_ - end_);
    if (count < 0 && errno == EINTR)
      is_interrupted_ = true;
    else if (count < 0)
      read_error_ = errno;
    at_end_ = count <= 0;
    if (count > 0) end_ += static_cast<std::size_t>(count);
  }
}

// Moves what is left to the front, and doubles the buffer only when it is full: a record that merely says it
// is large costs memory only as its bytes really arrive.
void Input::make_room(std::size_t size) {
  const std::size_t left = end_ - begin_;
  if (capacity_ - left == 0 || capacity_ == 0) {
    const std::size_t wanted = std::max(kBlockSize, std::min(2 * capacity_, std::max(size, capacity_ + 1)));
    auto larger = std::make_unique_for_overwrite<std::uint8_t[]>(wanted);
    if (left > 0) std::memcpy(larger.get(), data_ + begin_, left);
    buffer_ = std::move(larger);
    capacity_ = wanted;
  } else if (begin_ > 0) {
    std::memmove(buffer_.get(), data_ + begin_, left);
  }
  data_ = buffer_.get();
  before_ += begin_;
  begin_ = 0;
  end_ = left;
}

std::uint64_t Input::skip(std::uint64_t size) {
  std::uint64_t skipped = 0;
  while (skipped < size) {
    const auto part = static_cast<std::size_t>(std::min<std::uint64_t>(size - skipped, peek(1).size()));
    if (part == 0) break;
    advance(part);
    skipped += part;
  }
  return skipped;
}

}  // namespace plaintalk::capture
