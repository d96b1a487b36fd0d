#include "messenger/client/input_lines.hpp"

#include <algorithm>
#include <array>
#include <cerrno>
#include <utility>

#include <boost/asio/post.hpp>
#include <unistd.h>

namespace plaintalk::messenger::client {

void drop_byte_order_mark(std::string& first_line) {
  if (first_line.starts_with("\xEF\xBB\xBF")) first_line.erase(0, 3);
}

InputLines::InputLines(boost::asio::io_context& io, int fd) : io_(io), fd_(fd), watch_(io, fd) {}

void InputLines::next(std::function<void(std::optional<InputLine>)> callback) {
  callback_ = std::move(callback);
  boost::asio::post(io_, [this] { look(); });
}

std::optional<InputLine> InputLines::take_line() {
  const auto end = pending_.find('\n', searched_);
  const std::size_t size = std::min(end, pending_.size());
  // The rest of a line that is too long goes unseen, or the tail of a text would be taken for a line and run.
  if (size > kInputLineSizeMax && !long_line_) long_line_ = pending_.substr(0, kInputLineSizeMax);
  const bool is_whole = end != std::string::npos || (at_end_ && (!pending_.empty() || long_line_));
  if (!is_whole) {
    if (long_line_) pending_.clear();
    searched_ = pending_.size();
    return std::nullopt;
  }
  InputLine line{long_line_ ? std::move(*long_line_) : pending_.substr(0, size), long_line_.has_value()};
  long_line_.reset();
  pending_.erase(0, size + 1);
  searched_ = 0;
  if (std::exchange(first_, false)) drop_byte_order_mark(line.text);
  return line;
}

void InputLines::look() {
  auto line = take_line();
  if (!line && !at_end_) {
    read_more();
    return;
  }
  std::exchange(callback_, nullptr)(std::move(line));
}

void InputLines::read_more() {
  watch_.wait([this] {
    std::array<char, 65536> bytes;
    const ssize_t got = ::read(fd_, bytes.data(), bytes.size());
    if (got > 0)
      pending_.append(bytes.data(), static_cast<std::size_t>(got));
    else if (got == 0 || (errno != EINTR && errno != EAGAIN))
      at_end_ = true;
    look();
  });
}

}  // namespace plaintalk::messenger::client
