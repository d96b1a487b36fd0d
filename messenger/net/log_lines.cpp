#include "messenger/net/log_lines.hpp"

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

using Json = nlohmann::ordered_json;

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

void put_json(Json& line, std::string_view name, std::string_view text) {
  line[std::string(name)] = std::string(text);
}
void put_json(Json& line, std::string_view name, std::uint64_t value) { line[std::string(name)] = value; }
void put_json(Json& line, std::string_view name, unsigned value) { line[std::string(name)] = value; }
void put_json(Json& line, std::string_view name, bool value) { line[std::string(name)] = value; }
void put_json(Json& line, std::string_view name, std::span<const ConnectionId> ids) {
  Json list = Json::array();
  for (const ConnectionId id : ids) list.push_back(number(id));
  line[std::string(name)] = std::move(list);
}

void put_ends(Json& line, const Endpoint& client, const Endpoint& server) {
  line["client_address"] = render(client.address);
  line["client_port"] = client.port;
  line["server_address"] = render(server.address);
  line["server_port"] = server.port;
}

std::string dump(const Json& line) {
  return json_safe(line.dump(-1, ' ', false, Json::error_handler_t::replace)) + '\n';
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
Sentence tell(const Routed& event) {
  std::string text =
      fmt::format("{} -> {} {}: {} to {}", who(event.account), terminal_safe(event.room), event.seq,
                  plural(event.body_size, "byte"), plural(event.recipients.size(), "connection"));
  if (!event.shed.empty()) text += fmt::format(", {} too slow", event.shed.size());
  return {event.kind == "file" ? "file" : "message", text};
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

void write_line(WallTime time, std::string_view event, std::string_view place, std::string_view text,
                std::string& out) {
  fmt::format_to(std::back_inserter(out), "{}  {:<13}  {:<28}  {}\n", render_utc(time), event, place, text);
}

}  // namespace

void LogLines::see(const ServerEvent& event) {
  if (const auto* opened = std::get_if<ConnectionOpened>(&event))
    connections_.insert_or_assign(number(opened->connection), Ends{opened->client, opened->server});
}

void LogLines::forget(const ServerEvent& event) {
  if (const auto* closed = std::get_if<ConnectionClosed>(&event))
    connections_.erase(number(closed->connection));
}

const LogLines::Ends* LogLines::ends_of(const ServerEvent& event) const {
  const auto id = connection_of(event);
  if (!id) return nullptr;
  const auto found = connections_.find(number(*id));
  return found == connections_.end() ? nullptr : &found->second;
}

void LogLines::people(const ServerEvent& event, WallTime time, std::string& out) const {
  std::string place = "-";
  // Some happen without a connection: a person is gone when the time to come back is over.
  if (const auto id = connection_of(event); id && number(*id) != 0) place = '#' + std::to_string(number(*id));
  if (const Ends* ends = ends_of(event)) place += ' ' + render(ends->client);
  const Sentence sentence = std::visit([](const auto& kind) { return tell(kind); }, event);
  write_line(time, sentence.event, place, sentence.text, out);
}

void LogLines::json(const ServerEvent& event, WallTime time, std::string& out) const {
  Json line;
  line["time"] = render_epoch(time);
  line["event"] = json_name(event);
  if (const auto id = connection_of(event)) line["connection"] = number(*id);
  if (const Ends* ends = ends_of(event)) put_ends(line, ends->client, ends->server);
  std::visit(
      [&](const auto& kind) {
        each_field(kind, [&](std::string_view name, const auto& value) {
          using Value = std::remove_cvref_t<decltype(value)>;
          // Both stand at the front of the line already.
          if constexpr (!std::is_same_v<Value, Endpoint> && !std::is_same_v<Value, ConnectionId>)
            put_json(line, name, value);
        });
      },
      event);
  out += dump(line);
}

void people_lost(const LostEvents& lost, WallTime time, std::string& out) {
  write_line(time, "log", "-",
             fmt::format("{} and {} are missing here", plural(lost.routed, "message"),
                         plural(lost.other, "other event")),
             out);
}

void json_lost(const LostEvents& lost, WallTime time, std::string& out) {
  Json line;
  line["time"] = render_epoch(time);
  line["event"] = "log_lost";
  line["routed"] = lost.routed;
  line["other"] = lost.other;
  out += dump(line);
}

}  // namespace plaintalk::messenger
