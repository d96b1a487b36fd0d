#include "messenger/core/server_core.hpp"

#include <stdexcept>
#include <string>
#include <utility>

#include "base/check.hpp"
#include "messenger/core/accounts.hpp"
#include "messenger/core/downloads.hpp"
#include "messenger/core/input_pause.hpp"
#include "messenger/core/login.hpp"
#include "messenger/core/membership.hpp"
#include "messenger/core/output.hpp"
#include "messenger/core/presence.hpp"
#include "messenger/core/routing.hpp"
#include "messenger/core/session.hpp"
#include "messenger/core/session_end.hpp"
#include "messenger/core/timeouts.hpp"
#include "messenger/core/uploads.hpp"
#include "messenger/core/world.hpp"

namespace plaintalk::messenger {

struct ServerCore::State : core::World {
  using World::World;

  core::Connection& at(ConnectionId id) const {
    core::Connection* connection = connections.find(id);
    check(connection != nullptr, "a connection that is not open");
    return *connection;
  }
  // Those who waited for a file go on, which may let others go on.
  void resume_waiting() {
    while (!transfers.to_resume.empty()) {
      core::Connection* connection = connections.find(transfers.to_resume.back());
      transfers.to_resume.pop_back();
      if (connection != nullptr) core::resume(*this, *connection);
    }
  }
  void finish_turn() {
    resume_waiting();
    core::flush_all(*this);
    core::end_overfull(*this);
    core::flush_all(*this);  // the end of a session tells others
    core::remove_emptied_rooms(*this);
  }
};

ServerCore::ServerCore(ServerConfig config, Services services, Now now)
    : state_(std::make_unique<State>(std::move(config), services, now)) {
  if (const auto fault = find_fault(state_->config))
    throw std::invalid_argument(std::string(fault->setting) + ' ' + fault->why);
  core::make_configured_accounts(*state_);
}

ServerCore::~ServerCore() = default;

ConnectionId ServerCore::opened(const Endpoint& client, const Endpoint& server, Now now) {
  state_->now = now;
  return core::open_connection(*state_, client, server).id;
}

void ServerCore::received(ConnectionId id, std::string_view bytes, Now now) {
  state_->now = now;
  core::receive(*state_, state_->at(id), bytes);
}

void ServerCore::closed(ConnectionId id, std::string_view reason, Now now) {
  state_->now = now;
  core::forget_connection(*state_, state_->at(id), reason);
}

void ServerCore::password_ready(const PasswordResult& result, Now now) {
  state_->now = now;
  state_->addresses.password_done(result.ticket);
  core::Connection* connection = state_->connections.find(result.connection);
  if (connection == nullptr || !connection->pending_login ||
      connection->pending_login->ticket != result.ticket)
    return;
  core::finish_password(*state_, *connection, result.salted_password);
  core::resume(*state_, *connection);
}

void ServerCore::spool_ready(const SpoolResult& result, Now now) {
  state_->now = now;
  core::take_spool_result(*state_, result);
  state_->resume_waiting();
}

void ServerCore::tick(Now now) {
  state_->now = now;
  core::fire_timers(*state_);
  core::advance_presence(*state_);
  core::advance_departures(*state_);
  core::advance_uploads(*state_);
  state_->finish_turn();
}

void ServerCore::end_turn(Now now) {
  state_->now = now;
  state_->finish_turn();
}

void ServerCore::drain(Now now) {
  state_->now = now;
  state_->is_draining = true;
  core::flush_all(*state_);
  state_->connections.for_each([this](core::Connection& connection) {
    core::end_with_bye(*state_, connection, "shutdown", core::Leaving::quit, ErrorName::draining,
                       "the server is stopping; come back later");
  });
  core::flush_all(*state_);
}

std::vector<ConnectionId> ServerCore::take_touched() { return state_->connections.take_touched(); }

bool ServerCore::wants_input(ConnectionId id) const {
  const core::Connection& connection = state_->at(id);
  return connection.phase != core::Phase::closing && !core::must_wait(*state_, connection);
}

bool ServerCore::closing(ConnectionId id) const { return state_->at(id).phase == core::Phase::closing; }

std::size_t ServerCore::gather(ConnectionId id, std::span<iovec> iovecs, bool kernel_is_drained, Now now) {
  state_->now = now;
  core::Connection& connection = state_->at(id);
  if (kernel_is_drained && connection.has_downloads && !connection.out) core::fill_bulk(*state_, connection);
  return connection.waiting().gather(iovecs);
}

void ServerCore::consumed(ConnectionId id, std::size_t size, Now now) {
  state_->now = now;
  core::Connection& connection = state_->at(id);
  const bool had_to_wait = core::must_wait(*state_, connection);
  check(connection.out || size == 0, "more was written than was queued");
  if (connection.out) {
    connection.out->consumed(size);
    core::close_output_if_empty(*state_, connection);
  }
  connection.bytes_out += size;
  connection.write_progress_at = now.instant;
  if (connection.phase == core::Phase::closing) return;
  if (connection.gaps) core::send_gaps_when_drained(*state_, connection);
  if (!had_to_wait || core::must_wait(*state_, connection)) return;
  core::resume(*state_, connection);
  state_->finish_turn();
}

bool ServerCore::has_file_data_next(ConnectionId id) const {
  const core::Connection& connection = state_->at(id);
  return connection.has_downloads && !connection.out;
}

bool ServerCore::wants_output(ConnectionId id) const {
  const core::Connection& connection = state_->at(id);
  return connection.out || core::has_bulk(*state_, connection);
}

std::size_t ServerCore::connection_count() const { return state_->connections.count(); }

}  // namespace plaintalk::messenger
