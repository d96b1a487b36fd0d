#include "analyzer/protocols/rule_reader.hpp"

#include <algorithm>
#include <string>
#include <utility>

namespace plaintalk::analyzer {
namespace {

using described::Condition;
using described::Description;
using described::Field;
using described::FieldSource;
using described::Meaning;
using described::Role;
using described::Rule;

constexpr std::string_view kSources =
    "word, from_word, key, json, regex, bytes_at with bytes and as; or several in [ ]";

std::optional<FieldSource> read_source(const toml::node& node, Faults& faults) {
  const toml::table* const table = node.as_table();
  if (table == nullptr) {
    faults.add(node, "a field is a table such as { word = 1 }; there are: " + std::string(kSources));
    return std::nullopt;
  }
  TomlPart part(*table, faults);
  FieldSource source;
  using Kind = FieldSource::Kind;
  int count = 0;
  constexpr std::int64_t kWordMax = 10'000;
  for (const auto& [key, kind] : {std::pair("word", Kind::word), std::pair("from_word", Kind::rest)})
    if (part.has(key)) {
      ++count;
      source.kind = kind;
      source.index = static_cast<std::size_t>(part.integer(key, 1, kWordMax).value_or(1) - 1);
    }
  for (const auto& [key, kind] : {std::pair("key", Kind::key), std::pair("json", Kind::json)})
    if (part.has(key)) {
      ++count;
      source.kind = kind;
      source.name = part.text(key).value_or("");
      if (kind == Kind::key && source.name.empty()) part.fault("key must not be empty");
      if (kind == Kind::json && !source.name.empty() && !source.name.starts_with('/'))
        part.fault("json is a pointer (RFC 6901) that begins with a slash: json = \"/user/name\"");
    }
  if (part.has("regex")) {
    ++count;
    source.kind = Kind::pattern;
    source.pattern = part.pattern("regex");
    if (!source.pattern) return std::nullopt;
  }
  if (part.has("bytes_at")) {
    ++count;
    source.kind = Kind::bytes;
    source.index = static_cast<std::size_t>(part.integer("bytes_at", 0, 1 << 24).value_or(0));
    source.size = static_cast<std::size_t>(part.integer("bytes", 1, 1 << 24).value_or(0));
    const std::string as = part.text("as").value_or("text");
    using Form = FieldSource::Form;
    source.form = as == "big"      ? Form::big
                  : as == "little" ? Form::little
                  : as == "hex"    ? Form::hex
                                   : Form::text;
    if (as != "text" && as != "big" && as != "little" && as != "hex")
      part.fault("as must be text, big or little (a number of 1 to 8 bytes), or hex");
    if ((as == "big" || as == "little") && (source.size < 1 || source.size > 8))
      part.fault("a number has 1 to 8 bytes: { bytes_at = 0, bytes = 2, as = \"big\" }");
  }
  if (count != 1) part.fault("a field is found in one way; there are: " + std::string(kSources));
  part.finish(kSources);
  return source;
}

// Fields that every unit has.
std::optional<FieldSource::Kind> builtin_kind(std::string_view name) {
  if (name == "unit") return FieldSource::Kind::unit;
  if (name == "body") return FieldSource::Kind::body;
  if (name == "number") return FieldSource::Kind::number;
  return std::nullopt;
}

std::optional<std::size_t> field_named(Description& description, std::string_view name) {
  if (const auto known = find_field(description, name)) return known;
  const auto kind = builtin_kind(name);
  if (!kind) return std::nullopt;
  Field field;
  field.name = name;
  field.is_shown = false;
  field.sources.push_back({});
  field.sources.back().kind = *kind;
  description.fields.push_back(std::move(field));
  return description.fields.size() - 1;
}

std::string field_names(const Description& description) {
  std::string names = "unit, body, number";
  for (const Field& field : description.fields)
    if (!builtin_kind(field.name)) names += ", " + field.name;
  return names;
}

void unknown_field(const toml::node& at, std::string_view name, Faults& faults,
                   const Description& description) {
  faults.add(at, "there is no field '" + std::string(name) + "'; there are: " + field_names(description));
}

std::optional<std::string> condition_text(const toml::node& node) {
  if (const auto text = node.value_exact<std::string>()) return text;
  if (const auto number = node.value_exact<std::int64_t>()) return std::to_string(*number);
  return std::nullopt;
}

void read_condition(const std::string& name, const toml::node& node, Faults& faults, Description& description,
                    Rule& rule) {
  Condition condition;
  const auto field = field_named(description, name);
  if (!field) return unknown_field(node, name, faults, description);
  condition.field = *field;
  if (const toml::table* const table = node.as_table()) {
    TomlPart part(*table, faults);
    condition.matches = part.pattern("matches");
    if (!part.has("matches"))
      part.fault("write what " + name + " must be, or { matches = 'regular expression' }");
    part.finish("matches");
  } else if (const toml::array* const array = node.as_array()) {
    for (const toml::node& entry : *array)
      if (const auto text = condition_text(entry)) {
        condition.equals.push_back(*text);
      } else {
        faults.add(entry, "a condition lists texts and whole numbers");
      }
    if (array->size() > 100)
      faults.add(node, "a condition lists at most 100 values; use { matches = '...' }");
  } else if (const auto text = condition_text(node)) {
    condition.equals.push_back(*text);
  } else {
    faults.add(node, "a condition is a text, a whole number, a list of them, or { matches = '...' }");
  }
  rule.when.push_back(std::move(condition));
}

void read_role(Role role, std::string_view key, const toml::node& node, Faults& faults,
               Description& description, Rule& rule) {
  described::RoleValue value;
  if (const auto name = node.value_exact<std::string>()) {
    value.field = field_named(description, *name);
    if (!value.field) return unknown_field(node, *name, faults, description);
    description.fields[*value.field].is_shown = true;
  } else {
    const toml::table* const table = node.as_table();
    const auto text = table == nullptr ? std::nullopt : (*table)["text"].value_exact<std::string>();
    if (!text || table->size() != 1)
      return faults.add(node,
                        std::string(key) + " must be the name of a field, or { text = \"always this\" }");
    value.text = *text;
  }
  rule.roles[static_cast<std::size_t>(role)] = std::move(value);
}

// What a rule must say for what it is.
void check_roles(const Rule& rule, const Description& description, Faults& faults) {
  const auto has = [&](Role role) { return rule.role(role).has_value(); };
  const auto need = [&](bool is_there, std::string_view what) {
    if (!is_there)
      faults.add(rule.line, "a " + std::string(name_of(rule.meaning)) + " needs " + std::string(what));
  };
  switch (rule.meaning) {
    case Meaning::login: return need(has(Role::user) || has(Role::secret), "user, or secret");
    case Meaning::secret: return need(has(Role::secret), "secret");
    case Meaning::rename:
      return need(has(Role::user) && has(Role::name), "user, the old name, and name, the new one");
    case Meaning::join: return need(has(Role::room), "room");
    case Meaning::presence: return need(has(Role::user), "user");
    case Meaning::message:
    case Meaning::delivery:
      need(has(Role::text) || has(Role::id), "text, or id");
      return need(has(Role::room) || has(Role::to) || !description.rooms.everyone.empty(),
                  "room or to; or [rooms] everyone = \"chat\", when all are in one room");
    case Meaning::file_begin: return need(has(Role::file) || has(Role::name), "file or name");
    case Meaning::file_chunk: return need(has(Role::data), "data");
    case Meaning::nothing:
    case Meaning::accepted:
    case Meaning::refused:
    case Meaning::leave:
    case Meaning::ack:
    case Meaning::file_end: return;
  }
}

void read_rule(const toml::table& table, Faults& faults, Description& description) {
  TomlPart part(table, faults);
  Rule rule;
  rule.line = table.source().begin.line;
  if (const auto from = part.text("from")) {
    if (*from != "client" && *from != "server") part.fault("from must be \"client\" or \"server\"");
    rule.from = *from == "client" ? Direction::client_to_server : Direction::server_to_client;
  }
  const std::string is = part.text("is").value_or("");
  const auto meaning = described::meaning_of(is);
  if (!meaning) part.fault("is must say what the unit means: " + described::meaning_names());
  rule.meaning = meaning.value_or(Meaning::nothing);
  if (const toml::table* const when = part.part("when")) {
    for (const auto& [name, node] : *when)
      read_condition(std::string(name.str()), node, faults, description, rule);
    if (rule.when.size() > Description::kConditionCountMax)
      part.fault("when has at most " + std::to_string(Description::kConditionCountMax) + " conditions");
  }
  const std::string encoding = part.text("encoding").value_or("raw");
  using Encoding = Rule::Encoding;
  rule.encoding = encoding == "base64" ? Encoding::base64 : encoding == "hex" ? Encoding::hex : Encoding::raw;
  if (encoding != "raw" && encoding != "base64" && encoding != "hex")
    part.fault("encoding must be raw, base64 or hex");
  for (const auto& [key, node] : table)
    if (const auto role = described::role_of(key.str())) {
      part.take(key.str());
      read_role(*role, key.str(), node, faults, description, rule);
    }
  part.finish(
      "from, when, is, encoding, user, secret, name, room, to, text, id, file, size, offset, sha256, data");
  if (meaning) check_roles(rule, description, faults);
  description.rules.push_back(std::move(rule));
}

}  // namespace

std::optional<std::size_t> find_field(const Description& description, std::string_view name) {
  const auto found = std::ranges::find(description.fields, name, &Field::name);
  if (found == description.fields.end()) return std::nullopt;
  return static_cast<std::size_t>(found - description.fields.begin());
}

void read_fields(const toml::table* table, Faults& faults, Description& description) {
  if (table == nullptr) return;
  if (table->size() > Description::kFieldCountMax)
    return faults.add(*table, "there are at most " + std::to_string(Description::kFieldCountMax) + " fields");
  // In the order of the file, which is how they are shown.
  std::vector<std::pair<std::string, const toml::node*>> entries;
  for (const auto& [key, node] : *table) entries.emplace_back(key.str(), &node);
  std::ranges::stable_sort(entries, [](const auto& a, const auto& b) {
    const toml::source_position& first = a.second->source().begin;
    const toml::source_position& second = b.second->source().begin;
    return first < second;
  });
  for (const auto& [key, place] : entries) {
    const toml::node& node = *place;
    Field field;
    field.name = key;
    if (builtin_kind(field.name)) {
      faults.add(node, "'" + field.name + "' is a field of every unit; take another name");
      continue;
    }
    const toml::array* const array = node.as_array();
    if (array != nullptr && (array->empty() || array->size() > Description::kSourceCountMax))
      faults.add(node,
                 "a field is looked for in 1 to " + std::to_string(Description::kSourceCountMax) + " ways");
    if (array == nullptr) {
      if (auto source = read_source(node, faults)) field.sources.push_back(std::move(*source));
    } else {
      for (const toml::node& entry : *array)
        if (auto source = read_source(entry, faults)) field.sources.push_back(std::move(*source));
    }
    description.fields.push_back(std::move(field));
  }
}

void read_rules(const toml::node* node, Faults& faults, Description& description) {
  if (node == nullptr) return;
  const toml::array* const array = node->as_array();
  if (array == nullptr || !array->is_homogeneous(toml::node_type::table))
    return faults.add(*node, "write [[rule]] with two brackets, once for each rule");
  if (array->size() > Description::kRuleCountMax)
    return faults.add(*node, "there are at most " + std::to_string(Description::kRuleCountMax) + " rules");
  for (const toml::node& entry : *array) read_rule(*entry.as_table(), faults, description);
}

}  // namespace plaintalk::analyzer
