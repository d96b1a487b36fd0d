#include "messenger/net/log_lines.hpp"

#include <algorithm>
#include <array>
#include <charconv>
#include <optional>
#include <span>
#include <string_view>
#include <type_traits>
#include <variant>

#include <fmt/format.h>
#include <nlohmann/json.hpp>

#include "base/text.hpp"
#include "messenger/net/event_fields.hpp"

namespace plaintalk::messenger {
namespace {

template <class... Kinds>
struct Overloaded : Kinds... {
  using Kinds::operator()...;
};
template <class... Kinds>
Overloaded(Kinds...) -> Overloaded<Kinds...>;

std::uint64_t number(ConnectionId id) { return static_cast<std::uint64_t>(id); }

std::optional<ConnectionId> connection_of(const ServerEvent& event) {
  return std::visit(
      [](const auto& kind) -> std::optional<ConnectionId> {
        if constexpr (requires { kind.connection; })
          return kind.connection;
        else
          return std::nullopt;
      },
      event);
}

std::string_view json_name(const ServerEvent& event) {
  return std::visit(
      Overloaded{[](const ConnectionOpened&) { return "opened"; },
                 [](const ConnectionClosed&) { return "closed"; }, [](const LoggedIn&) { return "login"; },
                 [](const LoginRefused&) { return "login_refused"; },
                 [](const RoomChanged&) { return "room"; }, [](const Routed&) { return "routed"; },
                 [](const Resent&) { return "resent"; }, [](const TransferChanged&) { return "transfer"; },
                 [](const Refused&) { return "refused"; }, [](const ServerNote&) { return "server"; }},
      event);
}

void append_number(std::string& out, std::uint64_t value) {
  std::array<char, 20> digits;
  out.append(digits.data(), std::to_chars(digits.data(), digits.data() + digits.size(), value).ptr);
}

// Nothing in it has to be escaped, neither for a terminal nor in JSON: so are nearly all texts, names above
// all.
bool is_plain(std::string_view text) {
  return std::all_of(text.begin(), text.end(),
                     [](char c) { return c >= ' ' && c <= '~' && c != '"' && c != '\\'; });
}

void put_json(std::string& out, std::string_view text) {
  if (!is_plain(text)) {
    out += json_safe(nlohmann::json(text).dump(-1, ' ', false, nlohmann::json::error_handler_t::replace));
    return;
  }
  out += '"';
  out += text;
  out += '"';
}
void put_json(std::string& out, std::uint64_t value) { append_number(out, value); }
void put_json(std::string& out, unsigned value) { append_number(out, value); }
void put_json(std::string& out, std::uint16_t value) { append_number(out, value); }
void put_json(std::string& out, bool value) { out += value ? "true" : "false"; }
void put_json(std::string& out, std::span<const ConnectionId> ids) {
  out += '[';
  for (std::size_t index = 0; index < ids.size(); ++index) {
    if (index > 0) out += ',';
    append_number(out, number(ids[index]));
  }
  out += ']';
}

template <class Value>
void put_member(std::string& out, std::string_view name, const Value& value) {
  out += ",\"";
  out += name;
  out += "\":";
  put_json(out, value);
}

std::string json_ends(const Endpoint& client, const Endpoint& server) {
  std::string out;
  put_member(out, "client_address", std::string_view(render(client.address)));
  put_member(out, "client_port", client.port);
  put_member(out, "server_address", std::string_view(render(server.address)));
  put_member(out, "server_port", server.port);
  return out;
}

void begin_json(std::string_view epoch, std::string_view event, std::string& out) {
  out += "{\"time\":\"";
  out += epoch;
  out += "\",\"event\":\"";
  out += event;
  out += '"';
}

void append_safe(std::string& out, std::string_view text) {
  if (is_plain(text))
    out += text;
  else
    out += terminal_safe(text);
}

void append_plural(std::string& out, std::uint64_t count, std::string_view thing) {
  append_number(out, count);
  out += ' ';
  out += thing;
  if (count != 1) out += 's';
}

std::string who(std::string_view account) {
  return account.empty() ? "(not logged in)" : terminal_safe(account);
}

// What happened, and the rest of the sentence.
struct Sentence {
  std::string_view event;
  std::string text;
};

Sentence tell(const ConnectionOpened& event) { return {"connected", "to " + render(event.server)}; }
Sentence tell(const ConnectionClosed& event) {
  std::string text = fmt::format("{}: {}; {} in, {} out", who(event.account), terminal_safe(event.reason),
                                 plural(event.bytes_in, "byte"), plural(event.bytes_out, "byte"));
  if (event.unlogged_refusals > 0)
    text += fmt::format("; {} more refused", plural(event.unlogged_refusals, "command"));
  return {"disconnected", text};
}
Sentence tell(const LoggedIn& event) {
  return {"login", fmt::format("{} by {}, device {}", who(event.account), terminal_safe(event.method),
                               terminal_safe(event.device))};
}
Sentence tell(const LoginRefused& event) {
  return {"login refused", fmt::format("{}: {}", who(event.account), terminal_safe(event.error))};
}
Sentence tell(const RoomChanged& event) {
  const std::string detail = event.detail.empty() ? "" : ": " + terminal_safe(event.detail);
  const std::string room = event.room.empty() ? "" : ' ' + terminal_safe(event.room);
  return {"room", fmt::format("{} {}{}{}", who(event.account), terminal_safe(event.kind), room, detail)};
}
Sentence tell(const Resent& event) {
  return {"resent", fmt::format("{} -> {} {}: id {} is known, not routed again", who(event.account),
                                terminal_safe(event.room), event.seq, terminal_safe(event.id))};
}
Sentence tell(const TransferChanged& event) {
  return {"transfer",
          fmt::format("{} {} {} \"{}\" {}/{} bytes{}", who(event.account), terminal_safe(event.kind),
                      terminal_safe(event.file), terminal_safe(event.name), event.offset, event.size,
                      event.room.empty() ? "" : " for " + terminal_safe(event.room))};
}
Sentence tell(const Refused& event) {
  return {"refused",
          fmt::format("{} {}: {} {}{}: {}", who(event.account), terminal_safe(event.verb), event.code,
                      terminal_safe(event.error), event.fatal ? " (fatal)" : "", terminal_safe(event.text))};
}
Sentence tell(const ServerNote& event) {
  return {"server", fmt::format("{}: {}", terminal_safe(event.kind), terminal_safe(event.text))};
}

constexpr std::size_t kEventWidth = 13;
constexpr std::size_t kPlaceWidth = 28;

void append_padded(std::string& out, std::string_view text, std::size_t width) {
  out += text;
  out.append(width - std::min(width, text.size()) + 2, ' ');
}

void begin_line(std::string_view utc, std::string_view event, std::string_view place, std::string& out) {
  append_padded(out, utc, 0);
  append_padded(out, event, kEventWidth);
  append_padded(out, place, kPlaceWidth);
}

// One for each message: without a string of its own.
void tell_routed(const Routed& event, std::string& out) {
  append_safe(out, event.account);
  out += " -> ";
  append_safe(out, event.room);
  out += ' ';
  append_number(out, event.seq);
  out += ": ";
  append_plural(out, event.body_size, "byte");
  out += " to ";
  append_plural(out, event.recipients.size(), "connection");
  if (event.shed.empty()) return;
  out += ", ";
  append_number(out, event.shed.size());
  out += " too slow";
}

std::string place_of(ConnectionId connection) {
  // Some happen without a connection: a person is gone when the time to come back is over.
  return number(connection) == 0 ? "-" : '#' + std::to_string(number(connection));
}

}  // namespace

void LogLines::see(const ServerEvent& event, WallTime time) {
  if (const auto* opened = std::get_if<ConnectionOpened>(&event))
    connections_.insert_or_assign(number(opened->connection),
                                  Texts{place_of(opened->connection) + ' ' + render(opened->client),
                                        json_ends(opened->client, opened->server)});
  if (time == time_) return;
  time_ = time;
  utc_ = render_utc(time);
  epoch_ = render_epoch(time);
}

void LogLines::forget(const ServerEvent& event) {
  if (const auto* closed = std::get_if<ConnectionClosed>(&event))
    connections_.erase(number(closed->connection));
}

const LogLines::Texts* LogLines::texts_of(ConnectionId connection) const {
  const auto found = connections_.find(number(connection));
  return found == connections_.end() ? nullptr : &found->second;
}

void LogLines::people(const ServerEvent& event, std::string& out) const {
  const auto id = connection_of(event);
  const Texts* texts = id ? texts_of(*id) : nullptr;
  const std::string other_place = texts != nullptr ? "" : place_of(id.value_or(ConnectionId{}));
  const std::string_view place = texts != nullptr ? texts->place : other_place;
  std::visit(Overloaded{[&](const Routed& routed) {
                          begin_line(utc_, routed.kind == "file" ? "file" : "message", place, out);
                          tell_routed(routed, out);
                        },
                        [&](const auto& kind) {
                          const Sentence sentence = tell(kind);
                          begin_line(utc_, sentence.event, place, out);
                          out += sentence.text;
                        }},
             event);
  out += '\n';
}

void LogLines::json(const ServerEvent& event, std::string& out) const {
  begin_json(epoch_, json_name(event), out);
  if (const auto id = connection_of(event)) {
    put_member(out, "connection", number(*id));
    if (const Texts* texts = texts_of(*id)) out += texts->json_ends;
  }
  std::visit(
      [&](const auto& kind) {
        each_field(kind, [&](std::string_view name, const auto& value) {
          using Value = std::remove_cvref_t<decltype(value)>;
          // Both stand at the front of the line already.
          if constexpr (!std::is_same_v<Value, Endpoint> && !std::is_same_v<Value, ConnectionId>)
            put_member(out, name, value);
        });
      },
      event);
  out += "}\n";
}

void people_lost(const LostEvents& lost, WallTime time, std::string& out) {
  begin_line(render_utc(time), "log", "-", out);
  out += fmt::format("{} and {} are missing here\n", plural(lost.routed, "message"),
                     plural(lost.other, "other event"));
}

void json_lost(const LostEvents& lost, WallTime time, std::string& out) {
  begin_json(render_epoch(time), "log_lost", out);
  put_member(out, "routed", lost.routed);
  put_member(out, "other", lost.other);
  out += "}\n";
}

}  // namespace plaintalk::messenger
