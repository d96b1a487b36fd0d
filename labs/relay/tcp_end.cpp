#include "labs/relay/tcp_end.hpp"

#include <utility>

#include <boost/asio/buffer.hpp>
#include <sys/ioctl.h>
#if defined(__linux__)
#include <linux/sockios.h>
#endif

namespace plaintalk::relay {

namespace asio = boost::asio;

TcpEnd::TcpEnd(asio::ip::tcp::socket socket) : socket_(std::move(socket)) {
  boost::system::error_code ignored;
  socket_.set_option(asio::ip::tcp::no_delay(true), ignored);
}

void TcpEnd::read(std::span<char> room, Handler handler) {
  socket_.async_read_some(asio::buffer(room.data(), room.size()), std::move(handler));
}

void TcpEnd::write(std::string_view bytes, Handler handler) {
  socket_.async_write_some(asio::buffer(bytes), std::move(handler));
}

bool TcpEnd::has_unsent() const {
#if defined(SIOCOUTQNSD)
  int unsent = 0;
  return socket_.is_open() && ::ioctl(socket_.native_handle(), SIOCOUTQNSD, &unsent) == 0 && unsent > 0;
#else
  return false;
#endif
}

void TcpEnd::watch(std::function<void()> on_reset) {
  socket_.async_wait(asio::socket_base::wait_error, [this, on_reset = std::move(on_reset)](
                                                        const boost::system::error_code& error) {
    if (error || !socket_.is_open()) return;
    // Both sides having finished in good order wakes the wait, too: then there is no error.
    int why = 0;
    socklen_t size = sizeof why;
    if (::getsockopt(socket_.native_handle(), SOL_SOCKET, SO_ERROR, &why, &size) == 0 && why != 0) on_reset();
  });
}

void TcpEnd::finish() {
  boost::system::error_code ignored;
  socket_.shutdown(asio::socket_base::shutdown_send, ignored);
}

void TcpEnd::abort() {
  boost::system::error_code ignored;
  socket_.set_option(asio::socket_base::linger(true, 0), ignored);
  socket_.close(ignored);
}

void TcpEnd::close() {
  boost::system::error_code ignored;
  socket_.close(ignored);
}

}  // namespace plaintalk::relay
