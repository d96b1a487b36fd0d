#include "messenger/net/socket_poller.hpp"

#include <stdexcept>
#include <string>

#include <errno.h>
#include <string.h>

namespace plaintalk::messenger {
namespace {

constexpr std::uint32_t kEnded = EPOLLRDHUP | EPOLLHUP | EPOLLERR;
constexpr std::uint32_t kInput = EPOLLIN | kEnded;
constexpr std::uint32_t kOutput = EPOLLOUT | EPOLLHUP | EPOLLERR;

int open_epoll() {
  const int descriptor = ::epoll_create1(EPOLL_CLOEXEC);
  if (descriptor < 0) throw std::runtime_error(std::string("cannot wait for sockets: ") + ::strerror(errno));
  return descriptor;
}

epoll_event interest(Connection& connection) {
  epoll_event event{};
  event.events = EPOLLIN | EPOLLOUT | EPOLLRDHUP | EPOLLET;
  event.data.ptr = &connection;
  return event;
}

}  // namespace

SocketPoller::SocketPoller(boost::asio::io_context& io) : epoll_(io, open_epoll()) {}

bool SocketPoller::add(int descriptor, Connection& connection) {
  epoll_event event = interest(connection);
  return ::epoll_ctl(epoll_.native_handle(), EPOLL_CTL_ADD, descriptor, &event) == 0;
}

void SocketPoller::ask_again(int descriptor, Connection& connection) {
  epoll_event event = interest(connection);
  static_cast<void>(::epoll_ctl(epoll_.native_handle(), EPOLL_CTL_MOD, descriptor, &event));
}

std::span<const SocketPoller::Ready> SocketPoller::take_ready() {
  const int count = ::epoll_wait(epoll_.native_handle(), events_.data(), static_cast<int>(events_.size()), 0);
  if (count <= 0) return {};
  for (std::size_t index = 0; index < static_cast<std::size_t>(count); ++index) {
    const std::uint32_t events = events_[index].events;
    ready_[index] = {static_cast<Connection*>(events_[index].data.ptr), (events & kInput) != 0,
                     (events & kOutput) != 0, (events & kEnded) != 0};
  }
  return std::span(ready_).first(static_cast<std::size_t>(count));
}

void SocketPoller::cancel() {
  boost::system::error_code ignored;
  epoll_.cancel(ignored);
}

}  // namespace plaintalk::messenger
