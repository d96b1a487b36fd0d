#include "messenger/net/server_loop.hpp"

#include <csignal>
#include <cstdlib>
#include <utility>

#include <boost/asio/bind_allocator.hpp>
#include <boost/asio/post.hpp>
#include <sys/socket.h>

#include "messenger/net/asio_endpoint.hpp"
#include "messenger/net/connection_output.hpp"
#include "messenger/net/socket_options.hpp"

namespace plaintalk::messenger {
namespace {

namespace asio = boost::asio;
using boost::system::error_code;

constexpr Milliseconds kStopTime{2000};
constexpr int kSecondSignalStatus = 130;

HandlerAllocator<std::byte> in(HandlerMemory& memory) { return HandlerAllocator<std::byte>(memory); }

}  // namespace

// UNSAFE_IO: one thread runs the loop and touches the sockets, so these need no locks; password workers post
// into it, so the scheduler keeps its own.
ServerLoop::ServerLoop(const Options& options, ServerConfig config, Outside outside)
    : io_(BOOST_ASIO_CONCURRENCY_HINT_UNSAFE_IO),
      signals_(io_),
      hangup_(io_),
      tick_timer_(io_),
      events_(outside.events),
      recorder_(outside.recorder),
      spool_(outside.spool),
      poller_(io_),
      listeners_(io_, {[this](FileDescriptor socket, const Endpoint& client) {
                         accepted(std::move(socket), client);
                       },
                       [this](std::string_view text) {
                         events_.event(ServerNote{"trouble", text}, read_clocks().wall);
                       }}),
      passwords_([this](PasswordResult result) {
        asio::post(io_, [this, result = std::move(result)] {
          begin_turn();
          core_.password_ready(result, now_);
        });
      }),
      core_(std::move(config), Services{outside.spool, passwords_, outside.random, outside.events},
            read_clocks()),
      now_(read_clocks()) {
  spool_.notify([this] { asio::post(io_, [this] { take_spool_results(); }); });
  for (const HostPort& where : options.listen) listeners_.listen(where, options.send_buffer_bytes);
}

ServerLoop::~ServerLoop() {
  // Handlers lie in memory of ours: they have to come back before it goes.
  spool_.notify({});
  error_code ignored;
  listeners_.stop();
  signals_.cancel(ignored);
  hangup_.cancel(ignored);
  tick_timer_.cancel();
  poller_.cancel();
  io_.restart();
  io_.poll();
}

void ServerLoop::stop_on_signals() {
  signals_.add(SIGINT);
  signals_.add(SIGTERM);
  signals_.async_wait([this](const error_code& error, int) {
    if (error) return;
    stop();
    signals_.async_wait([](const error_code& again, int) {
      if (!again) std::_Exit(kSecondSignalStatus);
    });
  });
}

void ServerLoop::on_hangup(std::function<void(WallTime)> action) {
  error_code ignored;
  hangup_.add(SIGHUP, ignored);
  hangup_.async_wait([this, action = std::move(action)](const error_code& error, int) {
    if (error) return;
    action(read_clocks().wall);
    on_hangup(action);
  });
}

void ServerLoop::run() {
  listeners_.start();
  begin_turn();
  schedule_tick();
  wait_for_sockets();
  io_.run();
  // From here on a signal has its default effect: whoever waits for the last log lines can still be
  // interrupted.
  error_code ignored;
  signals_.clear(ignored);
}

void ServerLoop::stop() {
  if (stop_deadline_) return;
  begin_turn();
  stop_deadline_ = now_.instant + kStopTime;
  listeners_.stop();
  core_.drain(now_);
}

void ServerLoop::accepted(FileDescriptor socket, const Endpoint& client) {
  begin_turn();
  asio::ip::tcp::endpoint local;
  auto local_size = static_cast<socklen_t>(local.capacity());
  if (::getsockname(socket.number(), local.data(), &local_size) != 0) return;
  local.resize(local_size);
  const Endpoint server = to_endpoint(local);
  set_chat_options(socket.number());
  const ConnectionId id = core_.opened(client, server, now_);
  const auto number = static_cast<std::uint64_t>(id);
  const auto place = connections_.emplace(number, std::make_unique<Connection>(std::move(socket), id)).first;
  Connection& connection = *place->second;
  if (recorder_ != nullptr) recorder_->opened(id, client, server, now_.wall);
  queue_for_turn(connection);
  if (poller_.add(connection.socket.number(), connection)) return;
  events_.event(ServerNote{"trouble", "the kernel has no memory to wait for another socket"}, now_.wall);
  input_ended(connection, ENOMEM);
}

void ServerLoop::take_spool_results() {
  begin_turn();
  for (const SpoolResult& result : spool_.take_results()) core_.spool_ready(result, now_);
}

void ServerLoop::open_turn() {
  if (turn_is_open_) return;
  turn_is_open_ = true;
  now_ = read_clocks();
}

// The first event of a turn posts the end of the turn behind everything that is ready by now.
void ServerLoop::begin_turn() {
  open_turn();
  if (std::exchange(end_is_posted_, true)) return;
  asio::post(io_, asio::bind_allocator(in(turn_memory_), [this] {
               end_is_posted_ = false;
               if (turn_is_open_) end_turn();
               // Those that had to wait may go on: what they have sent meanwhile is reported by nobody.
               if (!to_read_.empty()) serve_sockets();
             }));
}

void ServerLoop::queue_for_turn(Connection& connection) {
  if (connection.queued_for_turn) return;
  connection.queued_for_turn = true;
  queued_.push_back(&connection);
}

void ServerLoop::end_turn() {
  now_ = read_clocks();
  ++turn_;
  core_.end_turn(now_);
  serving_.clear();
  serving_.swap(queued_);
  for (Connection* connection : serving_) {
    connection->queued_for_turn = false;
    serve(*connection);
  }
  for (const ConnectionId id : core_.take_touched())
    if (Connection* const connection = find(id)) serve(*connection);
  // Writing and closing may have touched others again: their turn is the next one.
  for (const ConnectionId id : core_.take_touched())
    if (Connection* const connection = find(id)) queue_for_turn(*connection);
  if (recorder_ != nullptr) recorder_->flush();
  sweep();
  turn_is_open_ = false;
  if (!queued_.empty()) begin_turn();
  if (stop_deadline_ && connections_.empty()) io_.stop();
}

void ServerLoop::serve(Connection& connection) {
  if (connection.phase == Connection::Phase::gone || connection.served_in_turn == turn_) return;
  connection.served_in_turn = turn_;
  if (connection.phase == Connection::Phase::open) write_out(connection);
  if (connection.phase == Connection::Phase::lingering && connection.input_ended)
    close(connection, "closed by the server");
  read_on(connection);
}

void ServerLoop::write_out(Connection& connection) {
  bool nothing_left = false;
  if (connection.output_broken) {
    // What the peer had sent before it broke is still read; then the connection ends.
    if (connection.input_ended) close(connection, "connection reset");
    return;
  }
  if (!connection.waiting_to_write) {
    switch (flush(connection, core_, recorder_, now_)) {
      case FlushResult::empty: nothing_left = true; break;
      case FlushResult::blocked: connection.waiting_to_write = true; break;
      case FlushResult::behind:
        connection.waiting_to_write = true;
        poller_.ask_again(connection.socket.number(), connection);
        break;
      case FlushResult::more: queue_for_turn(connection); break;
      case FlushResult::broken:
        connection.output_broken = connection.was_reset = true;
        if (connection.input_ended) close(connection, "connection reset");
        return;
    }
  }
  finish_when_done(connection, nothing_left);
}

void ServerLoop::finish_when_done(Connection& connection, bool nothing_left) {
  if (core_.closing(connection.id)) {
    if (nothing_left)
      linger(connection);
    else
      set_deadline(connection, kLastWordsTime);
  } else if (connection.input_ended && nothing_left && core_.wants_input(connection.id)) {
    // A peer that has only finished sending (printf ... | nc) got the answers to all it has asked. No
    // deadline is needed: the core ends a connection that does not take its output, and every other wait of
    // its own.
    close(connection, "peer closed");
  }
}

void ServerLoop::read_on(Connection& connection) {
  if (connection.phase == Connection::Phase::gone || connection.input_ended) return;
  connection.wants_input =
      discards_input(connection) || connection.output_broken || core_.wants_input(connection.id);
  if (!connection.wants_input || !connection.has_input || connection.queued_to_read) return;
  connection.queued_to_read = true;
  to_read_.push_back(&connection);
}

Connection* ServerLoop::find(ConnectionId id) {
  const auto found = connections_.find(static_cast<std::uint64_t>(id));
  return found == connections_.end() ? nullptr : found->second.get();
}

void ServerLoop::sweep() {
  std::erase_if(gone_, [](const auto& connection) {
    return !connection->queued_for_turn && !connection->queued_to_read;
  });
}

void ServerLoop::schedule_tick() {
  tick_timer_.expires_after(kTickInterval);
  tick_timer_.async_wait(asio::bind_allocator(in(tick_memory_), [this](const error_code& error) {
    if (error) return;
    begin_turn();
    core_.tick(now_);
    check_deadlines();
    schedule_tick();
  }));
}

}  // namespace plaintalk::messenger
