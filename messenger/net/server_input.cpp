// The other half of ServerLoop: waiting for sockets, reading them, and the ways in which a connection ends.
#include <algorithm>

#include <boost/asio/bind_allocator.hpp>
#include <errno.h>
#include <sys/socket.h>

#include "messenger/net/connection_output.hpp"
#include "messenger/net/server_loop.hpp"
#include "messenger/net/socket_options.hpp"

namespace plaintalk::messenger {
namespace {

namespace asio = boost::asio;
using boost::system::error_code;
using Phase = Connection::Phase;

}  // namespace

void ServerLoop::wait_to_read(Connection& connection) {
  connection.waiting_to_read = true;
  connection.socket.async_wait(asio::ip::tcp::socket::wait_read,
                               asio::bind_allocator(HandlerAllocator<std::byte>(connection.read_memory),
                                                    [this, &connection](const error_code&) {
                                                      connection.waiting_to_read = false;
                                                      if (connection.phase != Phase::gone)
                                                        readable(connection);
                                                    }));
}

void ServerLoop::wait_to_write(Connection& connection) {
  connection.waiting_to_write = true;
  connection.socket.async_wait(asio::ip::tcp::socket::wait_write,
                               asio::bind_allocator(HandlerAllocator<std::byte>(connection.write_memory),
                                                    [this, &connection](const error_code&) {
                                                      connection.waiting_to_write = false;
                                                      if (connection.phase == Phase::gone) return;
                                                      begin_turn();
                                                      queue_for_turn(connection);
                                                    }));
}

// One read of at most one buffer: a peer that sends without end gets the same share of a turn as everybody
// else.
void ServerLoop::readable(Connection& connection) {
  begin_turn();
  queue_for_turn(connection);
  const ssize_t size = ::recv(connection.socket.native_handle(), input_.data(), input_.size(), MSG_DONTWAIT);
  if (size > 0) {
    const std::string_view octets(input_.data(), static_cast<std::size_t>(size));
    if (recorder_ != nullptr) recorder_->client_sent(connection.id, octets, now_.wall);
    core_.received(connection.id, octets, now_);
  } else if (size == 0) {
    input_ended(connection, 0);
  } else if (errno != EAGAIN && errno != EWOULDBLOCK && errno != EINTR) {
    input_ended(connection, errno);
  }
}

void ServerLoop::input_ended(Connection& connection, int error) {
  connection.input_ended = true;
  if (error == 0) return;
  connection.was_reset = true;
  connection.output_broken = true;
}

// RFC 1122, 4.2.2.13: closing a socket while unread input lies in it resets the connection, and the reset may
// overtake our last words. So only our side is shut down, and the rest is read away until the peer closes
// too.
void ServerLoop::linger(Connection& connection) {
  connection.phase = Phase::lingering;
  error_code ignored;
  connection.socket.shutdown(asio::ip::tcp::socket::shutdown_send, ignored);
  connection.has_deadline = false;
  std::erase(with_deadline_, &connection);
  set_deadline(connection, kLingerTime);
}

void ServerLoop::set_deadline(Connection& connection, Milliseconds time) {
  if (connection.has_deadline) return;
  connection.has_deadline = true;
  connection.deadline = now_.instant + time;
  with_deadline_.push_back(&connection);
}

void ServerLoop::check_deadlines() {
  const std::vector<Connection*> waiting = with_deadline_;
  for (Connection* connection : waiting)
    if (connection->deadline <= now_.instant) cut(*connection);
  if (stop_deadline_ && *stop_deadline_ <= now_.instant)
    while (!connections_.empty()) cut(*connections_.begin()->second);
}

void ServerLoop::cut(Connection& connection) {
  if (connection.phase == Phase::lingering) {
    close(connection, "closed by the server");
    return;
  }
  // Its queue in the kernel is thrown away with it, or it would live on there.
  error_code ignored;
  connection.socket.set_option(asio::socket_base::linger(true, 0), ignored);
  connection.was_reset = true;
  close(connection, "too slow to take its last words");
}

void ServerLoop::close(Connection& connection, std::string_view reason) {
  const bool lingered = connection.phase == Phase::lingering;
  if (recorder_ != nullptr) {
    using Ending = Recorder::Ending;
    const Ending reset = connection.input_ended ? Ending::reset_by_client : Ending::reset_by_server;
    const Ending orderly = lingered ? Ending::server_first : Ending::client_first;
    recorder_->closed(connection.id, connection.was_reset ? reset : orderly, now_.wall);
  }
  if (connection.has_deadline) std::erase(with_deadline_, &connection);
  connection.phase = Phase::gone;
  core_.closed(connection.id, connection.was_reset && connection.input_ended ? "connection reset" : reason,
               now_);
  error_code ignored;
  connection.socket.close(ignored);
  const auto found = connections_.find(static_cast<std::uint64_t>(connection.id));
  gone_.push_back(std::move(found->second));
  connections_.erase(found);
}

}  // namespace plaintalk::messenger
