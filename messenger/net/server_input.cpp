// The other half of ServerLoop: waiting for sockets, reading them, and the ways in which a connection ends.
#include <algorithm>

#include <errno.h>
#include <sys/socket.h>

#include "messenger/net/connection_output.hpp"
#include "messenger/net/server_loop.hpp"
#include "messenger/net/socket_options.hpp"

namespace plaintalk::messenger {
namespace {

using Phase = Connection::Phase;

// A call to write to a socket costs as much as 90 KiB in it do, so with many members in a room twice as much
// in a turn makes a delivery cheaper by a third. More would make everybody else wait for longer.
constexpr std::size_t kTurnInputSizeMax = 128 << 10;

// Turns in a row before Asio's other work (accepting, timers, passwords, the spool) is looked at.
constexpr int kTurnCountMax = 16;

}  // namespace

void ServerLoop::wait_for_sockets() {
  poller_.async_wait([this] {
    serve_sockets();
    wait_for_sockets();
  });
}

// Turn after turn, for as long as there is something to read. What is left then gets the next turn.
void ServerLoop::serve_sockets() {
  for (int turn = 0; turn < kTurnCountMax; ++turn) {
    if (!take_input()) return;
    end_turn();
  }
  if (!to_read_.empty()) begin_turn();
}

// One turn's look at the sockets. False when there is nothing to do.
bool ServerLoop::take_input() {
  const auto ready = poller_.take_ready();
  if (ready.empty() && to_read_.empty()) return false;
  open_turn();
  turn_input_size_ = 0;
  with_more_.clear();
  reading_.clear();
  reading_.swap(to_read_);
  for (Connection* connection : reading_) {
    connection->queued_to_read = false;
    if (connection->phase != Phase::gone) read_from(*connection);
  }
  for (const SocketPoller::Ready& event : ready) {
    Connection& connection = *event.connection;
    connection.peer_has_ended = connection.peer_has_ended || event.ended;
    if (event.output && connection.waiting_to_write) {
      connection.waiting_to_write = false;
      queue_for_turn(connection);
    }
    if (!event.input) continue;
    connection.has_input = true;
    if (connection.read_in_turn == turn_)
      queue_for_turn(connection);
    else if (connection.wants_input)
      read_from(connection);
  }
  read_more();
  return true;
}

// Nobody is read a second time before everybody was read once.
void ServerLoop::read_more() {
  for (std::size_t index = 0; index < with_more_.size() && turn_input_size_ < kTurnInputSizeMax; ++index) {
    Connection& connection = *with_more_[index];
    if (connection.phase == Phase::open && connection.has_input && core_.wants_input(connection.id))
      read_from(connection);
  }
}

// One read of at most one buffer: a peer that sends without end gets the same share of a turn as everybody
// else. Less than a buffer was all there is, unless the end of the stream comes behind it.
void ServerLoop::read_from(Connection& connection) {
  connection.read_in_turn = turn_;
  queue_for_turn(connection);
  const ssize_t size = ::recv(connection.socket.number(), input_.data(), input_.size(), MSG_DONTWAIT);
  connection.has_input = connection.peer_has_ended || size == static_cast<ssize_t>(input_.size());
  if (size > 0) {
    turn_input_size_ += static_cast<std::size_t>(size);
    if (size == static_cast<ssize_t>(input_.size())) with_more_.push_back(&connection);
    const std::string_view bytes(input_.data(), static_cast<std::size_t>(size));
    if (recorder_ != nullptr) recorder_->client_sent(connection.id, bytes, now_.wall);
    const bool is_discarded = discards_input(connection);
    core_.received(connection.id, bytes, now_);
    if (is_discarded) count_discarded(connection, bytes.size());
  } else if (size == 0) {
    input_ended(connection, 0);
  } else if (errno == EINTR) {
    connection.has_input = true;
  } else if (errno == EAGAIN || errno == EWOULDBLOCK) {
    connection.has_input = false;
  } else {
    input_ended(connection, errno);
  }
}

// Whether what comes is only read so that it does not lie unread in the socket.
bool ServerLoop::discards_input(const Connection& connection) const {
  return connection.phase == Phase::lingering || core_.closing(connection.id);
}

void ServerLoop::count_discarded(Connection& connection, std::size_t size) {
  connection.discarded_bytes += static_cast<std::uint32_t>(size);
  if (connection.discarded_bytes <= kDiscardedBytesMax) return;
  reset_on_close(connection.socket.number());
  connection.was_reset = true;
  close(connection, "went on sending after its end");
}

void ServerLoop::input_ended(Connection& connection, int error) {
  connection.input_ended = true;
  connection.has_input = connection.wants_input = false;
  if (error == 0) return;
  connection.was_reset = true;
  connection.output_broken = true;
}

// RFC 1122, 4.2.2.13: closing a socket while unread input lies in it resets the connection, and the reset may
// overtake our last words. So only our side is shut down, and the rest is read away until the peer closes
// too.
void ServerLoop::linger(Connection& connection) {
  connection.phase = Phase::lingering;
  ::shutdown(connection.socket.number(), SHUT_WR);
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
  reset_on_close(connection.socket.number());
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
  connection.socket.close();
  const auto found = connections_.find(static_cast<std::uint64_t>(connection.id));
  gone_.push_back(std::move(found->second));
  connections_.erase(found);
}

}  // namespace plaintalk::messenger
