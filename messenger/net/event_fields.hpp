// The name of each kind of event and its fields, listed once: the queue and the JSON lines both go through
// this list, so a field that is added cannot be forgotten in one of them. The names are those of docs/LOG.md.
#pragma once

#include <concepts>
#include <string_view>
#include <type_traits>

#include "messenger/core/server_events.hpp"

namespace plaintalk::messenger {

// Event, or const Event.
template <class Given, class Event>
concept Is = std::same_as<std::remove_const_t<Given>, Event>;

constexpr std::string_view event_name(const ConnectionOpened&) { return "opened"; }
constexpr std::string_view event_name(const ConnectionClosed&) { return "closed"; }
constexpr std::string_view event_name(const LoggedIn&) { return "login"; }
constexpr std::string_view event_name(const LoginRefused&) { return "login_refused"; }
constexpr std::string_view event_name(const RoomChanged&) { return "room"; }
constexpr std::string_view event_name(const Routed&) { return "routed"; }
constexpr std::string_view event_name(const Resent&) { return "resent"; }
constexpr std::string_view event_name(const TransferChanged&) { return "transfer"; }
constexpr std::string_view event_name(const Refused&) { return "refused"; }
constexpr std::string_view event_name(const ServerNote&) { return "server"; }

template <class Event, class Visit>
void each_field(Event& event, Visit&& visit) {
  if constexpr (Is<Event, ConnectionOpened>) {
    visit("connection", event.connection);
    visit("client", event.client);
    visit("server", event.server);
  } else if constexpr (Is<Event, ConnectionClosed>) {
    visit("connection", event.connection);
    visit("account", event.account);
    visit("reason", event.reason);
    visit("bytes_in", event.bytes_in);
    visit("bytes_out", event.bytes_out);
    visit("unlogged_refusals", event.unlogged_refusals);
  } else if constexpr (Is<Event, LoggedIn>) {
    visit("connection", event.connection);
    visit("account", event.account);
    visit("device", event.device);
    visit("method", event.method);
  } else if constexpr (Is<Event, LoginRefused>) {
    visit("connection", event.connection);
    visit("account", event.account);
    visit("error", event.error);
  } else if constexpr (Is<Event, RoomChanged>) {
    visit("connection", event.connection);
    visit("kind", event.kind);
    visit("room", event.room);
    visit("account", event.account);
    visit("detail", event.detail);
  } else if constexpr (Is<Event, Routed>) {
    visit("connection", event.connection);
    visit("room", event.room);
    visit("seq", event.seq);
    visit("kind", event.kind);
    visit("account", event.account);
    visit("id", event.id);
    visit("body_size", event.body_size);
    visit("recipients", event.recipients);
    visit("shed", event.shed);
  } else if constexpr (Is<Event, Resent>) {
    visit("connection", event.connection);
    visit("room", event.room);
    visit("seq", event.seq);
    visit("account", event.account);
    visit("id", event.id);
  } else if constexpr (Is<Event, TransferChanged>) {
    visit("connection", event.connection);
    visit("kind", event.kind);
    visit("file", event.file);
    visit("account", event.account);
    visit("room", event.room);
    visit("name", event.name);
    visit("size", event.size);
    visit("offset", event.offset);
    visit("sha256", event.sha256);
  } else if constexpr (Is<Event, Refused>) {
    visit("connection", event.connection);
    visit("account", event.account);
    visit("verb", event.verb);
    visit("code", event.code);
    visit("error", event.error);
    visit("text", event.text);
    visit("fatal", event.fatal);
  } else {
    static_assert(Is<Event, ServerNote>, "an event without a list of its fields");
    visit("kind", event.kind);
    visit("text", event.text);
  }
}

}  // namespace plaintalk::messenger
