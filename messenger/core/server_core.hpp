// The rules of the messenger: who is in which room, who hears what, who has to wait, who must go.
//
// Bytes and times go in, queues of bytes come out; no socket, no clock, no thread. A test runs a day of
// traffic in a millisecond and repeats it from a seed. The shell (messenger/net) does this for each turn of
// its loop:
//
//   for each readable socket    core.received(id, bytes, now)
//   core.end_turn(now)          frames of one room are batched until here and reach each member as one queue
//   entry for (id : core.take_touched())
//     write with gather()/consumed(); then close if closing(id) and nothing is left; stop or resume reading
//     as wants_input(id)
//   again until take_touched() is empty: consumed() may let frames run that had to wait, and those touch
//   others
//
// and calls tick() at least every kTickInterval.
#pragma once

#include <memory>
#include <string_view>
#include <vector>

#include "base/endpoint.hpp"
#include "base/time.hpp"
#include "messenger/core/out_queue.hpp"
#include "messenger/core/server_config.hpp"
#include "messenger/core/server_events.hpp"
#include "messenger/core/services.hpp"

namespace plaintalk::messenger {

class ServerCore {
 public:
  // Throws std::invalid_argument for a configuration that cannot work (find_fault).
  ServerCore(ServerConfig config, Services services, Now now);
  ~ServerCore();

  // A connection was accepted. The greeting (or a refusal) is queued at once.
  ConnectionId opened(const Endpoint& client, const Endpoint& server, Now now);
  // REQUIRES: `id` is open; `bytes` may be gone after the call.
  void received(ConnectionId id, std::string_view bytes, Now now);
  // The peer or the network ended the connection, or the shell has closed it as closing() asked. `id` is gone
  // afterwards.
  void closed(ConnectionId id, std::string_view reason, Now now);
  void password_ready(const PasswordResult& result, Now now);
  void spool_ready(const SpoolResult& result, Now now);
  void tick(Now now);
  void end_turn(Now now);
  // Shutdown: every connection gets BYE 503 DRAINING and is to be closed once that is written.
  void drain(Now now);

  // Connections whose output, wish for input or wish to be closed may have changed since the last call.
  std::vector<ConnectionId> take_touched();

  // False while the connection has to wait: its rate is used up, a password is being checked, or too much
  // waits for it.
  bool wants_input(ConnectionId id) const;
  // True when it is to be closed as soon as gather() gives nothing more.
  bool closing(ConnectionId id) const;

  // The next bytes to write, in order, at most iovecs.size() pieces; how many were filled. Valid until
  // consumed() or the next call that takes `now`. File data is added only when `kernel_is_drained` (little
  // unsent data waits in the socket).
  std::size_t gather(ConnectionId id, std::span<iovec> iovecs, bool kernel_is_drained, Now now);
  void consumed(ConnectionId id, std::size_t size, Now now);

  // Whether file data is what would be written next, so that it matters whether the kernel is drained.
  bool has_file_data_next(ConnectionId id) const;
  // Whether anything waits to be written, file data included: true while gather() gives nothing only because
  // the kernel is not drained.
  bool wants_output(ConnectionId id) const;

  std::size_t connection_count() const;

 private:
  struct State;
  std::unique_ptr<State> state_;
};

}  // namespace plaintalk::messenger
