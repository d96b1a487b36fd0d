#include "capture/file/input.hpp"

#include <algorithm>
#include <cerrno>
#include <cstring>
#include <system_error>
#include <utility>

#include <fcntl.h>
#include <poll.h>
#include <sys/stat.h>
#include <unistd.h>

namespace plaintalk::capture {
namespace {

constexpr std::size_t kBlockSize = std::size_t{1} << 20;
constexpr std::size_t kPackedBlockSize = std::size_t{256} << 10;

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
  input.descriptor_ = FileDescriptor(descriptor);
  struct stat status {};
  if (::fstat(descriptor, &status) == 0 && S_ISREG(status.st_mode)) {
    // Standard input may be a file that was read in part by somebody else.
    const off_t start = ::lseek(descriptor, 0, SEEK_CUR);
    input.size_ = static_cast<std::uint64_t>(std::max<off_t>(0, status.st_size - std::max<off_t>(0, start)));
    ::posix_fadvise(descriptor, 0, 0, POSIX_FADV_SEQUENTIAL);
  }
  return input;
}

Input Input::from_source(std::unique_ptr<ByteSource> source) {
  Input input;
  input.source_ = std::move(source);
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

Input::~Input() = default;

void Input::unpack(std::unique_ptr<Decompressor> decompressor) {
  packed_.emplace(std::move(decompressor), Bytes{data_ + begin_, end_ - begin_}, std::move(buffer_), at_end_);
  data_ = nullptr;
  begin_ = end_ = capacity_ = 0;
  before_ = 0;
  at_end_ = false;
  size_.reset();
}

void Input::refill(std::size_t size) {
  while (!at_end_ && end_ - begin_ < size) {
    make_room(size);
    const std::span<std::uint8_t> room(buffer_.get() + end_, capacity_ - end_);
    const std::size_t count = packed_ ? read_unpacked(room) : read_plain(room);
    at_end_ = count == 0;
    end_ += count;
  }
}

// From the descriptor or source; 0 at the end, and where reading has to stop.
std::size_t Input::read_plain(std::span<std::uint8_t> target) {
  const ssize_t count = source_ ? source_->read(target.data(), target.size())
                                : read_some(descriptor_.number(), target.data(), target.size());
  if (count >= 0) return static_cast<std::size_t>(count);
  if (errno == EINTR)
    is_interrupted_ = true;
  else
    failure_ = std::generic_category().message(errno);
  return 0;
}

std::size_t Input::read_unpacked(std::span<std::uint8_t> target) {
  for (;;) {
    const auto step = packed_->decompressor->run(packed_->waiting, target);
    if (!step) {
      failure_ = step.error();
      return 0;
    }
    packed_->waiting = packed_->waiting.subspan(step->taken);
    if (step->given > 0) return step->given;
    if (step->taken > 0 || refill_packed()) continue;
    if (!packed_->decompressor->may_end() && failure_.empty() && !is_interrupted_)
      failure_ = "the compressed file is cut off";
    return 0;
  }
}

// The rest of what waits is kept: a decompressor may want to see more before it takes any. False when there
// is no more.
bool Input::refill_packed() {
  if (packed_->at_end) return false;
  auto larger = std::make_unique_for_overwrite<std::uint8_t[]>(packed_->waiting.size() + kPackedBlockSize);
  std::copy(packed_->waiting.begin(), packed_->waiting.end(), larger.get());
  const std::size_t kept = packed_->waiting.size();
  const std::size_t count = read_plain({larger.get() + kept, kPackedBlockSize});
  packed_->at_end = count == 0;
  packed_->waiting = {larger.get(), kept + count};
  packed_->buffer = std::move(larger);
  return count > 0;
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
