#include "messenger/client/input_watch.hpp"

#include <cerrno>
#include <system_error>
#include <utility>

#include <boost/asio/post.hpp>
#include <sys/epoll.h>

namespace plaintalk::messenger::client {

InputWatch::InputWatch(boost::asio::io_context& io, int fd) : io_(io), epoll_(io) {
  const int epoll = ::epoll_create1(EPOLL_CLOEXEC);
  if (epoll < 0) throw std::system_error(errno, std::generic_category(), "cannot watch standard input");
  epoll_.assign(epoll);
  epoll_event event{};
  event.events = EPOLLIN;
  // Refused for what never has to be waited for, and for a closed input, whose end reading it will tell.
  always_ready_ = ::epoll_ctl(epoll, EPOLL_CTL_ADD, fd, &event) != 0;
}

void InputWatch::wait(std::function<void()> callback) {
  if (always_ready_) {
    boost::asio::post(io_, std::move(callback));
    return;
  }
  epoll_.async_wait(boost::asio::posix::stream_descriptor::wait_read,
                    [ready = std::move(callback)](const boost::system::error_code& error) {
                      if (!error) ready();
                    });
}

}  // namespace plaintalk::messenger::client
