// Which sockets are ready: an epoll instance of our own, which Asio waits for as a whole.
//
// Asio's reactor changes a socket's registration for each wait, which is one system call for each message
// under load. Here a socket is registered once, edge-triggered (epoll(7)): it is reported when something has
// changed, and the connection remembers what it has not used up yet.
#pragma once

#include <array>
#include <cstddef>
#include <span>

#include <boost/asio/bind_allocator.hpp>
#include <boost/asio/posix/stream_descriptor.hpp>
#include <sys/epoll.h>

#include "base/file_descriptor.hpp"
#include "messenger/net/handler_memory.hpp"

namespace plaintalk::messenger {

struct Connection;

class SocketPoller {
 public:
  struct Ready {
    Connection* connection;
    bool input;   // bytes, or the end of them
    bool output;  // the kernel takes more
    bool ended;   // the peer has finished or is gone: read until the end shows
  };

  // Throws std::runtime_error when the system has no descriptor left.
  explicit SocketPoller(boost::asio::io_context& io);

  // From now on changes of the socket are reported with `connection`; closing the descriptor ends that. False
  // when the kernel has no memory for it.
  bool add(int descriptor, Connection& connection);
  // Has what is ready by now reported again, and a socket that takes no more once it does.
  void ask_again(int descriptor, Connection& connection);
  // What is ready at this moment, at most kReadyCountMax; valid until the next call.
  std::span<const Ready> take_ready();
  // Calls `action` once, as soon as something is ready.
  template <class Action>
  void async_wait(Action action);
  // The waiting action is dropped.
  void cancel();

 private:
  static constexpr std::size_t kReadyCountMax = 256;

  boost::asio::posix::stream_descriptor epoll_;
  HandlerMemory wait_memory_;
  std::array<epoll_event, kReadyCountMax> events_;
  std::array<Ready, kReadyCountMax> ready_;
};

template <class Action>
void SocketPoller::async_wait(Action action) {
  epoll_.async_wait(boost::asio::posix::stream_descriptor::wait_read,
                    boost::asio::bind_allocator(HandlerAllocator<std::byte>(wait_memory_),
                                                [action](const boost::system::error_code& error) {
                                                  if (!error) action();
                                                }));
}

}  // namespace plaintalk::messenger
