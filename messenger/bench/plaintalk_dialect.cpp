// PLAINTALK/1 as the load generator speaks it (docs/PROTOCOL.md): guests, one room each, every MSG taken
// apart in place.
#include <cstring>

#include <unistd.h>

#include "messenger/bench/dialect.hpp"
#include "protocol/limits.hpp"

namespace plaintalk::messenger::bench {
namespace {

// Other names in each run: those of a run that was just cut off are still kept for whoever has their tokens.
std::string account(std::size_t index) {
  static const std::string run = "b" + std::to_string(::getpid()) + "-";
  return run + std::to_string(index);
}

class PlaintalkDialect final : public Dialect {
 public:
  explicit PlaintalkDialect(const Plan& plan)
      : plan_(plan),
        body_(plan.body_size),
        end_(plan.body_size > kInlineBodySizeMax ? "{" + std::to_string(plan.body_size) + "}\n" : ":") {}

  void set_up(Client& client, Instant deadline) override {
    const std::string greeting = read_line(client, deadline);
    if (!greeting.starts_with("PLAINTALK/1 "))
      fail_client(client, "the target is no Plaintalk server: " + greeting);
    send_all(client.descriptor, "LOGIN " + account(client.index) + " device=bench\n", deadline);
    expect_ok(client, deadline);
    if (plan_.direct) return;
    send_all(client.descriptor, "JOIN " + room(client) + "\n", deadline);
    expect_ok(client, deadline);
  }

  void say(Client& client, const MessageBody::Content& content) override {
    client.unsent += "SAY ";
    if (plan_.direct)
      client.unsent += '@' + account(client.index + 1);
    else
      client.unsent += room(client);
    client.unsent += ' ';
    client.unsent += end_;
    body_.append(content, client.unsent);
    client.unsent += '\n';
  }

  std::size_t parse(Client& client, std::string_view bytes, DeliverySink& sink) override {
    std::size_t used = 0;
    for (;;) {
      const std::string_view rest = bytes.substr(used);
      const std::size_t size = rest.starts_with("MSG ") ? message(client, rest, sink) : line(client, rest);
      if (size == 0) return used;
      used += size;
    }
  }

 private:
  static std::string room(const Client& client) { return "#r" + std::to_string(client.room); }

  static void expect_ok(Client& client, Instant deadline) {
    for (;;) {
      const std::string line = read_line(client, deadline);
      if (line.starts_with("OK")) return;
      if (line.starts_with("ERR ") || line.starts_with("BYE"))
        fail_client(client, "the server said: " + line);
    }
  }

  // MSG room n from at :body LF, or {N} LF body LF. Returns its size, 0 when it is not whole yet.
  std::size_t message(Client& client, std::string_view rest, DeliverySink& sink) const {
    const char* const begin = rest.data();
    const char* const end = begin + rest.size();
    const char* at = begin + std::strlen("MSG ");
    const char* seq_text = nullptr;
    for (int token = 0; token < 4; ++token) {  // room, n, from, at
      const auto* const space =
          static_cast<const char*>(std::memchr(at, ' ', static_cast<std::size_t>(end - at)));
      if (space == nullptr) return 0;
      at = space + 1;
      if (token == 0) seq_text = at;
    }
    std::uint64_t seq = 0;
    for (; *seq_text >= '0' && *seq_text <= '9'; ++seq_text)
      seq = seq * 10 + static_cast<unsigned>(*seq_text - '0');
    const std::size_t head = static_cast<std::size_t>(at - begin) + end_.size();
    const std::size_t size = head + body_.size() + 1;
    if (rest.size() < size) return 0;
    if (rest.substr(head - end_.size(), end_.size()) != end_ || rest[size - 1] != '\n')
      fail_client(client, "a message of another size arrived: " + std::string(rest.substr(0, 80)));
    sink.delivered(client, seq, rest.substr(head, body_.size()));
    return size;
  }

  static std::size_t line(Client& client, std::string_view rest) {
    const std::size_t end = rest.find('\n');
    if (end == rest.npos) return 0;
    const std::string_view line = rest.substr(0, end);
    if (line.starts_with("OK ")) {
      ++client.answered_count;
    } else if (line.starts_with("PING")) {
      client.unsent += "PONG" + std::string(line.substr(4)) + '\n';
    } else if (line.starts_with("GAP ")) {
      fail_client(client,
                  "the server shed messages because the generator was too slow; use a smaller --window");
    } else if (line.starts_with("ERR ") || line.starts_with("BYE")) {
      fail_client(client, "the server said: " + std::string(line));
    }
    return end + 1;
  }

  const Plan& plan_;
  MessageBody body_;
  const std::string end_;
};

}  // namespace

std::unique_ptr<Dialect> make_plaintalk_dialect(const Plan& plan) {
  return std::make_unique<PlaintalkDialect>(plan);
}

}  // namespace plaintalk::messenger::bench
