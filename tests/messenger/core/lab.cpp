#include "tests/messenger/core/lab.hpp"

#include <algorithm>
#include <array>
#include <type_traits>
#include <utility>

namespace plaintalk::messenger::test {
namespace {

std::string number(ConnectionId id) { return std::to_string(static_cast<std::uint64_t>(id)); }

std::string list(std::span<const ConnectionId> ids) {
  std::string text;
  for (const ConnectionId id : ids) text += (text.empty() ? "" : ",") + number(id);
  return text;
}

std::string words(std::initializer_list<std::string_view> parts) {
  std::string text;
  for (const std::string_view part : parts) {
    if (part.empty()) continue;
    if (!text.empty()) text += ' ';
    text += part;
  }
  return text;
}

struct Render {
  std::string operator()(const ConnectionOpened& e) const { return "opened " + number(e.connection); }
  std::string operator()(const ConnectionClosed& e) const {
    return words({"closed", number(e.connection), e.account, e.reason}) +
           " in=" + std::to_string(e.bytes_in) + " out=" + std::to_string(e.bytes_out);
  }
  std::string operator()(const LoggedIn& e) const { return words({"login", e.account, e.device, e.method}); }
  std::string operator()(const LoginRefused& e) const { return words({"login refused", e.account, e.error}); }
  std::string operator()(const RoomChanged& e) const {
    return words({"room", e.kind, e.room, e.account, e.detail});
  }
  std::string operator()(const Routed& e) const {
    return words({"routed", e.room, std::to_string(e.seq), e.kind, e.account, "to", list(e.recipients),
                  "shed", list(e.shed)});
  }
  std::string operator()(const Resent& e) const {
    return words({"resent", e.room, std::to_string(e.seq), e.id});
  }
  std::string operator()(const TransferChanged& e) const {
    return words({"file", e.kind, e.file, e.account, e.room, e.name, std::to_string(e.offset)});
  }
  std::string operator()(const Refused& e) const {
    return words({"refused", std::to_string(e.code), e.error, e.verb}) + (e.fatal ? " fatal" : "") + " :" +
           std::string(e.text);
  }
  std::string operator()(const ServerNote& e) const { return words({"note", e.kind, e.text}); }
};

}  // namespace

void EventList::event(const ServerEvent& event, WallTime) { lines.push_back(std::visit(Render{}, event)); }

bool EventList::has(std::string_view text) const { return count(text) > 0; }

std::size_t EventList::count(std::string_view text) const {
  return static_cast<std::size_t>(
      std::ranges::count_if(lines, [&](const std::string& line) { return line.find(text) != line.npos; }));
}

std::expected<void, FileSpool::Error> TroubledSpool::read(FileId file, std::uint64_t offset,
                                                          std::span<char> out) {
  if (fails) return std::unexpected(Error{"disk on fire"});
  return InlineSpool::read(file, offset, out);
}

SpoolResult TroubledSpool::run(const SpoolJob& job) {
  if (fails && job.kind != SpoolJob::Kind::remove) spoilt_.insert(job.file);
  if (job.kind == SpoolJob::Kind::remove || !spoilt_.contains(job.file)) return InlineSpool::run(job);
  return {job.kind, job.file, job.bytes.size(), {}, "disk on fire"};
}

bool PasswordQueue::submit(PasswordJob&& job) {
  if (jobs.size() >= job_count_max) return false;
  jobs.push_back(std::move(job));
  return true;
}

std::string CountingRandom::bytes(std::size_t size) {
  std::string text(size, '\0');
  ++calls_;
  for (std::size_t index = 0; index < size; ++index)
    text[index] = static_cast<char>(calls_ * 31 + index * 7 + calls_ / 256 * (index + 1) * 13);
  return text;
}

Person::Person(Lab& home, std::uint8_t address)
    : lab(home),
      id(home.core->opened({IpAddress::v4(127, 0, 0, address), 40000}, {IpAddress::v4(127, 0, 0, 1), 7777},
                           home.now)) {}

void Person::sends(std::string_view line) { sends_bytes(std::string(line) + "\n"); }

void Person::sends_bytes(std::string_view bytes) {
  // A copy that dies at once: the core must not keep what it was lent.
  auto copy = std::make_unique<std::string>(bytes);
  lab.core->received(id, *copy, lab.now);
  copy.reset();
  if (!lab.spool.is_held) lab.works_on_files();
  lab.core->end_turn(lab.now);
}

std::string Person::reads() { return reads_at_most(std::string::npos); }

std::string Person::reads_at_most(std::size_t size, bool kernel_is_drained) {
  std::string text;
  std::array<iovec, 4> pieces{};
  while (text.size() < size) {
    const std::size_t count = lab.core->gather(id, pieces, kernel_is_drained, lab.now);
    if (count == 0) break;
    std::size_t taken = 0;
    for (std::size_t index = 0; index < count; ++index) {
      const std::size_t part = std::min(pieces[index].iov_len, size - text.size());
      text.append(static_cast<const char*>(pieces[index].iov_base), part);
      taken += part;
    }
    lab.core->consumed(id, taken, lab.now);
    if (!lab.spool.is_held) lab.works_on_files();
  }
  return text;
}

std::string Person::asks(std::string_view line) {
  sends(line);
  return reads();
}

void Person::drops() {
  lab.core->closed(id, "peer closed", lab.now);
  lab.core->end_turn(lab.now);
  if (!lab.spool.is_held) lab.works_on_files();
  is_open = false;
}

bool Person::is_cut_by_server() const { return lab.core->closing(id); }

ServerConfig Lab::quick() {
  ServerConfig config;
  config.password_iteration_count = 1;
  config.login_connections_per_address_max = std::nullopt;
  return config;
}

Lab::Lab(ServerConfig configuration)
    : config(std::move(configuration)),
      now{Instant{std::chrono::hours(1)}, WallTime{Milliseconds(1'789'201'500'000)}},
      core(std::make_unique<ServerCore>(config, Services{spool, passwords, random, events}, now)) {}

Person& Lab::connect(std::uint8_t address) {
  Person& person = people.emplace_back(*this, address);
  person.reads();
  return person;
}

Person& Lab::guest(std::string_view name, std::initializer_list<std::string_view> rooms) {
  Person& person = login("LOGIN " + std::string(name) + " device=d-" + std::string(name));
  for (const std::string_view room : rooms) person.asks("JOIN " + std::string(room));
  return person;
}

Person& Lab::login(std::string_view line) {
  Person& person = connect();
  person.sends(line);
  works_on_passwords();
  person.token = value_of(person.reads(), "token");
  return person;
}

void Lab::passes(Milliseconds time) {
  for (Milliseconds done{0}; done < time; done += kTickInterval) {
    now.instant += kTickInterval;
    now.wall += kTickInterval;
    core->tick(now);
    if (!spool.is_held) works_on_files();
  }
}

void Lab::works_on_files(std::size_t count) {
  std::vector<SpoolResult> results;
  for (; count > 0 && spool.work(results); --count) {
    for (const SpoolResult& result : results) core->spool_ready(result, now);
    results.clear();
  }
  core->end_turn(now);
}

void Lab::works_on_passwords() {
  while (!passwords.jobs.empty()) {
    const PasswordJob job = std::move(passwords.jobs.front());
    passwords.jobs.pop_front();
    core->password_ready(run(job), now);
  }
  core->end_turn(now);
}

std::string said(Lab& lab) {
  std::string all;
  for (Person& person : lab.people) all += person.reads();
  return all;
}

std::string value_of(std::string_view text, std::string_view key) {
  const std::string mark = " " + std::string(key) + "=";
  const std::size_t at = text.find(mark);
  if (at == text.npos) return "";
  const std::size_t begin = at + mark.size();
  return std::string(text.substr(begin, text.find_first_of(" \n", begin) - begin));
}

std::size_t count_of(std::string_view text, std::string_view part) {
  std::size_t count = 0;
  for (std::size_t at = text.find(part); at != text.npos; at = text.find(part, at + part.size())) ++count;
  return count;
}

}  // namespace plaintalk::messenger::test
