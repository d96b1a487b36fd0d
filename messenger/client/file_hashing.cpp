#include "messenger/client/file_hashing.hpp"

#include <algorithm>
#include <cerrno>
#include <system_error>
#include <utility>

#include <unistd.h>

#include "base/worker_thread.hpp"

namespace plaintalk::messenger::client {
namespace {

constexpr std::size_t kHashedPieceSize = 256 << 10;

}  // namespace

FileHashing::FileHashing(int fd, std::uint64_t size, std::string name, std::function<void()> on_result)
    : fd_(fd), size_(size), name_(std::move(name)), on_result_(std::move(on_result)) {
  if (size_ > kHashedAtOnceMax)
    thread_ = start_worker([this] {
      run();
      if (!is_given_up_ && on_result_) on_result_();
    });
  else
    run();
}

FileHashing::~FileHashing() {
  is_given_up_ = true;
  if (thread_.joinable()) thread_.join();
}

void FileHashing::run() {
  std::string piece(static_cast<std::size_t>(std::min<std::uint64_t>(size_, kHashedPieceSize)), '\0');
  while (done_ < size_ && !is_given_up_) {
    const auto wanted = static_cast<std::size_t>(std::min<std::uint64_t>(piece.size(), size_ - done_));
    const ssize_t got = ::pread(fd_, piece.data(), wanted, static_cast<off_t>(done_.load()));
    if (got < 0 && errno == EINTR) continue;
    if (got <= 0) {
      error_ = got < 0 ? "cannot read " + name_ + ": " + std::generic_category().message(errno)
                       : name_ + " became shorter while it was being read; try it again";
      break;
    }
    hash_.update(std::string_view(piece).substr(0, static_cast<std::size_t>(got)));
    done_ += static_cast<std::uint64_t>(got);
  }
  is_finished_ = true;
}

std::optional<std::expected<Sha256, std::string>> FileHashing::take_result() {
  if (!is_finished_) return std::nullopt;
  if (!error_.empty()) return std::unexpected(error_);
  return std::move(hash_);
}

}  // namespace plaintalk::messenger::client
