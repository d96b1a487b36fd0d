#include "messenger/client/input_lines.hpp"

#include <array>
#include <cerrno>
#include <utility>

#include <boost/asio/post.hpp>
#include <unistd.h>

namespace plaintalk::messenger::client {

InputLines::InputLines(boost::asio::io_context& io, int fd) : io_(io), fd_(fd), watch_(io, fd) {}

void InputLines::next(std::function<void(std::optional<std::string>)> callback) {
  callback_ = std::move(callback);
  boost::asio::post(io_, [this] { look(); });
}

void InputLines::look() {
  const auto end = pending_.find('\n', searched_);
  std::optional<std::string> line;
  if (end != std::string::npos) {
    line = pending_.substr(0, end);
    pending_.erase(0, end + 1);
  } else if (pending_.size() >= kInputLineSizeMax || (at_end_ && !pending_.empty())) {
    line = std::exchange(pending_, {});
  } else if (!at_end_) {
    searched_ = pending_.size();
    read_more();
    return;
  }
  searched_ = 0;
  std::exchange(callback_, nullptr)(std::move(line));
}

void InputLines::read_more() {
  watch_.wait([this] {
    std::array<char, 65536> octets;
    const ssize_t got = ::read(fd_, octets.data(), octets.size());
    if (got > 0)
      pending_.append(octets.data(), static_cast<std::size_t>(got));
    else if (got == 0 || (errno != EINTR && errno != EAGAIN))
      at_end_ = true;
    look();
  });
}

}  // namespace plaintalk::messenger::client
