// The rules of the server under anything that a few peers at a few addresses can do. Two bytes of the input
// are one step: what happens, whether it arrives in one piece, and to whom or with what; everything draws
// from few names, rooms and files, and all limits are small, so that bounds and odd orders are met often.
// Promises: no memory error, no check() of the core, and never a password or one of the latest tokens in an
// event of the log.
#include <array>
#include <cstddef>
#include <cstdint>
#include <map>
#include <string>
#include <string_view>
#include <vector>

#include "base/check.hpp"
#include "base/crypto/digest.hpp"
#include "base/text.hpp"
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

ServerConfig small_limits(bool has_rates) {
  ServerConfig config = Lab::quick();
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

class Driver {
 public:
  explicit Driver(bool has_rates) : lab_(small_limits(has_rates)) {}

  void step(std::uint8_t what, std::uint8_t with) {
    if (what % 32 == 0) return open(with);
    Person* person = pick(with);
    if (person == nullptr) return open(with);
    splits_ = (what & kSplits) != 0;
    act(*person, what % 32, with / 8U);
    hear(*person);
    finish_closing();
    keep_secrets();
  }
  void finish() {
    for (Person& person : lab_.people)
      if (person.is_open) person.drops();
    lab_.passes(Milliseconds{5000});
    keep_secrets();
  }

 private:
  static std::string_view content(std::size_t number) {
    static const std::array<std::string, 2> contents{std::string(50, 'f'), std::string(30'000, 'g')};
    return contents[number % contents.size()];
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
    for (const Person& person : lab_.people) open_count += person.is_open ? 1 : 0;
    if (open_count < kConnectionCountMax)
      lab_.people.emplace_back(lab_, static_cast<std::uint8_t>(1 + with % 3));
  }
  Person* pick(std::size_t number) {
    std::vector<Person*> open;
    for (Person& person : lab_.people)
      if (person.is_open) open.push_back(&person);
    return open.empty() ? nullptr : open[number % open.size()];
  }
  void says(Person& person, const std::string& text) {
    if (lab_.core->closing(person.id)) return;
    std::string& late = late_[person.id];
    late += text;
    const std::size_t now = splits_ ? late.size() * 2 / 3 : late.size();
    const std::string sent = late.substr(0, now);
    late.erase(0, now);
    person.sends_octets(sent);
  }
  std::string login(std::size_t n) const {
    return std::string(kNames[n % 3]) + " device=d" + std::to_string(n / 3 % 2);
  }

  void act(Person& person, unsigned what, std::size_t n) {
    const std::string id = n % 3 == 0 ? " id=i" + std::to_string(n % 5) : "";
    switch (what) {
      case 1: return says(person, "LOGIN " + login(n) + "\n");
      case 2: return says(person, "REGISTER " + login(n) + " :" + std::string(kPassword) + "\n");
      case 3: return says(person, "LOGIN " + login(n) + " :" + std::string(kPassword) + "\n");
      case 4: return says(person, "LOGIN " + login(n) + " token=" + token(n) + "\n");
      case 5: return says(person, "JOIN " + std::string(kTargets[n % 3]) + id + "\n");
      case 6: return says(person, "PART " + std::string(kTargets[n % 3]) + "\n");
      case 7: return says(person, "SAY " + target(n) + id + " :message\n");
      case 8: return says(person, "SAY " + target(n) + id + " {2000}\n" + std::string(2000, 'm') + "\n");
      case 9: return says(person, "TOPIC " + target(n) + " :" + std::string(n * 30, 't') + "\n");
      case 10: return says(person, n % 2 == 0 ? "AWAY\n" : "AWAY :" + std::string(n * 30, 'a') + "\n");
      case 11: return says(person, n % 3 == 0 ? "WHO\n" : n % 3 == 1 ? "ROOMS\n" : "HELP\n");
      case 12: return says(person, "HISTORY " + target(n) + " after=" + std::to_string(n % 7) + "\n");
      case 13: return says(person, "SYNC " + target(n) + " limit=" + std::to_string(n % 4 + 1) + "\n");
      case 14: {
        const std::string_view body = content(n);
        return says(person, "PUT name" + std::to_string(n % 3) + " " + std::to_string(body.size()) +
                                " sha256=" + hex(sha256(body)) + " to=" + target(n / 2) + "\n");
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
      case 18: return says(person, "GET " + file(n) + " credit=" + std::to_string(n * 500) + "\n");
      case 19: return says(person, "CREDIT " + file(n) + " " + std::to_string(n * 1000) + "\n");
      case 20: return says(person, "CANCEL " + file(n) + "\n");
      case 21: return says(person, "STAT " + file(n) + "\nPING :x\n");
      case 22: return says(person, "QUIT\n");
      case 23: heard_ += person.reads(); return;
      case 24: heard_ += person.reads_at_most(n * 37, n % 2 == 0); return;
      case 25: return person.drops();
      case 26: return lab_.passes(Milliseconds{50} * static_cast<int>(n + 1));
      case 27: return lab_.passes(Milliseconds{400} * static_cast<int>(n + 1));
      case 28: return lab_.works_on_passwords();
      case 29: lab_.spool.is_held = n % 2 == 0; return;
      case 30: return lab_.works_on_files(n + 1);
      default:
        if (n == 31) lab_.spool.fails = !lab_.spool.fails;
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
    if (person.is_open && lab_.people.size() % 2 == 0) heard_ += person.reads_at_most(5000);
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
    for (Person& person : lab_.people)
      if (person.is_open && lab_.core->closing(person.id) && person.reads().empty()) person.drops();
  }
  void keep_secrets() {
    for (const std::string& line : lab_.events.lines) {
      check(line.find(kPassword) == line.npos, "a password is logged");
      for (const std::string& each : tokens_) check(line.find(each) == line.npos, "a token is logged");
    }
    lab_.events.lines.clear();
  }

  Lab lab_;
  std::vector<std::string> files_;
  std::vector<std::string> tokens_;
  std::string heard_;
  bool splits_ = false;
  std::map<ConnectionId, std::string> late_;  // the end of a frame, still on its way
};

}  // namespace
}  // namespace plaintalk::messenger::test

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  if (size == 0) return 0;
  plaintalk::messenger::test::Driver driver(data[0] % 2 == 1);
  const std::size_t step_count = std::min((size - 1) / 2, plaintalk::messenger::test::kStepCountMax);
  for (std::size_t step = 0; step < step_count; ++step) driver.step(data[1 + 2 * step], data[2 + 2 * step]);
  driver.finish();
  return 0;
}
