#include "messenger/core/dispatch.hpp"

#include <string>
#include <utility>

#include "base/text.hpp"
#include "messenger/core/budget.hpp"
#include "messenger/core/command_form.hpp"
#include "messenger/core/downloads.hpp"
#include "messenger/core/help.hpp"
#include "messenger/core/login.hpp"
#include "messenger/core/membership.hpp"
#include "messenger/core/messages.hpp"
#include "messenger/core/paging.hpp"
#include "messenger/core/presence.hpp"
#include "messenger/core/replies.hpp"
#include "messenger/core/rooms.hpp"
#include "messenger/core/session_end.hpp"
#include "messenger/core/uploads.hpp"

namespace plaintalk::messenger::core {
namespace {

void note_help(World& world, Connection& connection, const HelpEntry& entry) {
  begin_reply(world, Verb::note)
      .argument("HELP")
      .body(std::string(entry.form) + "  - " + std::string(entry.effect));
  send(world, connection);
}

Answer handle_help(World& world, Connection& connection, const Frame& frame) {
  const std::string_view asked = frame.argument(0);
  const Verb verb = asked.empty() ? Verb::unknown : find_verb(asked);
  std::uint64_t count = 0;
  for (const HelpEntry& entry : help_entries()) {
    if (!asked.empty() && entry.verb != verb) continue;
    note_help(world, connection, entry);
    ++count;
  }
  if (count == 0) return refusal(ErrorName::no_such, "there is no such command; HELP lists them");
  begin_ok(world, frame).parameter("count", count).end();
  send(world, connection);
  return kAnswered;
}

// Whoever wants to leave, leaves: words that may not be passed on are left out.
Answer handle_quit(World& world, Connection& connection, const Frame& frame) {
  const bool may_be_told = frame.body.size() <= kPartingTextSizeMax && is_utf8(frame.body);
  end_with_bye(world, connection, "quit", Leaving::quit, std::nullopt, "goodbye",
               may_be_told ? frame.body : std::string_view{});
  return kAnswered;
}

bool is_allowed_before_login(Verb verb) {
  switch (verb) {
    case Verb::help:
    case Verb::login:
    case Verb::register_:
    case Verb::ping:
    case Verb::pong:
    case Verb::quit: return true;
    default: return false;
  }
}

Answer unknown_verb() {
  return refusal(ErrorName::unknown_verb, "there is no such command; HELP lists them");
}

Answer answer_of(World& world, Connection& connection, const Frame& frame) {
  if (frame.verb == Verb::unknown || frame.verb == Verb::auth || frame.verb == Verb::verbose)
    return unknown_verb();
  if (connection.phase == Phase::greeted && !is_allowed_before_login(frame.verb))
    return refusal(ErrorName::login_first, "log in first: LOGIN name, or LOGIN name :password");
  if (!id_is_valid(frame)) return refusal(ErrorName::syntax, "id= is 1 to 64 characters");
  if (Answer refused = check_form(frame)) return refused;
  switch (frame.verb) {
    case Verb::help: return handle_help(world, connection, frame);
    case Verb::login: return handle_login(world, connection, frame);
    case Verb::register_: return handle_register(world, connection, frame);
    case Verb::ping: return handle_ping(world, connection, frame);
    case Verb::pong: return kAnswered;
    case Verb::quit: return handle_quit(world, connection, frame);
    case Verb::away: return handle_away(world, connection, frame);
    case Verb::rooms: return handle_rooms(world, connection, frame);
    case Verb::join: return handle_join(world, connection, frame);
    case Verb::part: return handle_part(world, connection, frame);
    case Verb::who: return handle_who(world, connection, frame);
    case Verb::topic: return handle_topic(world, connection, frame);
    case Verb::say: return handle_say(world, connection, frame);
    case Verb::history: return handle_history(world, connection, frame);
    case Verb::sync: return handle_sync(world, connection, frame);
    case Verb::put: return handle_put(world, connection, frame);
    case Verb::data: return handle_data(world, connection, frame);
    case Verb::done: return handle_done(world, connection, frame);
    case Verb::stat: return handle_stat(world, connection, frame);
    case Verb::get: return handle_get(world, connection, frame);
    case Verb::credit: return handle_credit(world, connection, frame);
    case Verb::cancel: return handle_cancel(world, connection, frame);
    default:
      return refusal(ErrorName::syntax, std::string(verb_text(frame.verb)) +
                                            " is for the server to send; HELP lists the commands");
  }
}

Refusal refusal_of(const World& world, const DecodeError& error) {
  using Code = DecodeError::Code;
  switch (error.code) {
    case Code::line_too_long: {
      Refusal result =
          refusal(ErrorName::line_too_long, "shorten the line, or send the text as a counted body: {N}");
      result.max = world.config.line_size_max;
      return result;
    }
    case Code::not_utf8: return refusal(ErrorName::not_utf8, "text must be UTF-8");
    case Code::body_too_large: return too_large("shorten the body", world.config.body_size_max);
    case Code::not_plaintalk:
      return refusal(ErrorName::not_plaintalk, "this port speaks PLAINTALK/1 in plain text; type HELP");
    case Code::bad_verb: return refusal(ErrorName::syntax, "a line begins with a command; HELP lists them");
    case Code::bad_token:
      return refusal(
          ErrorName::syntax,
          "arguments are printable ASCII and % is followed by two hex digits; put text after a colon");
    case Code::too_many_tokens:
      return refusal(ErrorName::syntax, "at most 32 arguments; put text after a colon");
    case Code::bad_text:
      return refusal(ErrorName::syntax,
                     "text on a line has no CR and no NUL; send it as a counted body: {N}");
    case Code::bad_count:
      return refusal(ErrorName::syntax, "{N} needs a number of bytes without leading zeros");
    case Code::bad_body_end:
      return refusal(ErrorName::syntax, "no LF after the counted body: is N the number of bytes?");
    case Code::gap: break;
  }
  return refusal(ErrorName::internal, "bytes are missing");
}

}  // namespace

void handle_frame(World& world, Connection& connection, const Frame& frame) {
  Answer answer = begin_command(world, connection, frame.verb);
  if (!answer) answer = answer_of(world, connection, frame);
  if (answer) {
    const std::string_view verb = frame.verb == Verb::unknown ? frame.verb_text : verb_text(frame.verb);
    refuse(world, connection, *answer, verb, id_is_valid(frame) ? id_of(frame) : std::string_view{});
  }
  end_command(world, connection, frame, answer.has_value());
}

void handle_decode_error(World& world, Connection& connection, const DecodeError& error) {
  Refusal answer = refusal_of(world, error);
  answer.fatal = error.fatal;
  refuse_and_end(world, connection, answer);
  end_broken_line(world, connection);
}

}  // namespace plaintalk::messenger::core
