// Lines from standard input (a pipe, a file, or a terminal without line editing), one when asked for, without
// blocking the loop.
#pragma once

#include <cstddef>
#include <functional>
#include <optional>
#include <string>

#include <boost/asio/io_context.hpp>

#include "messenger/client/input_watch.hpp"

namespace plaintalk::messenger::client {

inline constexpr std::size_t kInputLineSizeMax = 1 << 20;

// Some editors write U+FEFF in front of a text.
void drop_byte_order_mark(std::string& first_line);

struct InputLine {
  std::string text;       // without its LF
  bool too_long = false;  // over kInputLineSizeMax: only its beginning, and not to be run
};

class InputLines {
 public:
  // Borrows `fd`.
  InputLines(boost::asio::io_context& io, int fd);
  InputLines(const InputLines&) = delete;
  InputLines& operator=(const InputLines&) = delete;

  // Calls back once, from the loop, with the next line or nothing at the end. REQUIRES: no earlier call is
  // still waiting.
  void next(std::function<void(std::optional<InputLine>)> callback);

 private:
  void look();
  std::optional<InputLine> take_line();
  void read_more();

  boost::asio::io_context& io_;
  int fd_;
  InputWatch watch_;
  bool at_end_ = false;
  std::string pending_;
  std::size_t searched_ = 0;
  bool first_ = true;
  std::optional<std::string> long_line_;  // the beginning of a line that is too long, until its end came
  std::function<void(std::optional<InputLine>)> callback_;
};

}  // namespace plaintalk::messenger::client
