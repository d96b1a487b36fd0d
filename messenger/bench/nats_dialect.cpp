// The NATS client protocol as the load generator speaks it: INFO, CONNECT, SUB, PUB, MSG, PING, PONG. A room
// is a subject.
#include "messenger/bench/dialect.hpp"

namespace plaintalk::messenger::bench {
namespace {

class NatsDialect final : public Dialect {
 public:
  explicit NatsDialect(const Plan& plan)
      : plan_(plan), body_(plan.body_size), size_and_end_(std::to_string(plan.body_size) + "\r\n") {}

  void set_up(Client& client, Instant deadline) override {
    const std::string info = read_line(client, deadline);
    if (!info.starts_with("INFO ")) fail_client(client, "the target is no NATS server: " + info);
    std::string hello =
        R"(CONNECT {"verbose":false,"pedantic":false,"lang":"plaintalk-bench","version":"1","protocol":1,"echo":)";
    hello += plan_.echo ? "true" : "false";
    hello += "}\r\nSUB " + subject(client) + " 1\r\nPING\r\n";
    send_all(client.descriptor, hello, deadline);
    for (;;) {
      const std::string line = read_line(client, deadline);
      if (line == "PONG") return;
      if (line.starts_with("-ERR")) fail_client(client, "the server said: " + line);
    }
  }

  void say(Client& client, const MessageBody::Content& content) override {
    client.unsent += "PUB ";
    client.unsent += subject(client);
    client.unsent += ' ';
    client.unsent += size_and_end_;
    body_.append(content, client.unsent);
    client.unsent += "\r\n";
  }

  std::size_t parse(Client& client, std::string_view bytes, DeliverySink& sink) override {
    std::size_t used = 0;
    for (;;) {
      const std::string_view rest = bytes.substr(used);
      const std::size_t end = rest.find('\n');
      if (end == rest.npos) return used;
      if (rest.starts_with("MSG ")) {
        const std::size_t size = end + 1 + body_.size() + 2;
        if (rest.size() < size) return used;
        if (!rest.substr(0, end + 1).ends_with(size_and_end_) || rest[size - 1] != '\n')
          fail_client(client, "a message of another size arrived: " + std::string(rest.substr(0, end)));
        sink.delivered(client, 0, rest.substr(end + 1, body_.size()));
        used += size;
        continue;
      }
      if (rest.starts_with("PING")) client.unsent += "PONG\r\n";
      if (rest.starts_with("-ERR"))
        fail_client(client, "the server said: " + std::string(rest.substr(0, end)));
      used += end + 1;
    }
  }

 private:
  static std::string subject(const Client& client) { return "r" + std::to_string(client.room); }

  const Plan& plan_;
  MessageBody body_;
  const std::string size_and_end_;
};

}  // namespace

std::unique_ptr<Dialect> make_nats_dialect(const Plan& plan) { return std::make_unique<NatsDialect>(plan); }

}  // namespace plaintalk::messenger::bench
