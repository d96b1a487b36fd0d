#include "messenger/net/log_lines.hpp"

#include <algorithm>
#include <array>
#include <charconv>
#include <optional>
#include <span>
#include <string_view>
#include <type_traits>
#include <variant>
#include <vector>

#include <fmt/format.h>

#include "base/text.hpp"
#include "messenger/net/event_fields.hpp"
#include "messenger/net/json_writer.hpp"

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

void append_number(std::string& out, std::uint64_t value) {
  std::array<char, 20> digits;
  out.append(digits.data(), std::to_chars(digits.data(), digits.data() + digits.size(), value).ptr);
}

// Nothing in it has to be escaped for a terminal: so are nearly all texts, names above all.
bool is_plain(std::string_view text) {
  return std::all_of(text.begin(), text.end(), [](char c) { return c >= ' ' && c <= '~' && c != '\\'; });
}

// The front of the line is written elsewhere: it stands in every line of a connection.
template <class Value>
constexpr bool kIsInFront = std::is_same_v<Value, Endpoint> || std::is_same_v<Value, ConnectionId>;

// `write` gets a JsonWriter for what is at most `size_max` bytes.
template <class Write>
void append_json(std::string& out, std::size_t size_max, const Write& write) {
  const std::size_t before = out.size();
  out.resize_and_overwrite(before + size_max, [&](char* text, std::size_t) {
    JsonWriter json(text + before);
    write(json);
    return json.end() - text;
  });
}

template <std::size_t kNameSize, class Value>
void append_member(std::string& out, const char (&name)[kNameSize], const Value& value) {
  append_json(out, JsonWriter::member_size_max(name, value),
              [&](JsonWriter& json) { json.member(name, value); });
}

std::string json_connection(ConnectionId connection) {
  std::string out;
  append_member(out, "connection", number(connection));
  return out;
}

std::string json_ends(const Endpoint& client, const Endpoint& server) {
  std::string out;
  append_member(out, "client_address", std::string_view(render(client.address)));
  append_member(out, "client_port", client.port);
  append_member(out, "server_address", std::string_view(render(server.address)));
  append_member(out, "server_port", server.port);
  return out;
}

std::string json_front(WallTime time) { return "{\"time\":\"" + render_epoch(time) + "\",\"event\":\""; }

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
  time_ = time;
  if (const auto* opened = std::get_if<ConnectionOpened>(&event)) {
    if (connections_.size() >= kConnectionCountMax) forget_older_half();
    connections_.insert_or_assign(
        number(opened->connection),
        Texts{place_of(opened->connection) + ' ' + render(opened->client),
              json_connection(opened->connection) + json_ends(opened->client, opened->server)});
  }
  texts_ = &no_texts_;
  const auto id = connection_of(event);
  if (!id) return;
  if (const auto found = connections_.find(number(*id)); found != connections_.end()) {
    texts_ = &found->second;
  } else {
    other_texts_ = {place_of(*id), json_connection(*id)};
    texts_ = &other_texts_;
  }
}

void LogLines::forget(const ServerEvent& event) {
  if (const auto* closed = std::get_if<ConnectionClosed>(&event))
    connections_.erase(number(closed->connection));
}

// Numbers of connections count up.
void LogLines::forget_older_half() {
  std::vector<std::uint64_t> ids;
  ids.reserve(connections_.size());
  for (const auto& [id, texts] : connections_) ids.push_back(id);
  const auto middle = ids.begin() + static_cast<std::ptrdiff_t>(ids.size() / 2);
  std::ranges::nth_element(ids, middle);
  std::erase_if(connections_, [oldest = *middle](const auto& entry) { return entry.first < oldest; });
}

void LogLines::people(const ServerEvent& event, std::string& out) {
  const std::string_view utc = utc_.of(time_, render_utc);
  std::visit(Overloaded{[&](const Routed& routed) {
                          begin_line(utc, routed.kind == "file" ? "file" : "message", texts_->place, out);
                          tell_routed(routed, out);
                        },
                        [&](const auto& kind) {
                          const Sentence sentence = tell(kind);
                          begin_line(utc, sentence.event, texts_->place, out);
                          out += sentence.text;
                        }},
             event);
  out += '\n';
}

void LogLines::json(const ServerEvent& event, std::string& out) {
  const std::string_view front = json_front_.of(time_, json_front);
  const std::string_view connection = texts_->json;
  std::visit(
      [&](const auto& kind) {
        constexpr std::string_view kEnd = "}\n";
        const auto each_member = [&kind](const auto& visit) {
          each_field(kind, [&visit](const auto& name, const auto& value) {
            if constexpr (!kIsInFront<std::remove_cvref_t<decltype(value)>>) visit(name, value);
          });
        };
        std::size_t size_max = front.size() + event_name(kind).size() + 1 + connection.size() + kEnd.size();
        each_member([&](const auto& name, const auto& value) {
          size_max += JsonWriter::member_size_max(name, value);
        });
        append_json(out, size_max, [&](JsonWriter& json) {
          json.raw(front);
          json.raw(event_name(kind));
          json.raw("\"");
          json.raw(connection);
          each_member([&](const auto& name, const auto& value) { json.member(name, value); });
          json.raw(kEnd);
        });
      },
      event);
}

void people_lost(const LostEvents& lost, WallTime time, std::string& out) {
  begin_line(render_utc(time), "log", "-", out);
  out += fmt::format("{} and {} are missing here\n", plural(lost.routed, "message"),
                     plural(lost.other, "other event"));
}

void json_lost(const LostEvents& lost, WallTime time, std::string& out) {
  out += json_front(time) + "log_lost\"";
  append_member(out, "routed", lost.routed);
  append_member(out, "other", lost.other);
  out += "}\n";
}

}  // namespace plaintalk::messenger
