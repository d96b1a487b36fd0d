// The verbs of PLAINTALK/1 (docs/PROTOCOL.md, section 5).
#pragma once

#include <cstdint>
#include <string_view>

namespace plaintalk {

enum class Verb : std::uint8_t {
  unknown,
  greeting,  // PLAINTALK/1
  // session
  help,
  register_,
  login,
  auth,
  ping,
  pong,
  quit,
  away,
  verbose,
  ok,
  err,
  note,
  bye,
  // rooms
  rooms,
  join,
  part,
  who,
  topic,
  joined,
  parted,
  pres,
  // messages
  say,
  history,
  sync,
  msg,
  end,
  gap,
  // files
  put,
  data,
  done,
  stat,
  get,
  cancel,
  credit,
  ack,
  file,
};

// Letter case does not matter; anything not listed is Verb::unknown.
Verb find_verb(std::string_view text);

// The form on the wire, in upper case; "?" for unknown.
std::string_view verb_text(Verb verb);

}  // namespace plaintalk
