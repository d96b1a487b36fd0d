#include "tests/sim/sim_run.hpp"

#include <algorithm>
#include <array>
#include <map>
#include <memory>
#include <optional>
#include <utility>

#include "tests/sim/sim_client.hpp"
#include "tests/sim/stage.hpp"

namespace plaintalk::sim {
namespace {

using messenger::ConnectionId;

constexpr int kBusyStepCount = 400;
constexpr int kSettleStepCount = 60'000;

// Bends what the server says on its way to the clients. Messages of the simulation have no line breaks, so
// lines will do.
class Bender {
 public:
  explicit Bender(Fault fault) : fault_(fault) {}
  std::string pass(std::string_view bytes) {
    if (fault_ == Fault::none) return std::string(bytes);
    std::string out;
    pending_ += bytes;
    for (std::size_t end = pending_.find('\n'); end != pending_.npos; end = pending_.find('\n')) {
      bend(pending_.substr(0, end + 1), out);
      pending_.erase(0, end + 1);
    }
    return out;
  }
  void forget() {
    pending_.clear();
    held_.clear();
  }

 private:
  void bend(std::string line, std::string& out) {
    const bool is_message = line.starts_with("MSG #");
    if (fault_ == Fault::swallowed_gap && line.starts_with("GAP ")) return;
    if (fault_ == Fault::bent_frame && is_message && ++count_ == 20) line[line.size() - 2] ^= 1;
    if (fault_ == Fault::false_ok && line.starts_with("OK id=") && ++count_ == 3)
      line.replace(line.find("seq=") + 4, 0, "9");
    if (fault_ == Fault::swapped_frames && is_message && ++count_ % 5 == 0 && held_.empty()) {
      held_ = std::move(line);
      return;
    }
    out += line;
    out += std::exchange(held_, {});
  }

  Fault fault_;
  std::string pending_;
  std::string held_;
  int count_ = 0;
};

struct Link {
  Link(std::string name, std::string password, std::vector<std::string> rooms, Checker& checker, Fault fault)
      : client(std::move(name), std::move(password), std::move(rooms), checker), bender(fault) {}
  SimClient client;
  Bender bender;
  std::optional<ConnectionId> id;
  std::string upstream;  // on its way to the server
  bool may_be_read = true;
  bool is_active = false;  // the server has said that something is to be written
  Instant reconnect_at{};
  Instant slow_until{};
};

class Run {
 public:
  Run(std::uint64_t seed, Fault fault, bool tells_story);
  RunResult finish();

 private:
  messenger::ServerConfig make_config();
  void make_links();
  void step(bool is_busy);
  void act(Link& link);
  void connect(Link& link);
  void drop(Link& link);
  void deliver_upstream(Link& link);
  void serve_touched();
  void write_downstream(Link& link, bool is_busy);
  void server_closed(Link& link);
  void tell(const std::string& text);
  bool all_settled() const;
  std::string random_filler();

  Stage stage_;
  Dice& dice_ = stage_.dice;
  Now& now_ = stage_.now;
  Fault fault_;
  bool tells_story_;
  Checker checker_;
  std::vector<std::unique_ptr<Link>> links_;
  RunResult result_;
  int steps_ = 0;
};

Run::Run(std::uint64_t seed, Fault fault, bool tells_story)
    : stage_(seed), fault_(fault), tells_story_(tells_story) {
  stage_.start_server(make_config());
  make_links();
}

messenger::ServerConfig Run::make_config() {
  messenger::ServerConfig config = Stage::config();
  config.history_count = fault_ == Fault::short_history ? 3 : 100'000;
  if (fault_ == Fault::no_request_memory) config.remembered_request_count_max = 0;
  config.room_queue_bytes_max = 500 + dice_.below(4000);
  config.message_burst = 5;
  if (dice_.one_in(2)) config.messages_per_second = std::nullopt;
  if (dice_.one_in(2)) config.ping_interval = Milliseconds(500);
  if (dice_.one_in(3)) config.presence_grace = Milliseconds(300);
  return config;
}

void Run::make_links() {
  const std::array<std::string, 6> names = {"ann", "ben", "cat", "guest-x", "guest-y", "guest-z"};
  const std::size_t count = 3 + dice_.below(4);
  for (std::size_t index = 0; index < count; ++index) {
    const bool is_guest = index >= 3;
    std::vector<std::string> rooms = {"#lab"};
    if (dice_.one_in(2)) rooms.push_back("#den");
    // ann, ben and cat are registered, so that one can always write to them.
    if (names[index] == "ann" || names[index] == "ben") rooms.push_back("@ann,ben");
    if (names[index] == "cat") rooms.push_back("@cat,cat");
    links_.push_back(std::make_unique<Link>(names[index], is_guest ? "" : "secret", rooms, checker_, fault_));
  }
}

void Run::tell(const std::string& text) {
  if (tells_story_) result_.story += "step " + std::to_string(steps_) + ": " + text + "\n";
}

std::string Run::random_filler() { return std::string(dice_.below(dice_.one_in(10) ? 900 : 60), 'x'); }

void Run::connect(Link& link) {
  link.id = stage_.connect();
  link.may_be_read = true;
  link.client.connected();
  tell(link.client.name() + " connects");
}

void Run::drop(Link& link) {
  tell(link.client.name() + " loses the connection");
  ++result_.drop_count;
  stage_.lose(*link.id, dice_.one_in(2), "reset");
  server_closed(link);
}

void Run::server_closed(Link& link) {
  link.client.lost();
  link.bender.forget();
  link.id.reset();
  link.upstream.clear();
  link.is_active = false;
  link.reconnect_at = now_.instant + Milliseconds(dice_.below(1500));
}

void Run::act(Link& link) {
  if (dice_.one_in(4)) {
    const auto& rooms = link.client.rooms();
    auto room = rooms.begin();
    std::advance(room, static_cast<std::ptrdiff_t>(dice_.below(rooms.size())));
    link.client.say(room->first, random_filler());
    ++result_.message_count;
  }
  if (dice_.one_in(20)) link.client.ping();
  if (dice_.one_in(100)) {
    link.slow_until = now_.instant + Milliseconds(dice_.below(2500));
    tell(link.client.name() + " stops reading for a while");
  }
  if (link.id && dice_.one_in(120)) drop(link);
}

void Run::deliver_upstream(Link& link) {
  link.upstream += link.client.take_output();
  if (!link.id || link.upstream.empty() || !link.may_be_read) return;
  const std::size_t size = 1 + dice_.below(dice_.one_in(3) ? 8 : link.upstream.size());
  const std::string bytes = link.upstream.substr(0, size);
  link.upstream.erase(0, bytes.size());
  stage_.server().received(*link.id, bytes, now_);
}

// What a shell does: it only ever looks at connections that were named as touched.
void Run::serve_touched() {
  for (auto touched = stage_.server().take_touched(); !touched.empty();
       touched = stage_.server().take_touched()) {
    for (const ConnectionId id : touched) {
      const auto link = std::ranges::find_if(links_, [&](const auto& each) { return each->id == id; });
      if (link == links_.end()) continue;
      (*link)->may_be_read = stage_.server().wants_input(id);
      (*link)->is_active = true;
    }
  }
}

void Run::write_downstream(Link& link, bool is_busy) {
  if (!link.id || !link.is_active) return;
  if (is_busy && link.slow_until > now_.instant) return;
  const std::string bytes = stage_.write(*link.id, dice_.one_in(2));
  if (!bytes.empty()) {
    link.client.received(link.bender.pass(bytes));
  } else if (stage_.server().closing(*link.id)) {
    tell("the server closes " + link.client.name());
    stage_.lose(*link.id, true, "closed");
    return server_closed(link);
  } else if (!stage_.server().wants_output(*link.id)) {
    link.is_active = false;
  }
  if (link.client.wants_to_reconnect()) drop(link);
}

void Run::step(bool is_busy) {
  ++steps_;
  stage_.pass_time();
  for (const auto& link : links_) {
    if (!link->id && link->reconnect_at <= now_.instant) connect(*link);
    if (is_busy) act(*link);
    deliver_upstream(*link);
  }
  stage_.end_turn();
  serve_touched();
  for (const auto& link : links_) write_downstream(*link, is_busy);
  serve_touched();
}

bool Run::all_settled() const {
  return stage_.knows_all_losses() && std::ranges::all_of(links_, [](const auto& link) {
           return link->upstream.empty() && link->client.is_settled() && !link->is_active;
         });
}

RunResult Run::finish() {
  for (int busy = 0; busy < kBusyStepCount; ++busy) step(true);
  int waited = 0;
  while (!all_settled() && waited++ < kSettleStepCount && checker_.violations().empty()) step(false);
  if (checker_.violations().empty() && !all_settled())
    checker_.broken("I1", "somebody waits for an answer for ever");
  for (const auto& link : links_) {
    link->client.report();
    result_.gap_count += link->client.gap_count();
    result_.repeat_count += link->client.repeat_count();
  }
  checker_.judge();
  result_.violations = checker_.violations();
  return std::move(result_);
}

}  // namespace

RunResult run(std::uint64_t seed, Fault fault, bool tells_story) {
  return Run(seed, fault, tells_story).finish();
}

}  // namespace plaintalk::sim
