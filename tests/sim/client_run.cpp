#include "tests/sim/client_run.hpp"

#include <algorithm>
#include <map>
#include <memory>
#include <optional>
#include <utility>

#include "tests/sim/client_judge.hpp"
#include "tests/sim/client_person.hpp"
#include "tests/sim/stage.hpp"

namespace plaintalk::sim {
namespace {

constexpr int kBusyStepCount = 600;
constexpr int kSettleStepCount = 30'000;
constexpr int kQuietStepCount = 200;
constexpr std::uint64_t kSmallSpoolSize = 24 << 10;
constexpr std::uint64_t kFileSizeMax = 40'000;

constexpr const char* kLab = "#lab";
constexpr const char* kTalk = "@ann,ben";

class ClientRun {
 public:
  ClientRun(std::uint64_t seed, ClientFault fault)
      : stage_(seed), fault_(fault), has_small_spool_(dice_.one_in(2)) {
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
  std::string target_of(const Person& person);
  void act_on_files(Person& person);
  void lose(Person& person, bool server_knows);
  void look_at(std::unique_ptr<Person>& person);
  void answered(Person& person, const client::Answered& answer);
  bool all_settled();
  void judge();
  void judge_ends();
  bool settle();
  ClientRunResult result();
  // What happened, for whoever replays a seed.
  void tell(const Person& person, const std::string& what);

  Stage stage_;
  Dice& dice_ = stage_.dice;
  Now& now_ = stage_.now;
  ClientFault fault_;
  bool has_small_spool_;
  ClientJudge judge_;
  std::vector<std::unique_ptr<Person>> people_;
  std::map<std::string, std::string> sent_files_;  // by name
  unsigned device_count_ = 0;
  unsigned said_count_ = 0;
  ClientRunResult result_;
};

void ClientRun::tell(const Person& person, const std::string& what) {
  result_.story += std::to_string(now_.instant.time_since_epoch() / Milliseconds{1}) + " " + person.name() +
                   "/" + person.device + " " + what + "\n";
}

void ClientRun::start_server() {
  messenger::ServerConfig config = Stage::config();
  config.messages_per_second = std::nullopt;
  config.history_count = 100'000;
  config.room_queue_bytes_max = 2000;
  config.chunk_size_max = 4096;
  config.transfer_credit_bytes = 16 << 10;
  config.presence_grace = Milliseconds{500};
  config.ping_interval = Milliseconds{2000};
  if (has_small_spool_) config.spool_size_max = kSmallSpoolSize;
  if (fault_ == ClientFault::no_request_memory) config.remembered_request_count_max = 0;
  stage_.start_server(std::move(config));
}

void ClientRun::add(const std::string& name, const std::string& device, bool is_guest,
                    std::shared_ptr<client::MemoryFiles> disk) {
  client::SessionConfig config;
  config.user = name;
  if (!is_guest) config.password = "secret";
  config.device = device + std::to_string(++device_count_);
  config.id_prefix = config.device + "-";
  people_.push_back(std::make_unique<Person>(stage_, fault_, std::move(config), is_guest, std::move(disk)));
  people_.back()->ask({.verb = Verb::join, .target = "#lab"});
}

// A guest who left comes again as somebody new.
void ClientRun::renew(std::unique_ptr<Person>& person) {
  const std::string name = person->name();
  for (const auto& [id, text] : person->asked)
    if (!text.empty()) judge_.broken(name + " left before '" + text + "' was answered");
  ++stage_.happened["guest renewed"];
  if (person->is_connected()) lose(*person, true);
  replace(person, std::make_shared<client::MemoryFiles>());
}

// kill -9 of the program: nobody remembers what was under way, but the disk does.
void ClientRun::kill(std::unique_ptr<Person>& person) {
  ++stage_.happened["client killed"];
  tell(*person, "is killed");
  if (person->is_connected()) lose(*person, dice_.one_in(2));
  replace(person, person->files);
}

void ClientRun::replace(std::unique_ptr<Person>& person, std::shared_ptr<client::MemoryFiles> disk) {
  const std::string name = person->name();
  const bool is_guest = person->is_guest;
  person.reset();  // its downloads leave their parts
  add(name, "again", is_guest, std::move(disk));
  person = std::move(people_.back());
  people_.pop_back();
  person->connect_at = now_.instant + Milliseconds(dice_.below(1000));
}

void ClientRun::lose(Person& person, bool server_knows) {
  if (!person.is_connected()) return;
  tell(person, server_knows ? "is cut" : "is cut, which the server does not know");
  person.lose(server_knows);
}

// In order: everybody is told, as far as the network takes it. Or at once.
void ClientRun::restart() {
  result_.story += "the server is restarted\n";
  const bool is_orderly = dice_.one_in(2);
  ++stage_.happened[is_orderly ? "restart in order" : "restart at once"];
  if (is_orderly) {
    stage_.server().drain(now_);
    for (auto& person : people_)
      if (dice_.one_in(2)) person->read_on();
  }
  for (auto& person : people_) {
    look_at(person);
    lose(*person, true);
  }
  judge();
  judge_.server_restarted();
  for (auto& person : people_) {
    person->screen.clear();
    person->must_see_room = person->has_joined && !person->is_guest;
    person->must_see_talk = person->has_seen_talk;
  }
  start_server();
}

// The room, or the other one of ann and ben.
std::string ClientRun::target_of(const Person& person) {
  if (person.is_guest || !dice_.one_in(3)) return kLab;
  return person.name() == "ann" ? "@ben" : "@ann";
}

void ClientRun::act_on_files(Person& person) {
  const std::string name = "file" + std::to_string(sent_files_.size());
  std::string bytes(dice_.below(kFileSizeMax), '\0');
  for (char& byte : bytes) byte = static_cast<char>(dice_.below(256));
  sent_files_[name] = bytes;
  person.files->to_send[name] = std::move(bytes);
  person.files->hashed_at_once = 1 + dice_.below(kFileSizeMax);
  person.ask({.verb = Verb::put, .target = target_of(person), .path = name});
}

void ClientRun::act(std::unique_ptr<Person>& person) {
  if (!person->is_leaving && person->was_ready) {
    if (dice_.one_in(8)) {
      const std::string text =
          person->name() + " says " + std::to_string(++said_count_) + std::string(dice_.below(100), '.');
      person->ask({.verb = Verb::say, .target = target_of(*person), .text = text});
    }
    if (dice_.one_in(60)) act_on_files(*person);
    if (person->is_guest && dice_.one_in(150)) {
      person->is_leaving = true;
      person->ask({.verb = Verb::quit});
    }
  }
  if (!person->is_guest && dice_.one_in(400)) kill(person);
  // More often while an answer is under way: that is when things get lost.
  if (person->is_connected() && dice_.one_in(person->asked.empty() ? 120 : 40)) {
    const bool server_knows = dice_.one_in(2);
    ++stage_.happened[server_knows ? "cut" : "cut that the server does not know"];
    lose(*person, server_knows);
  }
}

void ClientRun::answered(Person& person, const client::Answered& answer) {
  const auto asked = person.asked.find(answer.request);
  if (asked == person.asked.end()) {
    judge_.broken(person.name() + " got an answer to nothing, or a second one");
    return;
  }
  if (answer.repeated) ++stage_.happened["repeat answered"];
  if (answer.verb == Verb::join && !answer.refusal) person.has_joined = true;
  if (answer.verb == Verb::say && !answer.refusal)
    judge_.acknowledged(asked->second, answer.room, answer.seq);
  const bool has_left = person.is_leaving && answer.refusal && answer.refusal->name == "LEFT";
  if (answer.verb == Verb::say && answer.refusal && !has_left)
    judge_.broken(person.name() + " was refused: " + answer.refusal->text);
  if (answer.verb == Verb::put && answer.refusal) ++stage_.happened["file refused"];
  if (answer.verb == Verb::get && !answer.refusal) {
    ++stage_.happened["file saved"];
    if (person.files->kept[answer.name] != sent_files_[answer.name])
      judge_.broken(person.name() + " got other bytes of " + answer.name);
  }
  person.asked.erase(asked);
}

void ClientRun::look_at(std::unique_ptr<Person>& person) {
  std::vector<std::string> to_fetch;
  for (const client::Event& event : person->session.take_events()) {
    if (const auto* message = std::get_if<client::MessageCame>(&event)) {
      tell(*person, "sees " + message->room + " " + std::to_string(message->seq) + " " + message->text);
      judge_.shown(person->name(), person->screen, *message);
    }
    if (const auto* answer = std::get_if<client::Answered>(&event)) answered(*person, *answer);
    if (const auto* file = std::get_if<client::FileCame>(&event)) {
      judge_.shown(person->name(), person->screen, *file);
      if (!file->own && !person->is_leaving && dice_.one_in(2)) to_fetch.push_back(file->file);
    }
  }
  for (const std::string& file : to_fetch) person->ask({.verb = Verb::get, .target = file});
  if (person->session.ready()) person->was_ready = true;
  if (person->screen.contains(kTalk)) person->has_seen_talk = true;
  const auto ended = person->session.take_ended();
  if (!ended) return;
  tell(*person, "ends: " + ended->text);
  if (ended->why == client::Ended::Why::lost) {
    lose(*person, dice_.one_in(2));
  } else if (ended->why == client::Ended::Why::quit || (person->is_guest && !person->was_cut)) {
    // Or the name is still kept for whoever had it before.
    renew(person);
  } else {
    judge_.broken(person->name() + " gave up: " + ended->text);
  }
}

void ClientRun::step(bool is_busy) {
  stage_.pass_time();
  if (people_[0]->session.ready() && people_[1]->session.ready()) ++stage_.happened["two devices are in"];
  if (is_busy && dice_.one_in(150)) restart();
  for (auto& person : people_) {
    if (!person->is_connected() && person->connect_at <= now_.instant) {
      tell(*person, "connects");
      person->connect();
    }
    if (is_busy) act(person);
    person->session.tick(now_.instant);
    person->send_on();
    look_at(person);
  }
  stage_.end_turn();
  stage_.server().take_touched();
  for (auto& person : people_) {
    person->read_on();
    look_at(person);
  }
}

bool ClientRun::all_settled() {
  return stage_.knows_all_losses() &&
         std::ranges::all_of(people_, [](const auto& person) { return person->is_settled(); });
}

void ClientRun::judge() {
  judge_.judge_answers();
  for (const auto& person : people_) judge_.judge_holes(person->name(), person->screen);
}

// When all is quiet: everybody sees what is said last, and who was there before this server, all of it.
void ClientRun::judge_ends() {
  for (const auto& person : people_) {
    const std::string& name = person->name();
    judge_.judge_end(name, person->screen, kLab, person->must_see_room);
    const bool is_only_device = name == "ben";
    if (!person->is_guest)
      judge_.judge_end(name, person->screen, kTalk, person->must_see_talk && is_only_device);
  }
}

bool ClientRun::settle() {
  for (int waited = 0; waited < kSettleStepCount; ++waited) {
    if (!judge_.violations().empty()) return false;
    if (all_settled()) return true;
    step(false);
  }
  for (const auto& person : people_) {
    if (person->session.ready() && person->asked.empty()) continue;
    judge_.broken(person->name() + " is " + (person->session.ready() ? "in" : "not in") + " and waits for " +
                  std::to_string(person->asked.size()) + " answers");
  }
  judge_.broken("somebody waits for ever");
  return false;
}

ClientRunResult ClientRun::result() {
  result_.violations = judge_.violations();
  result_.happened = std::move(stage_.happened);
  return std::move(result_);
}

ClientRunResult ClientRun::finish() {
  for (int busy = 0; busy < kBusyStepCount && judge_.violations().empty(); ++busy) step(true);
  if (!settle()) return result();
  Person& ann = *people_.front();
  ann.ask({.verb = Verb::say, .target = "#lab", .text = "the last word"});
  ann.ask({.verb = Verb::say, .target = "@ben", .text = "the last word to ben"});
  if (!settle()) return result();
  // What was answered to one may still be on its way to another.
  for (int more = 0; more < kQuietStepCount; ++more) step(false);
  judge();
  judge_ends();
  return result();
}

}  // namespace

std::vector<std::string> all_that_may_happen() {
  return {"client killed",
          "closed quit",
          "closed reset",
          "closed timed out",
          "cut",
          "cut that the server does not know",
          "direct file",
          "direct msg",
          "file get",
          "file put",
          "file refused",
          "file resume",
          "file saved",
          "file spool full",
          "file verified",
          "gap",
          "guest renewed",
          "login guest",
          "login password",

          "login refused NAME_TAKEN",
          "login token",
          "repeat answered",
          "resent",
          "restart at once",
          "restart in order",
          "room file",
          "room msg",
          "two devices are in"};
}

ClientRunResult run_clients(std::uint64_t seed, ClientFault fault) { return ClientRun(seed, fault).finish(); }

}  // namespace plaintalk::sim
