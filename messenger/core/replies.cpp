#include "messenger/core/replies.hpp"

#include <algorithm>
#include <chrono>
#include <utility>

#include "base/check.hpp"
#include "messenger/core/help.hpp"
#include "messenger/core/output.hpp"
#include "protocol/limits.hpp"

namespace plaintalk::messenger::core {
namespace {

void after_queueing(World& world, Connection& connection) {
  world.connections.touch(connection);
  if (connection.waiting().reply_charge() > world.config.reply_queue_bytes_max)
    world.connections.note_overfull(connection);
}

}  // namespace

Refusal too_large(std::string text, std::uint64_t max) {
  Refusal result = refusal(ErrorName::too_large, std::move(text));
  result.max = max;
  return result;
}

Refusal try_later(ErrorName error, std::string text, Nanoseconds wait) {
  Refusal result = refusal(error, std::move(text));
  result.retry_ms =
      static_cast<std::uint64_t>(std::max<std::int64_t>(std::chrono::ceil<Milliseconds>(wait).count(), 1));
  return result;
}

Refusal wrong_form(Verb verb) { return refusal(ErrorName::syntax, "write: " + std::string(form_of(verb))); }

void reply(World& world, Connection& connection, std::string_view frame) {
  open_output(world, connection).reply(frame);
  after_queueing(world, connection);
}

void reply_ordered(World& world, Connection& connection, std::string_view frame) {
  open_output(world, connection).ordered(frame);
  after_queueing(world, connection);
}

FrameWriter begin_reply(World& world, Verb verb) {
  world.text.clear();
  return FrameWriter(world.text, verb);
}

FrameWriter begin_ok(World& world, const Frame& command) { return begin_ok(world, id_of(command)); }

FrameWriter begin_ok(World& world, std::string_view id) {
  FrameWriter writer = begin_reply(world, Verb::ok);
  if (!id.empty()) writer.parameter("id", id);
  return writer;
}

void send(World& world, Connection& connection) { reply(world, connection, world.text); }
void send_ordered(World& world, Connection& connection) { reply_ordered(world, connection, world.text); }

void refuse(World& world, Connection& connection, const Refusal& refusal, std::string_view verb,
            std::string_view id) {
  check(!refusal.fatal, "the session goes on after a fatal refusal");
  send_refusal(world, connection, refusal, verb, id);
}

void send_refusal(World& world, Connection& connection, const Refusal& refusal, std::string_view verb,
                  std::string_view id) {
  const unsigned code = code_of(refusal.error);
  FrameWriter writer = begin_reply(world, Verb::err);
  writer.argument(std::uint64_t{code}).argument(text_of(refusal.error));
  if (!id.empty()) writer.parameter("id", id);
  if (!verb.empty()) writer.parameter("verb", verb);
  if (refusal.retry_ms) writer.parameter("retry", *refusal.retry_ms);
  if (refusal.max) writer.parameter("max", *refusal.max);
  if (refusal.next) writer.parameter("next", *refusal.next);
  if (refusal.fatal) writer.parameter("fatal", std::uint64_t{1});
  writer.body(refusal.text);
  send(world, connection);
  // What is no verb of ours may be anything, a password in the wrong place for one: the log never has it.
  if (++connection.refusal_count > kLoggedRefusalsMax) return;
  world.log(Refused{
      connection.id, !connection.account.is_none() ? world.account_of(connection).name : std::string_view{},
      find_verb(verb) == Verb::unknown ? std::string_view{} : verb, code, text_of(refusal.error),
      refusal.logged_text.empty() ? std::string_view(refusal.text) : refusal.logged_text, refusal.fatal});
}

std::string_view id_of(const Frame& command) { return command.parameter("id").value_or(std::string_view{}); }

bool id_is_valid(const Frame& command) {
  const auto id = command.parameter("id");
  return !id || (!id->empty() && id->size() <= kRequestIdSizeMax);
}

}  // namespace plaintalk::messenger::core
