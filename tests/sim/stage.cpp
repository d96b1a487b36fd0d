#include "tests/sim/stage.hpp"

#include <algorithm>
#include <array>
#include <optional>

namespace plaintalk::sim {
namespace {

constexpr std::uint64_t kStepMax_ms = 20;
constexpr std::uint64_t kNoticeMax_ms = 3000;

struct NameOf {
  std::string operator()(const messenger::ConnectionOpened&) const { return "opened"; }
  std::string operator()(const messenger::ConnectionClosed& e) const {
    return "closed " + std::string(e.reason);
  }
  std::string operator()(const messenger::LoggedIn& e) const { return "login " + std::string(e.method); }
  std::string operator()(const messenger::LoginRefused& e) const {
    return "login refused " + std::string(e.error);
  }
  std::string operator()(const messenger::RoomChanged& e) const { return "room " + std::string(e.kind); }
  std::string operator()(const messenger::Routed& e) const {
    if (!e.shed.empty()) return "gap";
    return (e.room.starts_with('@') ? "direct " : "room ") + std::string(e.kind);
  }
  std::string operator()(const messenger::Resent&) const { return "resent"; }
  std::string operator()(const messenger::TransferChanged& e) const { return "file " + std::string(e.kind); }
  std::string operator()(const messenger::Refused& e) const { return "refused " + std::string(e.error); }
  std::string operator()(const messenger::ServerNote& e) const { return "note " + std::string(e.kind); }
};

}  // namespace

std::string Stage::Random::bytes(std::size_t size) {
  std::string bytes(size, '\0');
  for (char& byte : bytes) byte = static_cast<char>(dice_.below(256));
  return bytes;
}

bool Stage::Passwords::submit(messenger::PasswordJob&& job) {
  jobs.push_back(std::move(job));
  return true;
}

void Stage::Counter::event(const messenger::ServerEvent& event, WallTime) {
  ++happened_[std::visit(NameOf{}, event)];
}

messenger::ServerConfig Stage::config() {
  messenger::ServerConfig config;
  config.password_iteration_count = 1;
  config.login_connections_per_address_max = std::nullopt;
  for (const char* name : {"ann", "ben", "cat"}) config.accounts[name] = "secret";
  return config;
}

void Stage::start_server(messenger::ServerConfig config) {
  half_open_.clear();
  core_.reset();
  spool_ = std::make_unique<messenger::InlineSpool>();
  passwords_ = std::make_unique<Passwords>();
  core_ = std::make_unique<messenger::ServerCore>(
      std::move(config), messenger::Services{*spool_, *passwords_, random_, events_}, now);
}

messenger::ConnectionId Stage::connect() {
  return core_->opened({IpAddress::v4(127, 0, 0, 2), 50'000}, {IpAddress::v4(127, 0, 0, 1), 7777}, now);
}

void Stage::lose(messenger::ConnectionId id, bool server_knows, std::string_view reason) {
  if (server_knows)
    core_->closed(id, reason, now);
  else
    half_open_.push_back({id, now.instant + Milliseconds(dice.below(kNoticeMax_ms))});
}

void Stage::pass_time() {
  const Milliseconds passed(1 + dice.below(kStepMax_ms));
  now.instant += passed;
  now.wall += passed;
  if (now.instant >= next_tick_) {
    core_->tick(now);
    next_tick_ = now.instant + messenger::kTickInterval;
  }
  if (!passwords_->jobs.empty() && dice.one_in(2)) {
    core_->password_ready(messenger::run(passwords_->jobs.front()), now);
    passwords_->jobs.pop_front();
  }
  if (spool_->waiting_count() > 0 && dice.one_in(2)) {
    std::vector<messenger::SpoolResult> results;
    spool_->work(results);
    for (const messenger::SpoolResult& result : results) core_->spool_ready(result, now);
  }
}

void Stage::end_turn() {
  std::erase_if(half_open_, [&](const HalfOpen& gone) {
    if (gone.noticed_at > now.instant) return false;
    core_->closed(gone.id, "timed out", now);
    return true;
  });
  core_->end_turn(now);
}

std::string Stage::write(messenger::ConnectionId id, bool kernel_is_drained) {
  std::array<iovec, 5> pieces{};
  const std::size_t count = core_->gather(id, pieces, kernel_is_drained, now);
  std::string bytes;
  for (std::size_t index = 0; index < count; ++index)
    bytes.append(static_cast<const char*>(pieces[index].iov_base), pieces[index].iov_len);
  if (bytes.empty()) return bytes;
  bytes.resize(1 + dice.below(bytes.size()));
  core_->consumed(id, bytes.size(), now);
  return bytes;
}

}  // namespace plaintalk::sim
