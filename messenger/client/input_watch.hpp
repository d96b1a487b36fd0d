// Waits until standard input has something to read, without touching it.
//
// Asio makes every descriptor it waits for non-blocking. That flag belongs to the open file, which standard
// input shares with standard output and with the shell that started us, so their writes would fail. An epoll
// instance around it takes that flag instead.
#pragma once

#include <functional>

#include <boost/asio/io_context.hpp>
#include <boost/asio/posix/stream_descriptor.hpp>

namespace plaintalk::messenger::client {

class InputWatch {
 public:
  // Borrows `fd`.
  InputWatch(boost::asio::io_context& io, int fd);

  // Calls back once, from the loop, when `fd` can be read; plain files and /dev/null always can. REQUIRES: no
  // earlier call still waits.
  void wait(std::function<void()> callback);

 private:
  boost::asio::io_context& io_;
  boost::asio::posix::stream_descriptor epoll_;
  bool always_ready_ = false;
};

}  // namespace plaintalk::messenger::client
