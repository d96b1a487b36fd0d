#include "labs/relay/connector.hpp"

#include <chrono>
#include <utility>

#include <sys/socket.h>

namespace plaintalk::relay {
namespace {

namespace asio = boost::asio;
using boost::system::error_code;
using Tcp = asio::ip::tcp;
constexpr std::chrono::seconds kConnectLimit{10};

}  // namespace

std::expected<Target, std::string> find_target(asio::io_context& io, const HostPort& where) {
  Target target;
  const bool is_v6 = where.host.find(':') != std::string::npos;
  target.name = (is_v6 ? '[' + where.host + ']' : where.host) + ':' + std::to_string(where.port);
  error_code error;
  Tcp::resolver resolver(io);
  for (const auto& entry :
       resolver.resolve(where.host, std::to_string(where.port), Tcp::resolver::numeric_service, error))
    target.addresses.push_back(entry.endpoint());
  if (error || target.addresses.empty())
    return std::unexpected("cannot find the target " + target.name + ": " + error.message());
  return target;
}

void set_socket_buffers(int socket, int bytes) {
  if (bytes <= 0) return;
  ::setsockopt(socket, SOL_SOCKET, SO_RCVBUF, &bytes, sizeof bytes);
  ::setsockopt(socket, SOL_SOCKET, SO_SNDBUF, &bytes, sizeof bytes);
}

Connector::Connector(asio::io_context& io, const Target& target, Done done)
    : target_(target), done_(std::move(done)), socket_(io), deadline_(io) {}

void Connector::start() {
  deadline_.expires_after(kConnectLimit);
  deadline_.async_wait([self = shared_from_this()](const error_code& cancelled) {
    if (cancelled) return;
    self->next_ = self->target_.addresses.size();
    error_code ignored;
    self->socket_.close(ignored);
    self->last_error_ = "no answer within 10 s";
  });
  try_next();
}

void Connector::try_next() {
  if (next_ == target_.addresses.size()) {
    deadline_.cancel();
    return done_(std::move(socket_), "cannot reach the target " + target_.name + ": " + last_error_);
  }
  const Tcp::endpoint where = target_.addresses[next_++];
  error_code error;
  socket_.close(error);
  socket_.open(where.protocol(), error);
  if (!error) {
    set_socket_buffers(socket_.native_handle(), target_.socket_buffer_bytes);
    if (target_.source) socket_.bind(Tcp::endpoint(*target_.source, 0), error);
  }
  if (error) {
    last_error_ = error.message();
    return try_next();
  }
  socket_.async_connect(where, [self = shared_from_this()](const error_code& why) {
    if (!why) {
      self->deadline_.cancel();
      return self->done_(std::move(self->socket_), {});
    }
    if (self->socket_.is_open()) self->last_error_ = why.message();
    self->try_next();
  });
}

}  // namespace plaintalk::relay
