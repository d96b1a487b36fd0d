#include "analyzer/check/keyed_rules.hpp"

#include <algorithm>
#include <array>
#include <map>
#include <set>
#include <string_view>

#include "analyzer/check/known_words.hpp"
#include "analyzer/check/toml_text.hpp"
#include "analyzer/talk/described/json_pointer.hpp"
#include "base/text.hpp"

namespace plaintalk::analyzer {
namespace {

struct KeyRole {
  std::string_view field;
  std::vector<std::string_view> keys;  // that such values usually have
};
const std::array<KeyRole, 7>& key_roles() {
  static const std::array<KeyRole, 7> roles{{
      {"type", {"type", "cmd", "command", "action", "event", "op", "kind", "method"}},
      {"user", {"user", "username", "nick", "nickname", "from", "sender", "author", "name"}},
      {"secret", {"password", "pass", "passwd", "pwd", "secret"}},
      {"room", {"room", "channel", "group", "topic"}},
      {"to", {"to", "recipient", "receiver", "target"}},
      {"text", {"text", "message", "msg", "body", "content"}},
      {"id", {"id", "msg_id", "message_id", "seq", "nonce"}},
  }};
  return roles;
}

std::optional<std::string> pair_value(std::string_view unit, std::string_view key) {
  for (std::size_t at = unit.find(key); at != unit.npos; at = unit.find(key, at + 1)) {
    const bool begins = at == 0 || unit[at - 1] == ' ' || unit[at - 1] == ';' || unit[at - 1] == '&';
    if (!begins || unit.substr(at + key.size(), 1) != "=") continue;
    const std::string_view value = unit.substr(at + key.size() + 1);
    return std::string(value.substr(0, value.find_first_of(" ;&")));
  }
  return std::nullopt;
}

std::optional<std::string> value_of(std::string_view unit, std::string_view key, KeyedStyle style) {
  return style == KeyedStyle::json ? described::json_value(unit, "/" + std::string(key))
                                   : pair_value(unit, key);
}

// A unit as far as its roles are concerned.
using Values = std::map<std::string_view, std::string>;
Values values_of(std::string_view unit, KeyedStyle style) {
  Values values;
  for (const KeyRole& role : key_roles())
    for (const std::string_view key : role.keys)
      if (auto value = value_of(unit, key, style)) {
        values[role.field] = std::move(*value);
        break;
      }
  return values;
}

struct Kind {  // units of one side with one type
  std::size_t count = 0;
  std::map<std::string_view, std::size_t> fields;
  std::size_t copied = 0;  // texts that the other side has too
  bool has(std::string_view field) const {
    const auto found = fields.find(field);
    return found != fields.end() && found->second * 2 > count;
  }
};
using Kinds = std::map<std::string, Kind>;

std::string kind_rule(std::string_view from, const std::string& type, std::string_view is, const Kind& kind,
                      const std::vector<std::string_view>& roles, const std::string& why) {
  std::string toml = "\n# " + why + "\n[[rule]]\nfrom = \"" + std::string(from) + "\"\n";
  if (!type.empty()) {
    toml += "when = { type = " + toml_text(type) + " }\n";
  } else if (kind.has("text")) {
    toml += "when = { text = { matches = '' } }\n";
  }
  toml += "is = \"" + std::string(is) + "\"\n";
  for (const std::string_view role : roles)
    if (kind.has(role)) toml += std::string(role) + " = \"" + std::string(role) + "\"\n";
  return toml;
}

std::string client_rule(const std::string& type, const Kind& kind) {
  const std::string count = plural(kind.count, "unit");
  const std::string known = known_meaning(type);
  if (kind.has("text") && known != "login")
    return kind_rule("client", type, "message", kind, {"room", "to", "user", "text", "id"},
                     count + "; " + plural(kind.copied, "text") + " came out of the server again");
  if (kind.has("secret") || known == "login")
    return kind_rule("client", type, "login", kind, {"user", "secret"},
                     count + (kind.has("secret") ? " with a password" : ", by its name"));
  if ((known == "join" || known == "leave") && kind.has("room"))
    return kind_rule("client", type, known, kind, {"room"}, count + ", by its name");
  return type.empty()
             ? std::string()
             : kind_rule("client", type, "nothing", kind, {}, count + "; what it means is not known");
}

std::string server_rule(const std::string& type, const Kind& kind) {
  const std::string count = plural(kind.count, "unit");
  const std::string known = known_meaning(type);
  if (kind.has("text") && kind.copied > 0)
    return kind_rule("server", type, "delivery", kind, {"room", "to", "user", "text", "id"},
                     count + ", " + std::to_string(kind.copied) + " with a text that a client had sent");
  if (known == "accepted" || known == "refused" || known == "ack")
    return kind_rule("server", type, known, kind, {"id"}, count + ", by its name");
  if (known == "join" && kind.has("room"))
    return kind_rule("server", type, known, kind, {"room", "user"}, count + ", by its name");
  return type.empty()
             ? std::string()
             : kind_rule("server", type, "nothing", kind, {}, count + "; what it means is not known");
}

}  // namespace

std::optional<KeyedStyle> keyed_style(const std::vector<UnitSample>& conversations) {
  std::size_t all = 0;
  std::size_t json = 0;
  std::size_t pairs = 0;
  for (const UnitSample& conversation : conversations)
    for (const auto* const units : {&conversation.client, &conversation.server})
      for (const std::string& unit : *units) {
        ++all;
        json += std::size_t{unit.starts_with('{') && described::is_json(unit)};
        pairs +=
            std::size_t{std::ranges::count(unit, '=') >= 2 && values_of(unit, KeyedStyle::pairs).size() >= 2};
      }
  if (all == 0) return std::nullopt;
  if (json * 10 >= all * 8) return KeyedStyle::json;
  if (pairs * 10 >= all * 5) return KeyedStyle::pairs;
  return std::nullopt;
}

std::string keyed_rules(const std::vector<UnitSample>& conversations, KeyedStyle style) {
  std::set<std::string> said;
  std::map<std::string_view, std::size_t> key_counts;
  std::size_t unit_count = 0;
  for (const UnitSample& conversation : conversations)
    for (const std::string& unit : conversation.client) said.insert(values_of(unit, style)["text"]);
  std::set<std::string> copied;
  Kinds client;
  Kinds server;
  for (const UnitSample& conversation : conversations)
    for (const std::string& unit : conversation.server)
      if (const std::string text = values_of(unit, style)["text"]; !text.empty() && said.contains(text))
        copied.insert(text);
  constexpr std::size_t kKindCountMax = 40;
  for (const UnitSample& conversation : conversations)
    for (const bool is_client : {true, false})
      for (const std::string& unit : is_client ? conversation.client : conversation.server) {
        Values values = values_of(unit, style);
        ++unit_count;
        for (const KeyRole& role : key_roles())
          for (const std::string_view key : role.keys)
            if (value_of(unit, key, style)) ++key_counts[key];
        Kinds& kinds = is_client ? client : server;
        const std::string type = values["type"].substr(0, 64);
        if (kinds.size() >= kKindCountMax && !kinds.contains(type)) continue;
        Kind& kind = kinds[type];
        ++kind.count;
        for (const auto& [field, value] : values)
          if (!value.empty()) ++kind.fields[field];
        if (!values["text"].empty() && copied.contains(values["text"])) ++kind.copied;
      }
  std::string toml = style == KeyedStyle::json ? "# The units are JSON objects.\n[fields]\n"
                                               : "# The units are key=value pairs.\n[fields]\n";
  for (const KeyRole& role : key_roles()) {
    std::string ways;
    std::string why;
    for (const std::string_view key : role.keys) {
      if (!key_counts.contains(key)) continue;
      ways +=
          (ways.empty() ? "" : ", ") + (style == KeyedStyle::json ? "{ json = \"/" + std::string(key) + "\" }"
                                                                  : "{ key = \"" + std::string(key) + "\" }");
      why += (why.empty() ? "" : ", ") + std::to_string(key_counts[key]);
    }
    if (!ways.empty())
      toml += std::string(role.field) + " = [" + ways + "]  # in " + why + " of " +
              plural(unit_count, "unit") + '\n';
  }
  toml += "\n# Used only by messages that name neither room nor recipient.\n[rooms]\neveryone = \"chat\"\n";
  for (const auto& [type, kind] : client) toml += client_rule(type, kind);
  for (const auto& [type, kind] : server) toml += server_rule(type, kind);
  return toml;
}

}  // namespace plaintalk::analyzer
