// How to say the same things to different servers: log in, be in a room, send a message, recognise one that
// arrives.
//
// Both dialects are written out here by hand, without a client library, so that the generator spends the same
// work on either.
#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>
#include <string>
#include <string_view>

#include "base/time.hpp"
#include "messenger/bench/bench_client.hpp"
#include "messenger/bench/bench_plan.hpp"
#include "messenger/bench/message_body.hpp"

namespace plaintalk::messenger::bench {

// Gets every message that a client received, and throws when it is not the one that has to come next.
class DeliverySink {
 public:
  virtual ~DeliverySink() = default;
  // `seq` is 0 where the protocol has none. `body` is the whole body.
  virtual void delivered(Client& client, std::uint64_t seq, std::string_view body) = 0;
};

class Dialect {
 public:
  virtual ~Dialect() = default;
  // Logs the connected client in and puts it into its room; blocking.
  virtual void set_up(Client& client, Instant deadline) = 0;
  // Appends a message of this client to its room to client.unsent.
  virtual void say(Client& client, const MessageBody::Content& content) = 0;
  // Reads whole units from `bytes` and returns how many bytes they had. What the server has to be answered
  // is appended to client.unsent. Throws std::runtime_error when the server says something that may not
  // happen.
  virtual std::size_t parse(Client& client, std::string_view bytes, DeliverySink& sink) = 0;
};

std::unique_ptr<Dialect> make_plaintalk_dialect(const Plan& plan);
std::unique_ptr<Dialect> make_nats_dialect(const Plan& plan);

}  // namespace plaintalk::messenger::bench
