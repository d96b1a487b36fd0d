#include "messenger/client/tcp_stream.hpp"

#include <chrono>
#include <utility>

#include <boost/asio/buffer.hpp>
#include <boost/asio/error.hpp>
#include <boost/asio/post.hpp>
#include <boost/asio/write.hpp>

namespace plaintalk::messenger::client {
namespace {

namespace asio = boost::asio;
constexpr auto kConnectTimeout = std::chrono::seconds{5};

}  // namespace

TcpStream::TcpStream(asio::io_context& io, TcpCallbacks callbacks)
    : callbacks_(std::move(callbacks)), resolver_(io), socket_(io), deadline_(io) {}

void TcpStream::connect(const std::string& host, std::uint16_t port, const std::string& source_address) {
  const auto self = shared_from_this();
  boost::system::error_code error;
  if (!source_address.empty()) {
    source_address_ = asio::ip::make_address(source_address, error);
    if (error) {
      asio::post(socket_.get_executor(), [self, error] { self->fail(error, true); });
      return;
    }
  }
  deadline_.expires_after(kConnectTimeout);
  deadline_.async_wait([self](const boost::system::error_code& cancelled) {
    if (cancelled || self->connected_ || self->closed_) return;
    self->timed_out_ = true;
    self->resolver_.cancel();
    boost::system::error_code ignored;
    self->socket_.close(ignored);
    self->fail(asio::error::timed_out, true);
  });
  resolver_.async_resolve(host, std::to_string(port), Tcp::resolver::numeric_service,
                          [self](const boost::system::error_code& failed, Tcp::resolver::results_type found) {
                            if (self->closed_) return;
                            if (failed) return self->fail(failed, true);
                            self->endpoints_ = std::move(found);
                            self->try_next(self->endpoints_.begin());
                          });
}

void TcpStream::try_next(Tcp::resolver::results_type::const_iterator next) {
  const auto self = shared_from_this();
  boost::system::error_code error;
  const Tcp::endpoint target = next->endpoint();
  socket_.close(error);
  socket_.open(target.protocol(), error);
  if (!error && source_address_) socket_.bind(Tcp::endpoint(*source_address_, 0), error);
  const auto failed = [self, next](const boost::system::error_code& why) {
    const auto following = std::next(next);
    if (following == self->endpoints_.end()) return self->fail(why, true);
    self->try_next(following);
  };
  if (error) {
    asio::post(socket_.get_executor(), [self, failed, error] {
      if (!self->closed_) failed(error);
    });
    return;
  }
  socket_.async_connect(target, [self, failed](const boost::system::error_code& why) {
    if (self->closed_) return;
    if (why) return failed(why);
    self->connected_ = true;
    self->deadline_.cancel();
    boost::system::error_code ignored;
    self->socket_.set_option(Tcp::no_delay(true), ignored);
    self->callbacks_.on_connected();
    if (self->closed_) return;
    self->start_reading();
    self->start_writing();
  });
}

void TcpStream::start_reading() {
  socket_.async_read_some(
      asio::buffer(buffer_),
      [self = shared_from_this()](const boost::system::error_code& error, std::size_t size) {
        if (self->closed_) return;
        if (error) return self->fail(error, false);
        self->callbacks_.on_received(std::string_view(self->buffer_.data(), size));
        if (!self->closed_) self->start_reading();
      });
}

void TcpStream::write(std::string bytes) {
  queued_ += bytes;
  if (connected_) start_writing();
}

void TcpStream::start_writing() {
  if (closed_ || !writing_.empty() || queued_.empty()) return;
  writing_.swap(queued_);
  asio::async_write(socket_, asio::buffer(writing_),
                    [self = shared_from_this()](const boost::system::error_code& error, std::size_t) {
                      if (self->closed_) return;
                      self->writing_.clear();
                      // What was sent before may still be answered: the reader reports the end.
                      if (error) return;
                      self->start_writing();
                      self->callbacks_.on_written();
                    });
}

void TcpStream::close(bool hard) {
  if (std::exchange(closed_, true)) return;
  boost::system::error_code ignored;
  deadline_.cancel();
  resolver_.cancel();
  if (hard) {
    socket_.set_option(asio::socket_base::linger(true, 0), ignored);
  } else {
    socket_.shutdown(Tcp::socket::shutdown_both, ignored);
  }
  socket_.close(ignored);
}

void TcpStream::fail(const boost::system::error_code& error, bool connecting) {
  if (closed_) return;
  close(false);
  std::string what = connecting ? "cannot connect" : "connection lost";
  std::string particulars = error.message();
  if (error == asio::error::connection_refused) {
    what = "connection refused";
    particulars.clear();
  } else if (error == asio::error::timed_out) {
    what = "connection timed out";
    particulars.clear();
  } else if (error == asio::error::eof) {
    particulars = "closed by the server";
  }
  callbacks_.on_closed(std::move(what), std::move(particulars));
}

}  // namespace plaintalk::messenger::client
