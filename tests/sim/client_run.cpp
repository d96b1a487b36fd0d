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
constexpr int kQuietStepCount = 200;
constexpr std::uint64_t kSmallSpoolSize = 24 << 10;

constexpr const char* kLab = "#lab";
constexpr const char* kTalk = "@ann,ben";

// What stands under each number.
using Numbered = std::map<std::uint64_t, std::string>;

struct Person {
  Person(client::SessionConfig config, bool guest, std::shared_ptr<client::MemoryFiles> disk)
      : is_guest(guest), device(config.device), files(std::move(disk)), session(std::move(config), *files) {}

  bool is_guest;
  std::string device;
  std::shared_ptr<client::MemoryFiles> files;  // survives the program
  client::ClientSession session;
  std::optional<ConnectionId> connection;
  bool may_be_read = true;
  bool is_leaving = false;
  bool was_ready = false;
  bool has_sent = false;
  bool was_cut = false;  // after it had sent something, its login first
  bool has_joined = false;
  bool must_see_all = false;  // of the rooms of this server: was in them before it was started
  std::string upstream;
  Instant connect_at{};
  std::map<client::RequestId, std::string> asked;  // unanswered; the text of a message, else empty
  std::map<std::string, Numbered> screen;          // by room, since the last restart
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
  void add(const std::string& name, const std::string& device, bool is_guest,
           std::shared_ptr<client::MemoryFiles> disk = std::make_shared<client::MemoryFiles>());
  void renew(std::unique_ptr<Person>& person);
  void kill(std::unique_ptr<Person>& person);
  void replace(std::unique_ptr<Person>& person, std::shared_ptr<client::MemoryFiles> disk);
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
  void judge_ends();
  bool settle();
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
  std::map<std::string, Numbered> texts_;  // by room, since the last restart
  std::map<std::string, std::uint64_t> numbers_;
  std::map<std::string, std::pair<std::string, std::uint64_t>> acknowledged_;  // text: room and number
  std::map<std::string, std::string> sent_files_;                              // by name
  std::map<std::string, std::string> announced_files_;  // handles by name, since the last restart
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

void ClientRun::add(const std::string& name, const std::string& device, bool is_guest,
                    std::shared_ptr<client::MemoryFiles> disk) {
  client::SessionConfig config;
  config.user = name;
  if (!is_guest) config.password = "secret";
  config.device = device + std::to_string(++device_count_);
  config.id_prefix = config.device + "-";
  people_.push_back(std::make_unique<Person>(std::move(config), is_guest, std::move(disk)));
  ask(*people_.back(), {.verb = Verb::join, .target = "#lab"});
}

// A guest who left comes again as somebody new.
void ClientRun::renew(std::unique_ptr<Person>& person) {
  const std::string name = person->session.user();
  for (const auto& [id, text] : person->asked)
    if (!text.empty()) broken(name + " left before '" + text + "' was answered");
  if (person->connection) lose(*person, true);
  replace(person, std::make_shared<client::MemoryFiles>());
}

// kill -9 of the program: nobody remembers what was under way, but the disk does.
void ClientRun::kill(std::unique_ptr<Person>& person) {
  ++result_.kill_count;
  tell(*person, "is killed");
  if (person->connection) lose(*person, dice_.one_in(2));
  replace(person, person->files);
}

void ClientRun::replace(std::unique_ptr<Person>& person, std::shared_ptr<client::MemoryFiles> disk) {
  const std::string name = person->session.user();
  const bool is_guest = person->is_guest;
  person.reset();  // its downloads leave their parts
  add(name, "again", is_guest, std::move(disk));
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
  person.was_cut |= person.has_sent;
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
  announced_files_.clear();
  for (auto& person : people_) {
    person->screen.clear();
    person->must_see_all = person->has_joined && !person->is_guest;
  }
  start_server();
}

void ClientRun::act_on_files(Person& person) {
  const std::string name = "file" + std::to_string(sent_files_.size());
  std::string bytes(dice_.below(20'000), '\0');
  for (char& byte : bytes) byte = static_cast<char>(dice_.below(256));
  sent_files_[name] = bytes;
  person.files->to_send[name] = std::move(bytes);
  person.files->hashed_at_once = 1 + dice_.below(20'000);
  ask(person, {.verb = Verb::put, .target = "#lab", .path = name});
}

void ClientRun::act(std::unique_ptr<Person>& person) {
  if (!person->is_leaving && person->was_ready) {
    if (dice_.one_in(8)) {
      const std::string text = person->session.user() + " says " + std::to_string(++result_.message_count) +
                               std::string(dice_.below(100), '.');
      const std::string& name = person->session.user();
      const bool is_direct = !person->is_guest && dice_.one_in(3);
      ask(*person, {.verb = Verb::say,
                    .target = !is_direct      ? "#lab"
                              : name == "ann" ? "@ben"
                                              : "@ann",
                    .text = text});
    }
    if (dice_.one_in(60)) act_on_files(*person);
    if (person->is_guest && dice_.one_in(150)) {
      person->is_leaving = true;
      ask(*person, {.verb = Verb::quit});
    }
  }
  if (!person->is_guest && dice_.one_in(400)) kill(person);
  if (person->connection && dice_.one_in(100)) {
    ++result_.drop_count;
    lose(*person, dice_.one_in(2));
  }
}

void ClientRun::deliver_upstream(Person& person) {
  if (!person.connection) return;
  person.session.fill(person.upstream.size());
  person.upstream += person.session.take_output();
  person.has_sent |= !person.upstream.empty();
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
  if (message.from_history) return;
  const auto [text, is_first] = texts_[message.room].emplace(message.seq, message.text);
  if (text->second != message.text) broken(where + " is different for " + person.session.user());
  const auto [number, is_new] = numbers_.emplace(message.text, message.seq);
  if (number->second != message.seq) broken(where + " was said twice: " + message.text);
  if (!person.screen[message.room].emplace(message.seq, message.text).second)
    broken(person.session.user() + " sees " + where + " twice");
}

void ClientRun::answered(Person& person, const client::Answered& answer) {
  const auto asked = person.asked.find(answer.request);
  if (asked == person.asked.end()) {
    broken(person.session.user() + " got an answer to nothing, or a second one");
    return;
  }
  if (answer.repeated) ++result_.repeat_count;
  if (answer.verb == Verb::join && !answer.refusal) person.has_joined = true;
  if (answer.verb == Verb::say && !answer.refusal) acknowledged_[asked->second] = {answer.room, answer.seq};
  const bool has_left = person.is_leaving && answer.refusal && answer.refusal->name == "LEFT";
  if (answer.verb == Verb::say && answer.refusal && !has_left)
    broken(person.session.user() + " was refused: " + answer.refusal->text);
  if (answer.verb == Verb::put && answer.refusal) ++result_.refused_count;
  if (answer.verb == Verb::get && !answer.refusal) {
    ++result_.file_count;
    if (person.files->kept[answer.name] != sent_files_[answer.name])
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
      texts_[file->room].emplace(file->seq, file->file);
      if (announced_files_.emplace(file->name, file->file).first->second != file->file)
        broken(file->name + " was announced twice");
      if (!person->screen[file->room].emplace(file->seq, file->file).second)
        broken(person->session.user() + " sees a file twice");
      if (!file->own && !person->is_leaving && dice_.one_in(2)) to_fetch.push_back(file->file);
    }
  }
  for (const std::string& file : to_fetch) ask(*person, {.verb = Verb::get, .target = file});
  if (person->session.ready()) person->was_ready = true;
  const auto ended = person->session.take_ended();
  if (!ended) return;
  tell(*person, "ends: " + ended->text);
  if (ended->why == client::Ended::Why::lost) {
    lose(*person, dice_.one_in(2));
  } else if (ended->why == client::Ended::Why::quit || (person->is_guest && !person->was_cut)) {
    // Or the name is still kept for whoever had it before.
    renew(person);
  } else {
    broken(person->session.user() + " gave up: " + ended->text);
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
  // What stands there for those who see it; that they see all of it is judged by holes and ends.
  for (const auto& [text, place] : acknowledged_) {
    const auto found = texts_[place.first].find(place.second);
    if (found != texts_[place.first].end() && found->second != text)
      broken("'" + text + "' was answered as " + place.first + " " + std::to_string(place.second) +
             ", where '" + found->second + "' is");
    const auto number = numbers_.find(text);
    if (number != numbers_.end() && number->second != place.second)
      broken("'" + text + "' was answered with another number than it has");
  }
  for (const auto& person : people_) {
    for (const auto& [room, seen] : person->screen) {
      const std::uint64_t first = seen.empty() ? 0 : seen.begin()->first;
      const std::uint64_t last = seen.empty() ? 0 : seen.rbegin()->first;
      if (last - first + 1 != seen.size())
        broken(person->session.user() + " has a hole in " + room + " between " + std::to_string(first) +
               " and " + std::to_string(last));
    }
  }
}

// When all is quiet: everybody sees what is said last, and who was there before this server, all of it.
void ClientRun::judge_ends() {
  for (const auto& person : people_) {
    const std::string& name = person->session.user();
    for (const char* room : {kLab, kTalk}) {
      if (room == kTalk && person->is_guest) continue;
      const Numbered& seen = person->screen[room];
      const Numbered& all = texts_[room];
      if (seen.empty() || seen.rbegin()->first != all.rbegin()->first)
        broken(name + " does not see the end of " + room);
      const bool is_only_device = name == "ben";
      if (person->must_see_all && (room == kLab || is_only_device) && seen.size() != all.rbegin()->first)
        broken(name + " sees " + std::to_string(seen.size()) + " of " + std::to_string(all.rbegin()->first) +
               " in " + room);
    }
  }
}

bool ClientRun::settle() {
  for (int waited = 0; waited < kSettleStepCount; ++waited) {
    if (!result_.violations.empty()) return false;
    if (all_settled()) return true;
    step(false);
  }
  for (const auto& person : people_) {
    if (person->session.ready() && person->asked.empty()) continue;
    broken(person->session.user() + " is " + (person->session.ready() ? "in" : "not in") + " and waits for " +
           std::to_string(person->asked.size()) + " answers");
  }
  broken("somebody waits for ever");
  return false;
}

ClientRunResult ClientRun::finish() {
  for (int busy = 0; busy < kBusyStepCount && result_.violations.empty(); ++busy) step(true);
  if (!settle()) return std::move(result_);
  Person& ann = *people_.front();
  ask(ann, {.verb = Verb::say, .target = "#lab", .text = "the last word"});
  ask(ann, {.verb = Verb::say, .target = "@ben", .text = "the last word to ben"});
  if (!settle()) return std::move(result_);
  // What was answered to one may still be on its way to another.
  for (int more = 0; more < kQuietStepCount; ++more) step(false);
  judge();
  judge_ends();
  return std::move(result_);
}

}  // namespace

ClientRunResult run_clients(std::uint64_t seed, ClientFault fault) { return ClientRun(seed, fault).finish(); }

}  // namespace plaintalk::sim
