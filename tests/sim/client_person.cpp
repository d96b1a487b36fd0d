#include "tests/sim/client_person.hpp"

#include <utility>

namespace plaintalk::sim {
namespace {

constexpr std::uint64_t kAwayMax_ms = 1500;

}  // namespace

Person::Person(Stage& stage, ClientFault fault, client::SessionConfig config, bool guest,
               std::shared_ptr<client::MemoryFiles> disk)
    : is_guest(guest),
      device(config.device),
      files(std::move(disk)),
      session(std::move(config), *files),
      stage_(stage),
      fault_(fault) {}

client::RequestId Person::ask(client::Request request) {
  const std::string text = request.verb == Verb::say ? request.text.value_or("") : "";
  const client::RequestId id = session.submit(std::move(request), stage_.now.instant);
  asked.emplace(id, text);
  return id;
}

void Person::connect() {
  connection_ = stage_.connect();
  upstream_.clear();
  session.connected(stage_.now.instant);
}

void Person::lose(bool server_knows) {
  if (!connection_) return;
  stage_.lose(*connection_, server_knows, "reset");
  was_cut |= has_sent_;
  connection_.reset();
  upstream_.clear();
  connect_at = stage_.now.instant + Milliseconds(stage_.dice.below(kAwayMax_ms));
  if (fault_ == ClientFault::never_comes_back && !is_guest)
    connect_at = Instant::max();
  else
    session.disconnected();
}

void Person::send_on() {
  if (!connection_) return;
  session.fill(upstream_.size());
  upstream_ += session.take_output();
  has_sent_ |= !upstream_.empty();
  if (upstream_.empty() || !stage_.server().wants_input(*connection_)) return;
  const std::string bytes = upstream_.substr(0, 1 + stage_.dice.below(upstream_.size()));
  upstream_.erase(0, bytes.size());
  stage_.server().received(*connection_, bytes, stage_.now);
}

void Person::read_on() {
  if (!connection_) return;
  std::string bytes = stage_.write(*connection_, true);
  if (bytes.empty()) {
    if (stage_.server().closing(*connection_)) lose(true);
    return;
  }
  if (fault_ == ClientFault::bent_text && stage_.dice.one_in(10)) {
    if (const auto at = bytes.find(" says "); at != std::string::npos) bytes[at + 1] = 'S';
  }
  session.received(bytes, stage_.now.instant);
}

bool Person::is_settled() {
  return session.ready() && asked.empty() && upstream_.empty() && !stage_.server().wants_output(*connection_);
}

}  // namespace plaintalk::sim
