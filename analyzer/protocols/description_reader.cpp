#include "analyzer/protocols/description_reader.hpp"

#include <algorithm>
#include <sstream>

#include "analyzer/protocols/rule_reader.hpp"
#include "analyzer/protocols/toml_part.hpp"
#include "base/toml_depth.hpp"

namespace plaintalk::analyzer {
namespace {

using described::Description;
using described::Framing;

void read_ports(TomlPart& part, Description& description) {
  const toml::node* const node = part.take("ports");
  if (node == nullptr)
    return part.fault("ports is missing: ports = [5555], the ports that servers listen on");
  const auto add = [&](const toml::node& port) {
    const auto number = port.value_exact<std::int64_t>();
    if (!number || *number < 1 || *number > 65535)
      return part.faults().add(port, "a port is a whole number from 1 to 65535");
    description.ports.push_back(static_cast<std::uint16_t>(*number));
  };
  const toml::array* const array = node->as_array();
  if (array == nullptr) return add(*node);
  if (array->empty() || array->size() > Description::kPortCountMax)
    return part.faults().add(*node,
                             "ports must name 1 to " + std::to_string(Description::kPortCountMax) + " ports");
  for (const toml::node& port : *array) add(port);
}

void read_length(TomlPart& part, Framing& framing) {
  const std::string order = part.text("order").value_or("big");
  framing.order = order == "little" ? Framing::Order::little
                  : order == "text" ? Framing::Order::text
                                    : Framing::Order::big;
  if (order != "big" && order != "little" && order != "text")
    part.fault("order must be \"big\" (network byte order), \"little\", or \"text\" for decimal digits");
  const bool is_text = framing.order == Framing::Order::text;
  const auto size = part.integer("length_bytes", 1, is_text ? 64 : 8);
  if (!part.has("length_bytes"))
    part.fault(
        "length_bytes is missing: how many bytes the length takes, 1, 2, 4 or 8; with order = \"text\" up to "
        "64");
  framing.prefix_size = static_cast<std::size_t>(size.value_or(4));
  if (!is_text && size && *size != 1 && *size != 2 && *size != 4 && *size != 8)
    part.fault("length_bytes must be 1, 2, 4 or 8");
  framing.prefix_offset = static_cast<std::size_t>(part.integer("length_at", 0, 64).value_or(0));
  framing.counts_itself = part.flag("counts_itself", false);
}

void read_framing(const toml::table* table, Faults& faults, Framing& framing) {
  if (table == nullptr) return;
  TomlPart part(*table, faults);
  const std::string by = part.text("by").value_or("newline");
  if (by == "newline") {
    framing.kind = Framing::Kind::newline;
  } else if (by == "delimiter") {
    framing.kind = Framing::Kind::delimiter;
    framing.delimiter = part.bytes("delimiter").value_or("");
    if (framing.delimiter.empty() || framing.delimiter.size() > 64)
      part.fault("delimiter must be 1 to 64 bytes that end each unit: delimiter = \"\\u0000\"");
  } else if (by == "length") {
    framing.kind = Framing::Kind::length;
    read_length(part, framing);
  } else if (by == "fixed") {
    framing.kind = Framing::Kind::fixed;
    if (!part.has("size")) part.fault("size is missing: how many bytes each unit has");
    framing.fixed_size = static_cast<std::size_t>(
        part.integer("size", 1, static_cast<std::int64_t>(Framing::kUnitSizeMax)).value_or(1));
  } else if (by == "idle") {
    framing.kind = Framing::Kind::idle;
    if (!part.has("idle_ms")) part.fault("idle_ms is missing: the pause that ends a unit, in milliseconds");
    framing.idle = Milliseconds(part.integer("idle_ms", 1, 3'600'000).value_or(1));
  } else if (by == "none") {
    framing.kind = Framing::Kind::none;
    framing.begins = part.pattern("begins");
  } else {
    part.fault("by must be newline, delimiter, length, fixed, idle or none, not '" + by + "'");
  }
  if (by == "newline" || by == "delimiter") {
    framing.body_size = part.pattern("body_size");
    if (framing.body_size) framing.body_end = part.bytes("body_end").value_or("");
    if (framing.body_end.size() > 64) part.fault("body_end must be at most 64 bytes");
  }
  framing.unit_size_max = static_cast<std::size_t>(
      part.integer("unit_max", 1, static_cast<std::int64_t>(Framing::kUnitSizeMax)).value_or(64 << 10));
  part.finish(
      "by, unit_max; newline and delimiter: delimiter, body_size, body_end; length: length_bytes, order, "
      "length_at, counts_itself; fixed: size; idle: idle_ms; none: begins");
}

void read_rooms(const toml::table* table, Faults& faults, described::Rooms& rooms) {
  if (table == nullptr) return;
  TomlPart part(*table, faults);
  rooms.everyone = part.text("everyone").value_or("");
  rooms.echo = part.flag("echo", false);
  rooms.separator = part.text("separator").value_or("");
  rooms.one_word = part.text("one_word").value_or("");
  rooms.more_words = part.text("more_words").value_or("");
  if ((!rooms.one_word.empty() || !rooms.more_words.empty()) && rooms.separator.empty())
    part.fault("one_word and more_words need separator, which stands between the words of a room's name");
  part.finish("everyone, echo, separator, one_word, more_words");
}

void read_split(const toml::table* table, Faults& faults, Description& description) {
  if (table == nullptr) return;
  TomlPart part(*table, faults);
  const auto read = [&](std::string_view key, std::string& separator) {
    const auto value = part.bytes(key);
    if (!value) return;
    if (value->empty() || value->size() > 64)
      return part.fault(std::string(key) + " must be 1 to 64 bytes, such as \" \" or \"|\"");
    separator = *value;
  };
  read("words", description.separator);
  read("pairs", description.pair_separator);
  read("key", description.key_separator);
  part.finish("words, pairs, key");
}

void read_all(const toml::table& root, Faults& faults, Description& description) {
  TomlPart part(root, faults);
  if (const auto name = part.text("name")) description.name = *name;
  const auto is_good = [](char c) {
    return (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c == '-' || c == '_' || c == '.';
  };
  if (description.name.empty() || description.name.size() > 32 ||
      !std::ranges::all_of(description.name, is_good))
    part.fault(
        "name must be 1 to 32 of a-z, 0-9, '-', '_' and '.'; it stands in the column `protocol`: "
        "name = \"my-chat\"");
  if (description.name == "plaintalk")
    part.fault("name must not be plaintalk: that is read without a description");
  description.title = part.text("title").value_or(description.name);
  read_ports(part, description);
  read_framing(part.part("framing"), faults, description.framing);
  read_split(part.part("split"), faults, description);
  read_fields(part.part("fields"), faults, description);
  read_rooms(part.part("rooms"), faults, description.rooms);
  const auto verb = part.text("verb");
  description.verb = find_field(description, verb.value_or("verb"));
  if (verb && !description.verb) part.fault("verb names no field: '" + *verb + "'");
  read_rules(part.take("rule"), faults, description);
  part.finish("name, title, ports, verb, [framing], [split], [fields], [rooms], [[rule]]");
}

std::string name_of_file(const std::string& file) {
  std::string name = file.substr(file.rfind('/') + 1);
  if (name.ends_with(".toml")) name.resize(name.size() - 5);
  return name;
}

}  // namespace

std::expected<Description, std::vector<std::string>> read_description(std::string_view text,
                                                                      const std::string& file) {
  if (text.size() > kDescriptionSizeMax)
    return std::unexpected(std::vector{file + ": a description is at most " +
                                       std::to_string(kDescriptionSizeMax >> 10U) + " KiB"});
  Description description;
  description.name = name_of_file(file);
  Faults faults(file, kFaultCountMax);
  if (const auto deep = too_deep_for_parser(text)) {
    faults.add(static_cast<std::uint32_t>(deep->line), deep->text);
    return std::unexpected(faults.take());
  }
  try {
    read_all(toml::parse(text), faults, description);
  } catch (const toml::parse_error& error) {
    faults.add(error.source().begin.line, std::string(error.description()) + "; see docs/PROTOCOLS.md");
  }
  if (!faults.none()) return std::unexpected(faults.take());
  return description;
}

}  // namespace plaintalk::analyzer
