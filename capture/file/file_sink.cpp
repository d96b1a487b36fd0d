#include "capture/file/file_sink.hpp"

#include <array>
#include <cerrno>
#include <cstddef>
#include <stdexcept>
#include <system_error>
#include <utility>

#include <fcntl.h>
#include <poll.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/write_all.hpp"

namespace plaintalk::capture {
namespace {

constexpr std::size_t kWaitingSizeMax = std::size_t{1} << 20;
// A pipe that is ready takes this much without blocking (PIPE_BUF; pipe(7)).
constexpr std::size_t kPipePieceSize = 4096;

[[noreturn]] void refuse_path(const std::string& path, const std::string& why) {
  throw std::runtime_error(path + ": " + why);
}

[[noreturn]] void refuse_for(const std::string& path, int error) {
  refuse_path(path, "cannot be written: " + std::generic_category().message(error));
}

bool is_regular(int descriptor) {
  struct stat status {};
  return ::fstat(descriptor, &status) != 0 || S_ISREG(status.st_mode);
}

int open_existing(const std::string& path, FileSink::Existing existing) {
  constexpr const char* kAlreadyThere = "exists already; choose another name, or replace it with --overwrite";
  struct stat status {};
  if (::lstat(path.c_str(), &status) != 0) refuse_for(path, errno);
  const bool is_link = S_ISLNK(status.st_mode);
  if (is_link && ::stat(path.c_str(), &status) != 0)
    refuse_path(path, "is a link to nothing; choose another name");
  if (!S_ISREG(status.st_mode)) {
    // A pipe or a device, which /dev/stdout leads to by a link. What it is may change until it is open.
    const int descriptor = ::open(path.c_str(), O_WRONLY | O_NOCTTY | O_CLOEXEC);
    if (descriptor < 0) refuse_for(path, errno);
    if (!is_regular(descriptor)) return descriptor;
    ::close(descriptor);
    refuse_path(path, kAlreadyThere);
  }
  if (is_link) refuse_path(path, "is a link to a file; give the name of the file itself");
  if (existing == FileSink::Existing::refuse) refuse_path(path, kAlreadyThere);
  const int descriptor = ::open(path.c_str(), O_WRONLY | O_NOFOLLOW | O_NONBLOCK | O_CLOEXEC);
  if (descriptor < 0) refuse_for(path, errno);
  if (is_regular(descriptor)) return descriptor;
  ::close(descriptor);
  refuse_path(path, "was replaced meanwhile; try again");
}

}  // namespace

FileSink FileSink::create(const std::string& path, Existing existing) {
  if (path == "-") {
    const int descriptor = ::fcntl(STDOUT_FILENO, F_DUPFD_CLOEXEC, 3);
    if (descriptor < 0) throw std::runtime_error("standard output is closed; give a file name");
    return {descriptor, "standard output"};
  }
  int descriptor = ::open(path.c_str(), O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW | O_CLOEXEC, 0600);
  if (descriptor < 0 && errno != EEXIST) refuse_for(path, errno);
  if (descriptor < 0) descriptor = open_existing(path, existing);
  FileSink sink(descriptor, path);
  if (!is_regular(descriptor)) return sink;
  if (::flock(descriptor, LOCK_EX | LOCK_NB) != 0 && errno == EWOULDBLOCK)
    refuse_path(path, "another program is recording into it; choose another name");
  // Only now that nobody else writes it.
  if (::ftruncate(descriptor, 0) != 0) refuse_for(path, errno);
  return sink;
}

FileSink FileSink::from_descriptor(int descriptor, std::string name) { return {descriptor, std::move(name)}; }

FileSink::FileSink(int descriptor, std::string name) : descriptor_(descriptor), name_(std::move(name)) {
  struct stat status {};
  if (::fstat(descriptor_, &status) != 0) return;
  is_file_ = S_ISREG(status.st_mode);
  is_pipe_ = S_ISFIFO(status.st_mode);
}

FileSink::FileSink(FileSink&& other) noexcept
    : descriptor_(std::exchange(other.descriptor_, -1)),
      name_(std::move(other.name_)),
      is_file_(other.is_file_),
      is_pipe_(other.is_pipe_),
      stop_descriptor_(other.stop_descriptor_),
      patience_(other.patience_),
      waiting_(std::exchange(other.waiting_, {})),
      waiting_blocks_(std::exchange(other.waiting_blocks_, {})),
      error_(std::move(other.error_)),
      error_code_(other.error_code_),
      size_(other.size_),
      packet_count_(other.packet_count_) {}

FileSink::~FileSink() {
  if (descriptor_ < 0) return;
  flush();
  ::close(descriptor_);
}

void FileSink::write(std::string_view block, bool is_packet) {
  if (error_code_ != 0) return;
  waiting_.append(block);
  waiting_blocks_.push_back({block.size(), is_packet});
  if (waiting_.size() >= kWaitingSizeMax) flush();
}

bool FileSink::flush() {
  if (error_code_ == 0 && !waiting_.empty()) {
    std::size_t written = 0;
    error_code_ = is_pipe_ && stop_descriptor_ >= 0 ? write_to_pipe(waiting_, written)
                                                    : write_all(descriptor_, waiting_, &written);
    keep_whole_blocks(written);
    if (error_code_ == ECANCELED)
      error_ = name_ + ": stopped while its reader did not read";
    else if (error_code_ != 0 && !reader_gone())
      error_ = name_ + ": writing failed: " + std::generic_category().message(error_code_);
    waiting_.clear();
    waiting_blocks_.clear();
  }
  return error_code_ == 0;
}

// Counts what arrived, and cuts half a block off the end of a file.
void FileSink::keep_whole_blocks(std::size_t written) {
  std::size_t kept = 0;
  for (const Block& block : waiting_blocks_) {
    if (kept + block.size > written) break;
    kept += block.size;
    packet_count_ += block.is_packet ? 1 : 0;
  }
  size_ += kept;
  if (kept < written && is_file_) {
    // Should it fail, readers report a file that is cut off, and lose nothing before that.
    static_cast<void>(::ftruncate(descriptor_, static_cast<off_t>(size_)) == 0);
  }
}

// In pieces that cannot block, so that a signal is heard while the reader stalls.
int FileSink::write_to_pipe(std::string_view bytes, std::size_t& written) const {
  while (written < bytes.size()) {
    std::array<pollfd, 2> sources{{{descriptor_, POLLOUT, 0}, {stop_descriptor_, POLLIN, 0}}};
    if (::poll(sources.data(), sources.size(), -1) < 0) {
      if (errno == EINTR) continue;
      return errno;
    }
    if ((sources[0].revents & (POLLOUT | POLLERR)) == 0) {
      // Somebody wants us to stop. A reader that is only slow still gets the rest.
      const int ready = ::poll(sources.data(), 1, static_cast<int>(patience_.count()));
      if (ready == 0) return ECANCELED;
      if (ready < 0) continue;
    }
    std::size_t count = 0;
    const int error = write_all(descriptor_, bytes.substr(written, kPipePieceSize), &count);
    written += count;
    if (error != 0) return error;
  }
  return 0;
}

bool FileSink::reader_gone() const { return error_code_ == EPIPE; }

}  // namespace plaintalk::capture
