// Things that happen, as the analysis would tell them.
#pragma once

#include <chrono>
#include <cstdint>
#include <string_view>

#include "analyzer/talk/live_watcher.hpp"

namespace plaintalk::analyzer::web::test {

inline WallTime at(std::int64_t milliseconds) {
  return WallTime{std::chrono::milliseconds(1'800'000'000'000 + milliseconds)};
}

// A message whose command was seen in `packet`.
inline LiveEvent said(std::uint64_t message, std::string_view who, std::string_view room,
                      std::string_view text) {
  LiveEvent event;
  event.kind = LiveEvent::Kind::message;
  event.message = message;
  event.seq = message;
  event.who = who;
  event.room = room;
  event.text = text;
  event.server = "192.0.2.1:7777";
  event.in = {10 * message, at(static_cast<std::int64_t>(message))};
  event.in_connection = event.connection = ConnectionId{1};
  event.time = event.in.time;
  event.packet = event.in.packet;
  return event;
}

// Its copy, `latency` later.
inline LiveEvent copy_of(LiveEvent event, std::string_view recipient, std::uint64_t connection,
                         Nanoseconds latency) {
  event.kind = LiveEvent::Kind::copy;
  event.who = recipient;
  event.connection = ConnectionId{connection};
  event.time = event.in.time + latency;
  event.packet = event.in.packet + 1;
  return event;
}

inline LiveEvent session(LiveEvent::Kind kind, std::string_view who, std::uint64_t connection,
                         std::string_view room = {}) {
  LiveEvent event;
  event.kind = kind;
  event.who = who;
  event.room = room;
  event.server = "192.0.2.1:7777";
  event.connection = ConnectionId{connection};
  event.time = at(0);
  event.packet = 1;
  return event;
}

inline CredentialResult secret(std::string_view user, std::string_view text) {
  CredentialResult row;
  row.seen = {5, at(0)};
  row.connection = ConnectionId{1};
  row.user = user;
  row.method = "login-password";
  row.secret = text;
  row.accepted = "yes";
  return row;
}

}  // namespace plaintalk::analyzer::web::test
