#include "analyzer/run/byte_queue.hpp"

#include <algorithm>
#include <cerrno>
#include <cstring>
#include <utility>

#include <fcntl.h>
#include <unistd.h>

namespace plaintalk::analyzer {
namespace {

// How much that was read already may still lie on the disk.
constexpr std::uint64_t kReleaseSize = 64 << 20;

}  // namespace

ByteQueue::ByteQueue(Limits limits, std::function<int()> make_file)
    : limits_(limits),
      make_file_(std::move(make_file)),
      // Pages that are never used cost nothing.
      ring_(std::make_unique_for_overwrite<std::uint8_t[]>(limits.memory_size_max)) {}

std::size_t ByteQueue::put(Bytes bytes) {
  const std::size_t kept = in_file() == 0 ? put_in_memory(bytes) : 0;
  return kept + put_in_file(bytes.subspan(kept));
}

std::size_t ByteQueue::put_in_memory(Bytes bytes) {
  // An empty ring starts at its beginning, so that a reader who keeps up uses the same few pages.
  if (in_memory() == 0) ring_read_ = ring_written_ = 0;
  const std::size_t size = std::min<std::size_t>(bytes.size(), limits_.memory_size_max - in_memory());
  for (std::size_t done = 0; done < size;) {
    const std::size_t place = ring_written_ % limits_.memory_size_max;
    const std::size_t part = std::min(size - done, limits_.memory_size_max - place);
    std::memcpy(ring_.get() + place, bytes.data() + done, part);
    ring_written_ += part;
    done += part;
  }
  return size;
}

std::size_t ByteQueue::put_in_file(Bytes bytes) {
  if (bytes.empty() || !make_file_) return 0;
  file_error_ = 0;
  errno = 0;
  if (!file_.is_open()) file_ = FileDescriptor(make_file_());
  if (!file_.is_open()) {
    file_error_ = errno;
    return 0;
  }
  const auto room =
      static_cast<std::size_t>(std::min<std::uint64_t>(bytes.size(), limits_.file_size_max - in_file()));
  std::size_t done = 0;
  while (done < room) {
    const ssize_t count =
        ::pwrite(file_.number(), bytes.data() + done, room - done, static_cast<off_t>(file_written_));
    if (count < 0 && errno == EINTR) continue;
    if (count <= 0) {
      file_error_ = count < 0 ? errno : ENOSPC;
      break;
    }
    done += static_cast<std::size_t>(count);
    file_written_ += static_cast<std::uint64_t>(count);
  }
  return done;
}

ssize_t ByteQueue::take(std::uint8_t* target, std::size_t size) {
  if (in_memory() > 0) {
    const std::size_t place = ring_read_ % limits_.memory_size_max;
    const std::size_t part =
        std::min({size, static_cast<std::size_t>(in_memory()), limits_.memory_size_max - place});
    std::memcpy(target, ring_.get() + place, part);
    ring_read_ += part;
    return static_cast<ssize_t>(part);
  }
  if (in_file() == 0) return 0;
  const auto wanted = static_cast<std::size_t>(std::min<std::uint64_t>(size, in_file()));
  ssize_t count = -1;
  do {
    count = ::pread(file_.number(), target, wanted, static_cast<off_t>(file_read_));
  } while (count < 0 && errno == EINTR);
  if (count == 0) {
    errno = EIO;  // shorter than what was written
    return -1;
  }
  if (count < 0) return -1;
  file_read_ += static_cast<std::uint64_t>(count);
  give_back_disk();
  return count;
}

// What was read is worth nothing any more. Where a file cannot have holes, it is cut once it is empty.
void ByteQueue::give_back_disk() {
  if (in_file() == 0) {
    static_cast<void>(::ftruncate(file_.number(), 0) == 0);
    file_read_ = file_written_ = file_released_ = 0;
  } else if (file_read_ - file_released_ >= kReleaseSize) {
    ::fallocate(file_.number(), FALLOC_FL_PUNCH_HOLE | FALLOC_FL_KEEP_SIZE,
                static_cast<off_t>(file_released_), static_cast<off_t>(file_read_ - file_released_));
    file_released_ = file_read_;
  }
}

}  // namespace plaintalk::analyzer
