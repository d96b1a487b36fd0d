// How a command is answered. A handler returns nothing when it has sent its answer itself, or the Refusal
// that becomes its ERR: so every command is answered exactly once.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "base/time.hpp"
#include "messenger/core/world.hpp"
#include "protocol/error_name.hpp"
#include "protocol/frame.hpp"
#include "protocol/frame_writer.hpp"

namespace plaintalk::messenger::core {

struct Refusal {
  ErrorName error;
  std::string text;  // says what to do next
  std::optional<std::uint64_t> max;
  std::optional<std::uint64_t> next;
  std::optional<std::uint64_t> retry_ms;
  bool fatal = false;
  std::string_view logged_text{};  // a literal for the log where `text` quotes what the client wrote
};
using Answer = std::optional<Refusal>;
inline constexpr std::nullopt_t kAnswered = std::nullopt;

inline Refusal refusal(ErrorName error, std::string text) {
  return {error, std::move(text), {}, {}, {}, false, {}};
}
Refusal too_large(std::string text, std::uint64_t max);
Refusal try_later(ErrorName error, std::string text, Nanoseconds wait);
// 400 with the right form of the verb.
Refusal wrong_form(Verb verb);

// Queues one whole frame as a reply; ordered: not before the chat that is queued already (out_queue.hpp).
void reply(World& world, Connection& connection, std::string_view frame);
void reply_ordered(World& world, Connection& connection, std::string_view frame);

// An answer under construction: answer(world, Verb::ok, frame).parameter(...).end(); send(world, connection).
// Starts world.text anew and writes the id of the command, if it has one.
FrameWriter begin_reply(World& world, Verb verb);
FrameWriter begin_ok(World& world, const Frame& command);
FrameWriter begin_ok(World& world, std::string_view id);
void send(World& world, Connection& connection);
void send_ordered(World& world, Connection& connection);

// Sends the ERR to a command and logs it. REQUIRES: the refusal is not fatal (session_end.hpp has that).
void refuse(World& world, Connection& connection, const Refusal& refusal, std::string_view verb,
            std::string_view id);
// The same for any refusal; whoever sends a fatal one ends the session.
void send_refusal(World& world, Connection& connection, const Refusal& refusal, std::string_view verb,
                  std::string_view id);

// The id= of a command; empty when there is none.
std::string_view id_of(const Frame& command);
bool id_is_valid(const Frame& command);

}  // namespace plaintalk::messenger::core
