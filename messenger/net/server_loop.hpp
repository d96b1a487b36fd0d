// The shell around the core: one thread, one event loop, no rules.
//
// A turn is what happens between two looks at the network: every socket that is ready is read once, and again
// if few have sent much; then a handler that the first of them posted ends the turn. Only then does anything
// go out, so that all frames of a room that came in one turn reach each member in one system call.
//
//   ready sockets -> recv into one shared buffer -> core.received()
//   end of turn   -> core.end_turn() -> sendmsg for each connection that has something
//   again, as long as sockets are ready; then wait
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <string_view>
#include <unordered_map>
#include <vector>

#include <boost/asio/io_context.hpp>
#include <boost/asio/signal_set.hpp>
#include <boost/asio/steady_timer.hpp>

#include "messenger/core/server_core.hpp"
#include "messenger/net/connection.hpp"
#include "messenger/net/handler_memory.hpp"
#include "messenger/net/listeners.hpp"
#include "messenger/net/password_pool.hpp"
#include "messenger/net/recorder.hpp"
#include "messenger/net/socket_poller.hpp"
#include "messenger/store/spool_thread.hpp"

namespace plaintalk::messenger {

class ServerLoop {
 public:
  struct Options {
    std::vector<HostPort> listen;
    std::optional<int> send_buffer_bytes;  // SO_SNDBUF; nullopt leaves it to the kernel
  };
  struct Outside {
    SpoolThread& spool;
    RandomSource& random;
    EventSink& events;
    Recorder* recorder = nullptr;
  };

  // Binds the addresses; throws std::runtime_error when one cannot be had.
  ServerLoop(const Options& options, ServerConfig config, Outside outside);
  ~ServerLoop();
  ServerLoop(const ServerLoop&) = delete;
  ServerLoop& operator=(const ServerLoop&) = delete;

  // The real addresses, with the ports that the system chose.
  const std::vector<Endpoint>& endpoints() const { return listeners_.endpoints(); }

  // SIGINT and SIGTERM stop the loop; a second one ends the process at once.
  void stop_on_signals();
  // SIGHUP calls `action` instead of ending the process.
  void on_hangup(std::function<void(WallTime)> action);
  // Serves until it is stopped and every connection had its last words, or two seconds have passed.
  void run();

 private:
  void accepted(FileDescriptor socket, const Endpoint& client);
  void stop();

  void take_spool_results();
  void open_turn();
  void begin_turn();
  void end_turn();
  void queue_for_turn(Connection& connection);
  void serve(Connection& connection);
  void write_out(Connection& connection);
  void finish_when_done(Connection& connection, bool nothing_left);
  void read_on(Connection& connection);

  void wait_for_sockets();
  void serve_sockets();
  bool take_input();
  void read_from(Connection& connection);
  void read_more();
  void input_ended(Connection& connection, int error);
  bool discards_input(const Connection& connection) const;
  void count_discarded(Connection& connection, std::size_t size);

  void linger(Connection& connection);
  void set_deadline(Connection& connection, Milliseconds time);
  void check_deadlines();
  void cut(Connection& connection);
  void close(Connection& connection, std::string_view reason);
  void schedule_tick();

  Connection* find(ConnectionId id);
  void sweep();

  boost::asio::io_context io_;
  boost::asio::signal_set signals_;
  boost::asio::signal_set hangup_;
  boost::asio::steady_timer tick_timer_;
  EventSink& events_;
  Recorder* recorder_;
  SpoolThread& spool_;
  SocketPoller poller_;
  Listeners listeners_;
  PasswordPool passwords_;
  ServerCore core_;

  std::unordered_map<std::uint64_t, std::unique_ptr<Connection>> connections_;
  std::vector<std::unique_ptr<Connection>> gone_;  // closed; freed when no list has them any more
  std::vector<Connection*> queued_;                // to be served at the end of the turn
  std::vector<Connection*> serving_;               // what queued_ was when the turn ended
  std::vector<Connection*> to_read_;               // may have input that was not read yet
  std::vector<Connection*> reading_;               // what to_read_ was when the turn began
  std::vector<Connection*> with_deadline_;

  Now now_;
  bool turn_is_open_ = false;
  bool end_is_posted_ = false;
  std::uint64_t turn_ = 1;
  HandlerMemory turn_memory_;
  HandlerMemory tick_memory_;
  std::optional<Instant> stop_deadline_;  // set while stopping

  static constexpr std::size_t kReadSize = 64 << 10;
  std::array<char, kReadSize> input_;
  std::size_t turn_input_size_ = 0;     // what was read in this turn
  std::vector<Connection*> with_more_;  // those of this turn that had a whole buffer or more
};

}  // namespace plaintalk::messenger
