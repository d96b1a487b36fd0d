// The rules of the server under anything that a few peers at a few addresses can do. Two bytes of the input
// are one step: what happens, whether it arrives in one piece, and to whom or with what; everything draws
// from few names, rooms and files, and all limits are small, so that bounds and odd orders are met often.
// Promises: no memory error, no check() of the core, never a password or one of the latest tokens in an event
// of the log, and all that core_model.hpp promises. The server may be restarted: its accounts stay, its files
// go with its process (messenger/store/block_spool.hpp).
#include <array>
#include <cstddef>
#include <cstdint>
#include <map>
#include <optional>
#include <set>
#include <string>
#include <string_view>
#include <vector>

#include "base/check.hpp"
#include "base/crypto/digest.hpp"
#include "base/text.hpp"
#include "tests/fuzz/core_model.hpp"
#include "tests/messenger/core/lab.hpp"

namespace plaintalk::messenger::test {
namespace {

constexpr std::size_t kConnectionCountMax = 6;
constexpr std::size_t kStepCountMax = 600;
constexpr std::uint8_t kSplits =
    0x20;  // of a step: the last bytes of what is sent come with the next command
constexpr std::size_t kSecretSizeMin = 20;  // of handles and tokens
constexpr std::string_view kPassword = "hunter2-secret";
constexpr std::array<std::string_view, 3> kNames{"alice", "bob", "carol"};
constexpr std::array<std::string_view, 3> kTargets{"#a", "#b", "#c"};

constexpr std::string_view kConfiguredName = kNames[2];
constexpr Milliseconds kAnswerTimeMax{20'000};

ServerConfig small_limits(bool has_rates, bool has_account) {
  ServerConfig config = Lab::quick();
  if (has_account) config.accounts.emplace(kConfiguredName, kPassword);
  config.room_count_max = 4;
  config.conversation_count_max = 3;
  config.room_percent_per_address = 75;
  config.room_queue_bytes_max = 3000;
  config.reply_queue_bytes_max = 9000;
  config.history_bytes_max = 12'000;
  config.history_count = 8;
  config.chunk_size_max = 6000;
  config.transfer_credit_bytes = 12'000;
  config.spool_size_max = 90'000;
  config.open_upload_count_max = 3;
  config.files_per_user_max = 2;
  config.file_count_max = 4;
  config.transfers_per_user_max = 2;
  config.remembered_request_count_max = 4;
  config.remembered_request_time = Milliseconds{2000};
  config.presence_grace = Milliseconds{500};
  config.rooms_per_user_max = 2;
  config.connection_count_max = 5;
  if (has_rates) return config;
  config.messages_per_second.reset();
  config.chat_bytes_per_second.reset();
  config.command_units_per_second.reset();
  config.fan_out_bytes_per_second.reset();
  return config;
}

DecoderLimits decoder_limits(const ServerConfig& config) {
  return {config.line_size_max, std::max(config.body_size_max, config.chunk_size_max),
          std::max({kSkippedBodySizeMax, config.body_size_max, config.chunk_size_max})};
}

std::set<std::string> names_of(const ServerConfig& config) {
  std::set<std::string> names;
  for (const auto& [name, password] : config.accounts) names.insert(name);
  return names;
}

class Driver {
 public:
  Driver(bool has_rates, bool has_account)
      : config_(small_limits(has_rates, has_account)), model_(decoder_limits(config_), names_of(config_)) {
    lab_.emplace(config_);
    for (std::size_t index = 0; index < 2; ++index) model_.knows_content(content_hash(index), content(index));
  }

  void step(std::uint8_t what, std::uint8_t with) {
    if (what % 32 == 0) return open(with);
    if (what % 32 == 31 && (with / 8 == 29 || with / 8 == 30)) return restart(with / 8 == 29);
    Person* person = pick(with);
    if (person == nullptr) return open(with);
    splits_ = (what & kSplits) != 0;
    act(*person, what % 32, with / 8U);
    hear(*person);
    finish_closing();
    keep_secrets();
  }
  // Everybody reads, and the server has time: then nobody may wait for an answer any more.
  void finish() {
    lab_->spool.is_held = false;
    for (Milliseconds waited{0}; waited < kAnswerTimeMax; waited += kTickInterval) {
      lab_->works_on_passwords();
      lab_->works_on_files();
      for (Person& person : lab_->people)
        if (person.is_open) read(person);
      finish_closing();
      if (model_.all_is_answered()) break;
      lab_->passes(kTickInterval);
    }
    check(model_.all_is_answered(), "a command is never answered");
    for (Person& person : lab_->people)
      if (person.is_open) drop(person);
    lab_->passes(Milliseconds{5000});
    keep_secrets();
  }

 private:
  static std::string_view content(std::size_t number) {
    static const std::array<std::string, 2> contents{pattern(50), pattern(30'000)};
    return contents[number % contents.size()];
  }
  static const std::string& content_hash(std::size_t number) {
    static const std::array<std::string, 2> hashes{hex(sha256(content(0))), hex(sha256(content(1)))};
    return hashes[number % hashes.size()];
  }
  static std::string pattern(std::size_t size) {
    std::string bytes;
    while (bytes.size() < size) bytes += std::to_string(bytes.size()) + ' ';
    bytes.resize(size);
    return bytes;
  }
  static std::string target(std::size_t number) {
    const std::size_t kind = number % 6;
    return kind < 3 ? std::string(kTargets[kind]) : "@" + std::string(kNames[kind - 3]);
  }
  std::string file(std::size_t number) const {
    return files_.empty() ? "nosuchfile" : files_[number % files_.size()];
  }

  void open(std::uint8_t with) {
    std::size_t open_count = 0;
    for (const Person& person : lab_->people) open_count += person.is_open ? 1 : 0;
    if (open_count < kConnectionCountMax)
      model_.opened(lab_->people.emplace_back(*lab_, static_cast<std::uint8_t>(1 + with % 3)).id);
  }
  void drop(Person& person) {
    person.drops();
    model_.closed(person.id);
    late_.erase(person.id);
  }
  // The process ends, in order or not; another one begins with the same configuration.
  void restart(bool is_orderly) {
    if (is_orderly) {
      lab_->core->drain(lab_->now);
      for (Person& person : lab_->people)
        if (person.is_open) read(person);
    }
    const CountingRandom random = lab_->random;
    const Now now = lab_->now;
    lab_.emplace(config_);
    lab_->random = random;
    lab_->now = now;
    lab_->passes(kTickInterval);
    model_.restarted();
    late_.clear();
  }
  // What of the server's bytes the person's network takes.
  std::string read(Person& person, std::size_t size_max = std::string::npos, bool kernel_is_drained = true) {
    const std::string text = person.reads_at_most(size_max, kernel_is_drained);
    if (!text.empty()) model_.received(person.id, text);
    return text;
  }
  Person* pick(std::size_t number) {
    std::vector<Person*> open;
    for (Person& person : lab_->people)
      if (person.is_open) open.push_back(&person);
    return open.empty() ? nullptr : open[number % open.size()];
  }
  void says(Person& person, const std::string& text) {
    if (lab_->core->closing(person.id)) return;
    std::string& late = late_[person.id];
    late += text;
    const std::size_t now = splits_ ? late.size() * 2 / 3 : late.size();
    const std::string sent = late.substr(0, now);
    late.erase(0, now);
    model_.sent(person.id, sent);
    person.sends_bytes(sent);
  }
  std::string login(std::size_t n) const {
    return std::string(kNames[n % 3]) + " device=d" + std::to_string(n / 3 % 2);
  }

  // One that no other command has.
  std::string fresh_id() { return " id=c" + std::to_string(++id_count_); }

  void act(Person& person, unsigned what, std::size_t n) {
    const std::string id = n % 3 == 0 ? " id=i" + std::to_string(n % 5) : n % 3 == 1 ? "" : fresh_id();
    switch (what) {
      case 1: return says(person, "LOGIN " + login(n) + id + "\n");
      case 2: return says(person, "REGISTER " + login(n) + id + " :" + std::string(kPassword) + "\n");
      case 3: return says(person, "LOGIN " + login(n) + id + " :" + std::string(kPassword) + "\n");
      case 4: return says(person, "LOGIN " + login(n) + " token=" + token(n) + id + "\n");
      case 5: return says(person, "JOIN " + std::string(kTargets[n % 3]) + id + "\n");
      case 6: return says(person, "PART " + std::string(kTargets[n % 3]) + id + "\n");
      case 7: return says(person, "SAY " + target(n) + id + " :message\n");
      case 8: return says(person, "SAY " + target(n) + id + " {2000}\n" + std::string(2000, 'm') + "\n");
      case 9: return says(person, "TOPIC " + target(n) + id + " :" + std::string(n * 30, 't') + "\n");
      case 10: return says(person, n % 2 == 0 ? "AWAY\n" : "AWAY :" + std::string(n * 30, 'a') + "\n");
      case 11: return says(person, n % 3 == 0 ? "WHO\n" : n % 3 == 1 ? "ROOMS\n" : "HELP\n");
      case 12:
        return says(person, "HISTORY " + target(n) + (n % 4 == 3 ? " before=" : " after=") +
                                std::to_string(n % 7) + id + "\n");
      case 13: return says(person, "SYNC " + target(n) + " limit=" + std::to_string(n % 4 + 1) + id + "\n");
      case 14: {
        const std::string_view body = content(n);
        return says(person, "PUT name" + std::to_string(n % 3) + " " + std::to_string(body.size()) +
                                " sha256=" + content_hash(n) + " to=" + target(n / 2) + id + "\n");
      }
      case 15: {
        const std::string_view body = content(1);
        const std::size_t offset = n * 3000;
        const std::string_view chunk = body.substr(std::min(offset, body.size()), n % 2 == 0 ? 3000 : 6000);
        return says(person, "DATA " + file(n) + " " + std::to_string(offset) + " {" +
                                std::to_string(chunk.size()) + "}\n" + std::string(chunk) + "\n");
      }
      case 16: return upload(person, n);
      case 17: return says(person, "DONE " + file(n) + id + "\n");
      case 18:
        return says(person, "GET " + file(n) + " credit=" + std::to_string(n * 500) + fresh_id() + "\n");
      case 19: return says(person, "CREDIT " + file(n) + " " + std::to_string(n * 1000) + fresh_id() + "\n");
      case 20: return says(person, "CANCEL " + file(n) + id + "\n");
      case 21: return says(person, "STAT " + file(n) + id + "\nPING :x" + std::to_string(n) + "\n");
      case 22: return says(person, "QUIT\n");
      case 23: heard_ += read(person); return;
      case 24: heard_ += read(person, n * 37, n % 2 == 0); return;
      case 25: return drop(person);
      case 26: return lab_->passes(Milliseconds{50} * static_cast<int>(n + 1));
      case 27: return lab_->passes(Milliseconds{400} * static_cast<int>(n + 1));
      case 28: return lab_->works_on_passwords();
      case 29: lab_->spool.is_held = n % 2 == 0; return;
      case 30: return lab_->works_on_files(n + 1);
      default:
        if (n == 31) lab_->spool.fails = !lab_->spool.fails;
        return says(person, n % 2 == 0 ? std::string(n, '\xff') + "\n" : "SAY #a {99999999}\n");
    }
  }
  // All of a file at once, so that complete ones are common.
  void upload(Person& person, std::size_t n) {
    const std::string_view body = content(n);
    for (std::size_t offset = 0; offset < body.size(); offset += 6000) {
      const std::string_view chunk = body.substr(offset, 6000);
      says(person, "DATA " + file(n) + " " + std::to_string(offset) + " {" + std::to_string(chunk.size()) +
                       "}\n" + std::string(chunk) + "\n");
      hear(person);
    }
    says(person, "DONE " + file(n) + "\n");
  }

  std::string token(std::size_t n) const { return tokens_.empty() ? "none" : tokens_[n % tokens_.size()]; }

  void hear(Person& person) {
    if (person.is_open && lab_->people.size() % 2 == 0) heard_ += read(person, 5000);
    for (const auto& [key, list, count_max] :
         {std::tuple{"file", &files_, std::size_t{6}}, std::tuple{"token", &tokens_, std::size_t{6}}}) {
      const std::string value = value_of(heard_, key);
      if (value.size() < kSecretSizeMin) continue;  // HELP shows token=T
      if (list->size() >= count_max) list->erase(list->begin());
      list->push_back(value);
    }
    heard_.clear();
  }
  void finish_closing() {
    for (Person& person : lab_->people)
      if (person.is_open && lab_->core->closing(person.id) && read(person).empty()) drop(person);
  }
  void keep_secrets() {
    for (const std::string& line : lab_->events.lines) {
      check(line.find(kPassword) == line.npos, "a password is logged");
      for (const std::string& each : tokens_) check(line.find(each) == line.npos, "a token is logged");
    }
    lab_->events.lines.clear();
  }

  ServerConfig config_;
  CoreModel model_;
  std::optional<Lab> lab_;
  std::vector<std::string> files_;
  std::vector<std::string> tokens_;
  std::string heard_;
  bool splits_ = false;
  unsigned id_count_ = 0;
  std::map<ConnectionId, std::string> late_;  // the end of a frame, still on its way
};

}  // namespace
}  // namespace plaintalk::messenger::test

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  if (size == 0) return 0;
  plaintalk::messenger::test::Driver driver((data[0] & 1) != 0, (data[0] & 2) != 0);
  const std::size_t step_count = std::min((size - 1) / 2, plaintalk::messenger::test::kStepCountMax);
  for (std::size_t step = 0; step < step_count; ++step) driver.step(data[1 + 2 * step], data[2 + 2 * step]);
  driver.finish();
  return 0;
}
