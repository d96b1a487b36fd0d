#include "messenger/bench/bench_run.hpp"

#include <algorithm>
#include <chrono>
#include <cstring>
#include <stdexcept>
#include <string>

#include <errno.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/socket.h>
#include <unistd.h>

#include "messenger/bench/process_usage.hpp"

namespace plaintalk::messenger::bench {
namespace {

constexpr std::size_t kInputBytes = 1 << 20;
constexpr std::chrono::seconds kSetUpTime{60};

std::uint64_t monotonic_ns() {
  return static_cast<std::uint64_t>(std::chrono::steady_clock::now().time_since_epoch().count());
}

std::unique_ptr<Dialect> make_dialect(const Plan& plan, Target::Kind kind) {
  return kind == Target::Kind::nats ? make_nats_dialect(plan) : make_plaintalk_dialect(plan);
}

void watch(int epoll, int operation, Client& client, std::uint32_t events) {
  epoll_event event{};
  event.events = events;
  event.data.ptr = &client;
  if (::epoll_ctl(epoll, operation, client.descriptor, &event) != 0)
    throw std::runtime_error(std::string("epoll: ") + ::strerror(errno));
}

[[noreturn]] void wrong(const Client& client, const std::string& what) {
  throw std::runtime_error("client " + std::to_string(client.index) + " of room " +
                           std::to_string(client.room) + ": " + what);
}

}  // namespace

BenchRun::BenchRun(const Plan& plan, const Target& target)
    : plan_(plan),
      target_(target),
      dialect_(make_dialect(plan, target.kind)),
      body_(plan.body_size),
      epoll_(::epoll_create1(EPOLL_CLOEXEC)),
      rooms_(plan.room_count),
      input_(kInputBytes) {}

BenchRun::~BenchRun() {
  for (const auto& client : clients_)
    if (client->descriptor >= 0) ::close(client->descriptor);
  ::close(epoll_);
}

Outcome BenchRun::run() {
  const auto memory_before = target_.server_process ? resident_bytes(*target_.server_process) : std::nullopt;
  set_up();
  if (plan_.workload == Workload::idle) {
    measure_idle_memory(memory_before);
    return outcome_;
  }
  const auto server_cpu = target_.server_process ? cpu_seconds(*target_.server_process) : std::nullopt;
  const double own_cpu = own_cpu_seconds();
  started_ = std::chrono::steady_clock::now();
  deadline_ = started_ + plan_.time_max;
  drive();
  outcome_.seconds = std::chrono::duration<double>(std::chrono::steady_clock::now() - started_).count();
  outcome_.generator_cpu_seconds = own_cpu_seconds() - own_cpu;
  if (server_cpu) {
    if (const auto after = cpu_seconds(*target_.server_process))
      outcome_.server_cpu_seconds = *after - *server_cpu;
  }
  check_complete();
  return outcome_;
}

void BenchRun::set_up() {
  for (std::size_t r = 0; r < rooms_.size(); ++r) {
    Room& room = rooms_[r];
    room.sent_by.resize(plan_.publisher_count);
    room.sent_count_max =
        plan_.message_count / rooms_.size() + (r < plan_.message_count % rooms_.size() ? 1 : 0);
    for (std::size_t m = 0; m < plan_.member_count; ++m) {
      auto client = std::make_unique<Client>();
      client->index = clients_.size();
      client->room = r;
      client->member = m;
      client->next_number.resize(plan_.publisher_count);
      client->descriptor = connect_to(target_.where, target_.remote_allowed);
      room.members.push_back(client.get());
      clients_.push_back(std::move(client));
      dialect_->set_up(*room.members.back(), std::chrono::steady_clock::now() + kSetUpTime);
      watch(epoll_, EPOLL_CTL_ADD, *room.members.back(), EPOLLIN);
    }
    expected_total_ += room.sent_count_max * room.members.size();
    if (!plan_.echo && target_.kind == Target::Kind::nats) expected_total_ -= room.sent_count_max;
  }
}

void BenchRun::measure_idle_memory(std::optional<std::uint64_t> before) {
  const auto after = target_.server_process ? resident_bytes(*target_.server_process) : std::nullopt;
  if (before && after)
    outcome_.server_bytes_per_client =
        (static_cast<double>(*after) - static_cast<double>(*before)) / static_cast<double>(clients_.size());
}

void BenchRun::drive() {
  if (plan_.workload != Workload::paced)
    for (Room& room : rooms_) fill(room);
  while (outcome_.delivery_count < expected_total_) {
    if (plan_.workload == Workload::paced) fill_paced(std::chrono::steady_clock::now());
    wait_for_sockets();
    for (Room* room : touched_) {
      room->touched = false;
      if (plan_.workload != Workload::paced) fill(*room);
    }
    touched_.clear();
  }
}

void BenchRun::wait_for_sockets() {
  // A paced run looks at the clock all the time: sleeping would add the scheduler's delay to the server's.
  const int wait_ms = plan_.workload == Workload::paced ? 0 : 1000;
  std::array<epoll_event, 512> events;
  const int count = ::epoll_wait(epoll_, events.data(), static_cast<int>(events.size()), wait_ms);
  if (std::chrono::steady_clock::now() > deadline_)
    throw std::runtime_error("time is up: " + std::to_string(outcome_.delivery_count) + " of " +
                             std::to_string(expected_total_) + " deliveries came");
  for (int i = 0; i < count; ++i) {
    const epoll_event& event = events[static_cast<std::size_t>(i)];
    auto& client = *static_cast<Client*>(event.data.ptr);
    if ((event.events & ~static_cast<std::uint32_t>(EPOLLOUT)) != 0) read_from(client);
    if (!client.unsent.empty()) send_unsent(client);
  }
}

void BenchRun::read_from(Client& client) {
  // What was left of the last read goes in front, so that every unit lies in one piece.
  const std::size_t kept = client.unparsed.size();
  if (kept + (64 << 10) > input_.size()) wrong(client, "a unit without end arrived");
  std::memcpy(input_.data(), client.unparsed.data(), kept);
  const ssize_t size = ::recv(client.descriptor, input_.data() + kept, input_.size() - kept, MSG_DONTWAIT);
  if (size < 0 && (errno == EAGAIN || errno == EINTR)) return;
  if (size <= 0) wrong(client, "the server closed the connection");
  received_at_ns_ = plan_.workload == Workload::paced ? monotonic_ns() : 0;
  outcome_.bytes_received += static_cast<std::uint64_t>(size);
  const std::string_view bytes(input_.data(), kept + static_cast<std::size_t>(size));
  const std::size_t used = dialect_->parse(client, bytes, *this);
  client.unparsed.assign(bytes.substr(used));
}

void BenchRun::delivered(Client& client, std::uint64_t seq, std::string_view body) {
  const auto content = body_.read(body);
  if (!content || content->publisher >= client.next_number.size()) wrong(client, "a damaged message arrived");
  std::uint64_t& next = client.next_number[content->publisher];
  if (content->number != next)
    wrong(client, "message " + std::to_string(next) + " of publisher " + std::to_string(content->publisher) +
                      " had to come, " + std::to_string(content->number) + " came");
  ++next;
  if (client.next_seq != 0 && seq != client.next_seq)
    wrong(client,
          "seq " + std::to_string(client.next_seq) + " had to come, " + std::to_string(seq) + " came");
  if (seq != 0) client.next_seq = seq + 1;
  ++client.received_count;
  ++outcome_.delivery_count;
  if (received_at_ns_ > content->due_ns) outcome_.latency_ns.add(received_at_ns_ - content->due_ns);
  Room& room = rooms_[client.room];
  if (!room.touched) {
    room.touched = true;
    touched_.push_back(&room);
  }
}

// How many messages a client must have received of those sent so far.
std::uint64_t BenchRun::expected_by(const Client& client, const Room& room) const {
  const bool hears_itself = plan_.echo || target_.kind == Target::Kind::plaintalk;
  if (hears_itself || client.member >= plan_.publisher_count) return room.sent_count;
  return room.sent_count - room.sent_by[client.member];
}

// The number of messages that the slowest member still has to receive.
std::uint64_t BenchRun::slowest(const Room& room) const {
  std::uint64_t behind = 0;
  for (const Client* client : room.members)
    behind = std::max(behind, expected_by(*client, room) - client->received_count);
  return behind;
}

void BenchRun::fill(Room& room) {
  const std::uint64_t behind = slowest(room);
  std::uint64_t allowed = behind < plan_.window ? plan_.window - behind : 0;
  // Refilling message by message would cost a system call each on both sides.
  if (allowed < plan_.window / 4 && room.sent_count + allowed < room.sent_count_max) return;
  allowed = std::min(allowed, room.sent_count_max - room.sent_count);
  for (; allowed > 0; --allowed) say(room, 0);
  for (std::size_t p = 0; p < plan_.publisher_count; ++p)
    if (!room.members[p]->unsent.empty()) send_unsent(*room.members[p]);
}

void BenchRun::fill_paced(Instant now) {
  const double elapsed = std::chrono::duration<double>(now - started_).count();
  // The first is due at once, and each at its own moment: counting them when the next one is due would add a
  // period to every latency.
  const auto due =
      std::min(plan_.message_count, static_cast<std::uint64_t>(elapsed * plan_.messages_per_second) + 1);
  const double start_ns = static_cast<double>(started_.time_since_epoch().count());
  while (outcome_.message_count < due) {
    const double offset_ns = static_cast<double>(outcome_.message_count) / plan_.messages_per_second * 1e9;
    Room& room = rooms_[outcome_.message_count % rooms_.size()];
    Client& publisher = *room.members[room.next_publisher];
    say(room, static_cast<std::uint64_t>(start_ns + offset_ns));
    send_unsent(publisher);
  }
}

void BenchRun::say(Room& room, std::uint64_t due_ns) {
  const std::size_t publisher = room.next_publisher;
  room.next_publisher = (publisher + 1) % plan_.publisher_count;
  dialect_->say(*room.members[publisher], {publisher, room.sent_by[publisher]++, due_ns});
  ++room.sent_count;
  ++outcome_.message_count;
}

void BenchRun::send_unsent(Client& client) {
  std::string_view rest = client.unsent;
  while (!rest.empty()) {
    const ssize_t sent = ::send(client.descriptor, rest.data(), rest.size(), MSG_DONTWAIT | MSG_NOSIGNAL);
    if (sent < 0 && errno == EINTR) continue;
    if (sent < 0 && errno != EAGAIN) wrong(client, "the server closed the connection");
    if (sent < 0) break;
    rest.remove_prefix(static_cast<std::size_t>(sent));
  }
  client.unsent.erase(0, client.unsent.size() - rest.size());
  if (client.unsent.empty() == !client.waits_to_send) return;
  client.waits_to_send = !client.unsent.empty();
  watch(epoll_, EPOLL_CTL_MOD, client, client.waits_to_send ? EPOLLIN | EPOLLOUT : EPOLLIN);
}

void BenchRun::check_complete() const {
  for (const auto& client : clients_) {
    const Room& room = rooms_[client->room];
    if (client->received_count != expected_by(*client, room))
      wrong(*client, std::to_string(client->received_count) + " of " +
                         std::to_string(expected_by(*client, room)) + " messages came");
  }
}

}  // namespace plaintalk::messenger::bench
