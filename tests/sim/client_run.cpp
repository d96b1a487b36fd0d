#include "tests/sim/client_run.hpp"

#include <algorithm>
#include <array>
#include <map>
#include <memory>
#include <optional>
#include <set>
#include <utility>

#include "messenger/client/session.hpp"
#include "messenger/core/server_core.hpp"
#include "messenger/store/inline_spool.hpp"
#include "tests/messenger_client/memory_files.hpp"
#include "tests/sim/sim_parts.hpp"

namespace plaintalk::sim {
namespace {

namespace client = messenger::client;
using messenger::ConnectionId;

constexpr int kBusyStepCount = 600;
constexpr int kSettleStepCount = 30'000;
constexpr std::uint64_t kSmallSpoolSize = 24 << 10;

// What somebody's screen shows, between two restarts.
struct Screen {
  std::map<std::uint64_t, std::string> lab;  // number to text
};

struct Person {
  Person(client::SessionConfig config, bool guest)
      : is_guest(guest), device(config.device), session(std::move(config), files) {}

  bool is_guest;
  std::string device;
  client::MemoryFiles files;
  client::ClientSession session;
  std::optional<ConnectionId> connection;
  bool may_be_read = true;
  bool is_leaving = false;
  bool was_ready = false;
  std::string upstream;
  Instant connect_at{};
  std::map<client::RequestId, std::string> asked;  // unanswered; the text of a message, else empty
  std::map<std::string, std::string> fetched;      // path to name, until compared
  Screen screen;
};

// A connection that its client has lost and the server does not know about yet.
struct HalfOpen {
  ConnectionId id;
  Instant noticed_at;
};

class ClientRun {
 public:
  ClientRun(std::uint64_t seed, ClientFault fault)
      : dice_(seed), fault_(fault), random_(dice_), has_small_spool_(dice_.one_in(2)) {
    start_server();
    add("ann", "one", false);
    add("ann", "two", false);
    add("ben", "one", false);
    add("guest-x", "one", true);
    add("guest-y", "one", true);
  }
  ClientRunResult finish();

 private:
  void start_server();
  void restart();
  void add(const std::string& name, const std::string& device, bool is_guest);
  void renew(std::unique_ptr<Person>& person);
  void step(bool is_busy);
  void act(std::unique_ptr<Person>& person);
  void act_on_files(Person& person);
  void connect(Person& person);
  void lose(Person& person, bool server_knows);
  void deliver_upstream(Person& person);
  void write_downstream(Person& person);
  void look_at(std::unique_ptr<Person>& person);
  void shown(Person& person, const client::MessageCame& message);
  void answered(Person& person, const client::Answered& answer);
  void ask(Person& person, client::Request request);
  void work();
  bool all_settled() const;
  void judge();
  void broken(std::string text) { result_.violations.push_back(std::move(text)); }
  // What happened, for whoever replays a seed.
  void tell(const Person& person, const std::string& what);

  Dice dice_;
  ClientFault fault_;
  DiceRandom random_;
  bool has_small_spool_;
  NoEvents events_;
  Now now_{Instant{std::chrono::hours(1)}, WallTime{std::chrono::hours(24 * 365 * 50)}};
  Instant next_tick_{};
  std::unique_ptr<messenger::InlineSpool> spool_;
  std::unique_ptr<PasswordLine> passwords_;
  std::unique_ptr<messenger::ServerCore> core_;
  std::vector<std::unique_ptr<Person>> people_;
  std::vector<HalfOpen> half_open_;
  std::map<std::uint64_t, std::string> texts_;  // of #lab, since the last restart
  std::map<std::string, std::uint64_t> numbers_;
  std::set<std::string> acknowledged_;             // since the last restart
  std::map<std::string, std::string> sent_files_;  // by name
  unsigned device_count_ = 0;
  ClientRunResult result_;
};

void ClientRun::tell(const Person& person, const std::string& what) {
  result_.story += std::to_string(now_.instant.time_since_epoch() / Milliseconds{1}) + " " +
                   person.session.user() + "/" + person.device + " " + what + "\n";
}

void ClientRun::start_server() {
  messenger::ServerConfig config;
  config.password_iteration_count = 1;
  config.login_connections_per_address_max = std::nullopt;
  config.messages_per_second = std::nullopt;
  config.history_count = 100'000;
  config.room_queue_bytes_max = 2000;
  config.chunk_size_max = 4096;
  config.transfer_credit_bytes = 16 << 10;
  config.presence_grace = Milliseconds{500};
  config.ping_interval = Milliseconds{2000};
  if (has_small_spool_) config.spool_size_max = kSmallSpoolSize;
  if (fault_ == ClientFault::no_request_memory) config.remembered_request_count_max = 0;
  for (const char* name : {"ann", "ben"}) config.accounts[name] = "secret";
  core_.reset();
  spool_ = std::make_unique<messenger::InlineSpool>();
  passwords_ = std::make_unique<PasswordLine>();
  core_ = std::make_unique<messenger::ServerCore>(
      config, messenger::Services{*spool_, *passwords_, random_, events_}, now_);
}

void ClientRun::add(const std::string& name, const std::string& device, bool is_guest) {
  client::SessionConfig config;
  config.user = name;
  if (!is_guest) config.password = "secret";
  config.device = device + std::to_string(++device_count_);
  config.id_prefix = config.device + "-";
  people_.push_back(std::make_unique<Person>(std::move(config), is_guest));
  ask(*people_.back(), {.verb = Verb::join, .target = "#lab"});
}

// A guest who left comes again as somebody new.
void ClientRun::renew(std::unique_ptr<Person>& person) {
  const std::string name = person->session.user();
  for (const auto& [id, text] : person->asked)
    if (!text.empty()) broken(name + " left before '" + text + "' was answered");
  if (person->connection) lose(*person, true);
  add(name, "again", true);
  person = std::move(people_.back());
  people_.pop_back();
  person->connect_at = now_.instant + Milliseconds(dice_.below(1000));
}

void ClientRun::ask(Person& person, client::Request request) {
  const std::string text = request.verb == Verb::say ? request.text.value_or("") : "";
  const client::RequestId id = person.session.submit(std::move(request), now_.instant);
  person.asked.emplace(id, text);
}

void ClientRun::connect(Person& person) {
  person.connection =
      core_->opened({IpAddress::v4(127, 0, 0, 2), 50'000}, {IpAddress::v4(127, 0, 0, 1), 7777}, now_);
  person.may_be_read = true;
  person.upstream.clear();
  person.session.connected(now_.instant);
  tell(person, "connects");
}

void ClientRun::lose(Person& person, bool server_knows) {
  if (!person.connection) return;
  if (server_knows)
    core_->closed(*person.connection, "reset", now_);
  else
    half_open_.push_back({*person.connection, now_.instant + Milliseconds(dice_.below(3000))});
  tell(person, server_knows ? "is cut" : "is cut, which the server does not know");
  person.connection.reset();
  person.upstream.clear();
  person.connect_at = now_.instant + Milliseconds(dice_.below(1500));
  if (fault_ == ClientFault::never_comes_back && !person.is_guest)
    person.connect_at = Instant::max();
  else
    person.session.disconnected();
}

// In order: everybody is told, as far as the network takes it. Or at once.
void ClientRun::restart() {
  ++result_.restart_count;
  result_.story += "the server is restarted\n";
  if (dice_.one_in(2)) {
    core_->drain(now_);
    for (auto& person : people_)
      if (person->connection && dice_.one_in(2)) write_downstream(*person);
  }
  for (auto& person : people_) {
    look_at(person);
    lose(*person, true);
  }
  judge();
  half_open_.clear();
  texts_.clear();
  numbers_.clear();
  acknowledged_.clear();
  for (auto& person : people_) person->screen = {};
  start_server();
}

void ClientRun::act_on_files(Person& person) {
  const std::string name = "file" + std::to_string(sent_files_.size());
  std::string bytes(dice_.below(20'000), '\0');
  for (char& byte : bytes) byte = static_cast<char>(dice_.below(256));
  sent_files_[name] = bytes;
  person.files.to_send[name] = std::move(bytes);
  ask(person, {.verb = Verb::put, .target = "#lab", .path = name});
}

void ClientRun::act(std::unique_ptr<Person>& person) {
  if (!person->is_leaving && person->was_ready) {
    if (dice_.one_in(8)) {
      const std::string text = person->session.user() + " says " + std::to_string(++result_.message_count) +
                               std::string(dice_.below(100), '.');
      ask(*person, {.verb = Verb::say, .target = "#lab", .text = text});
    }
    if (dice_.one_in(60)) act_on_files(*person);
    if (person->is_guest && dice_.one_in(150)) {
      person->is_leaving = true;
      ask(*person, {.verb = Verb::quit});
    }
  }
  if (person->connection && dice_.one_in(100)) {
    ++result_.drop_count;
    lose(*person, dice_.one_in(2));
  }
}

void ClientRun::deliver_upstream(Person& person) {
  if (!person.connection) return;
  person.session.fill(person.upstream.size());
  person.upstream += person.session.take_output();
  if (person.upstream.empty() || !person.may_be_read) return;
  const std::string bytes = person.upstream.substr(0, 1 + dice_.below(person.upstream.size()));
  person.upstream.erase(0, bytes.size());
  core_->received(*person.connection, bytes, now_);
}

void ClientRun::write_downstream(Person& person) {
  std::array<iovec, 5> pieces{};
  const std::size_t count = core_->gather(*person.connection, pieces, true, now_);
  std::string bytes;
  for (std::size_t index = 0; index < count; ++index)
    bytes.append(static_cast<const char*>(pieces[index].iov_base), pieces[index].iov_len);
  if (bytes.empty()) {
    if (core_->closing(*person.connection)) lose(person, true);
    return;
  }
  bytes.resize(1 + dice_.below(bytes.size()));
  core_->consumed(*person.connection, bytes.size(), now_);
  if (fault_ == ClientFault::bent_text && dice_.one_in(10)) {
    if (const auto at = bytes.find(" says "); at != std::string::npos) bytes[at + 1] = 'S';
  }
  person.session.received(bytes, now_.instant);
}

void ClientRun::shown(Person& person, const client::MessageCame& message) {
  const std::string where = message.room + " " + std::to_string(message.seq);
  tell(person, "sees " + where + " " + message.text);
  if (message.from_history || message.room != "#lab") return;
  const auto [text, is_first] = texts_.emplace(message.seq, message.text);
  if (text->second != message.text) broken(where + " is different for " + person.session.user());
  const auto [number, is_new] = numbers_.emplace(message.text, message.seq);
  if (number->second != message.seq) broken(where + " was said twice: " + message.text);
  if (!person.screen.lab.emplace(message.seq, message.text).second)
    broken(person.session.user() + " sees " + where + " twice");
}

void ClientRun::answered(Person& person, const client::Answered& answer) {
  const auto asked = person.asked.find(answer.request);
  if (asked == person.asked.end()) {
    broken(person.session.user() + " got an answer to nothing, or a second one");
    return;
  }
  if (answer.repeated) ++result_.repeat_count;
  if (answer.verb == Verb::say && !answer.refusal) acknowledged_.insert(asked->second);
  const bool has_left = person.is_leaving && answer.refusal && answer.refusal->name == "LEFT";
  if (answer.verb == Verb::say && answer.refusal && !has_left)
    broken(person.session.user() + " was refused: " + answer.refusal->text);
  if (answer.verb == Verb::put && answer.refusal) ++result_.refused_count;
  if (answer.verb == Verb::get && !answer.refusal) {
    ++result_.file_count;
    if (person.files.kept[answer.name] != sent_files_[answer.name])
      broken(person.session.user() + " got other bytes of " + answer.name);
  }
  person.asked.erase(asked);
}

void ClientRun::look_at(std::unique_ptr<Person>& person) {
  std::vector<std::string> to_fetch;
  for (const client::Event& event : person->session.take_events()) {
    if (const auto* message = std::get_if<client::MessageCame>(&event)) shown(*person, *message);
    if (const auto* answer = std::get_if<client::Answered>(&event)) answered(*person, *answer);
    if (const auto* file = std::get_if<client::FileCame>(&event)) {
      if (!person->screen.lab.emplace(file->seq, "").second)
        broken(person->session.user() + " sees a file twice");
      if (!file->own && !person->is_leaving && dice_.one_in(2)) to_fetch.push_back(file->file);
    }
  }
  for (const std::string& file : to_fetch) ask(*person, {.verb = Verb::get, .target = file});
  if (person->session.ready()) person->was_ready = true;
  const auto ended = person->session.take_ended();
  if (!ended) return;
  switch (ended->why) {
    case client::Ended::Why::lost: lose(*person, dice_.one_in(2)); return;
    case client::Ended::Why::quit: renew(person); return;
    case client::Ended::Why::login_refused:
      if (person->is_guest) return renew(person);
      [[fallthrough]];
    default: broken(person->session.user() + " gave up: " + ended->text);
  }
}

void ClientRun::work() {
  if (!passwords_->jobs.empty() && dice_.one_in(2)) {
    core_->password_ready(messenger::run(passwords_->jobs.front()), now_);
    passwords_->jobs.pop_front();
  }
  if (dice_.one_in(2)) {
    std::vector<messenger::SpoolResult> results;
    spool_->work(results);
    for (const messenger::SpoolResult& result : results) core_->spool_ready(result, now_);
  }
}

void ClientRun::step(bool is_busy) {
  const Milliseconds passed(1 + dice_.below(20));
  now_.instant += passed;
  now_.wall += passed;
  if (now_.instant >= next_tick_) {
    core_->tick(now_);
    next_tick_ = now_.instant + messenger::kTickInterval;
  }
  work();
  if (is_busy && dice_.one_in(150)) restart();
  for (auto& person : people_) {
    if (!person->connection && person->connect_at <= now_.instant) connect(*person);
    if (is_busy) act(person);
    person->session.tick(now_.instant);
    deliver_upstream(*person);
    look_at(person);
  }
  std::erase_if(half_open_, [&](const HalfOpen& gone) {
    if (gone.noticed_at > now_.instant) return false;
    core_->closed(gone.id, "timed out", now_);
    return true;
  });
  core_->end_turn(now_);
  core_->take_touched();
  for (auto& person : people_) {
    if (!person->connection) continue;
    person->may_be_read = core_->wants_input(*person->connection);
    write_downstream(*person);
    look_at(person);
  }
}

bool ClientRun::all_settled() const {
  return half_open_.empty() && std::ranges::all_of(people_, [&](const auto& person) {
           return person->session.ready() && person->asked.empty() && person->upstream.empty() &&
                  !core_->wants_output(*person->connection);
         });
}

void ClientRun::judge() {
  for (const std::string& text : acknowledged_) {
    const bool is_seen = numbers_.contains(text);
    if (!is_seen && all_settled()) broken("'" + text + "' was answered and is nowhere");
  }
  for (const auto& person : people_) {
    const auto& lab = person->screen.lab;
    if (lab.empty() || lab.rbegin()->first - lab.begin()->first + 1 == lab.size()) continue;
    broken(person->session.user() + " has a hole between " + std::to_string(lab.begin()->first) + " and " +
           std::to_string(lab.rbegin()->first));
  }
}

ClientRunResult ClientRun::finish() {
  for (int busy = 0; busy < kBusyStepCount && result_.violations.empty(); ++busy) step(true);
  int waited = 0;
  while (result_.violations.empty() && !all_settled() && waited++ < kSettleStepCount) step(false);
  if (result_.violations.empty() && !all_settled()) {
    for (const auto& person : people_) {
      if (person->session.ready() && person->asked.empty()) continue;
      broken(person->session.user() + " is " + (person->session.ready() ? "in" : "not in") +
             " and waits for " + std::to_string(person->asked.size()) + " answers");
    }
    broken("somebody waits for ever");
  }
  judge();
  return std::move(result_);
}

}  // namespace

ClientRunResult run_clients(std::uint64_t seed, ClientFault fault) { return ClientRun(seed, fault).finish(); }

}  // namespace plaintalk::sim
