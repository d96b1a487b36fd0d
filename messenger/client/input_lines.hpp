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

class InputLines {
 public:
  // Borrows `fd`.
  InputLines(boost::asio::io_context& io, int fd);
  InputLines(const InputLines&) = delete;
  InputLines& operator=(const InputLines&) = delete;

  // Calls back once, from the loop, with the next line (without its LF) or nothing at the end. A line over
  // the limit arrives cut in pieces of that size. REQUIRES: no earlier call is still waiting.
  void next(std::function<void(std::optional<std::string>)> callback);

 private:
  void look();
  void read_more();

  boost::asio::io_context& io_;
  int fd_;
  InputWatch watch_;
  bool at_end_ = false;
  std::string pending_;
  std::size_t searched_ = 0;
  std::function<void(std::optional<std::string>)> callback_;
};

}  // namespace plaintalk::messenger::client
