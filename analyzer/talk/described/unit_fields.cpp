#include "analyzer/talk/described/unit_fields.hpp"

#include <algorithm>

#include "analyzer/talk/described/json_pointer.hpp"
#include "base/text.hpp"

namespace plaintalk::analyzer::described {
namespace {

std::string number_text(std::string_view bytes, bool is_big) {
  std::uint64_t value = 0;
  for (std::size_t i = 0; i < bytes.size(); ++i)
    value = value << 8U | static_cast<unsigned char>(bytes[is_big ? i : bytes.size() - 1 - i]);
  return std::to_string(value);
}

std::string masked(std::string_view text, std::string_view secret) {
  std::string shown;
  for (;;) {
    const std::size_t at = text.find(secret);
    shown += text.substr(0, at);
    if (at == text.npos) return shown;
    shown += "******";
    text.remove_prefix(at + secret.size());
  }
}

}  // namespace

const std::optional<std::string>& UnitFields::field(std::size_t index) const {
  Slot& slot = values_[index];
  if (slot.is_known) return slot.value;
  slot.is_known = true;
  for (const FieldSource& source : description_.fields[index].sources)
    if ((slot.value = find(source))) break;
  return slot.value;
}

std::optional<std::string> UnitFields::find(const FieldSource& source) const {
  using Kind = FieldSource::Kind;
  switch (source.kind) {
    case Kind::unit: return std::string(unit_.content);
    case Kind::body:
      return unit_.body.data() == nullptr ? std::nullopt : std::optional<std::string>(unit_.body);
    case Kind::number: return number_ == 0 ? std::nullopt : std::optional(std::to_string(number_));
    case Kind::word:
    case Kind::rest: return word(source);
    case Kind::key: return key_value(source.name);
    case Kind::json: return json_value(unit_.content, source.name);
    case Kind::pattern: {
      const auto match = source.pattern->find(unit_.content);
      return match ? std::optional<std::string>(match->group) : std::nullopt;
    }
    case Kind::bytes: break;
  }
  if (source.index > unit_.content.size()) return std::nullopt;
  std::string_view bytes = unit_.content.substr(source.index);
  if (source.size > bytes.size()) return std::nullopt;
  if (source.size > 0) bytes = bytes.substr(0, source.size);
  switch (source.form) {
    case FieldSource::Form::text: break;
    case FieldSource::Form::big: return number_text(bytes, true);
    case FieldSource::Form::little: return number_text(bytes, false);
    case FieldSource::Form::hex: return hex(bytes);
  }
  return std::string(bytes.substr(0, std::min(bytes.find_last_not_of('\0') + 1, bytes.size())));
}

std::optional<std::string> UnitFields::word(const FieldSource& source) const {
  const std::string_view separator = description_.separator;
  const bool folds = separator == " ";
  std::string_view text = unit_.content;
  for (std::size_t index = 0;; ++index) {
    while (folds && text.starts_with(' ')) text.remove_prefix(1);
    if (folds && text.empty()) return std::nullopt;
    const std::size_t end = text.find(separator);
    if (index == source.index)
      return std::string(source.kind == FieldSource::Kind::rest ? text : text.substr(0, end));
    if (end == text.npos) return std::nullopt;
    text.remove_prefix(end + separator.size());
  }
}

std::optional<std::string> UnitFields::key_value(std::string_view key) const {
  std::string_view text = unit_.content;
  for (;;) {
    const std::size_t end = text.find(description_.pair_separator);
    const std::string_view pair = text.substr(0, end);
    if (pair.starts_with(key) && pair.substr(key.size()).starts_with(description_.key_separator)) {
      std::string_view value = pair.substr(key.size() + description_.key_separator.size());
      // In quotation marks it may hold the separator.
      if (value.starts_with('"')) {
        value = text.substr(static_cast<std::size_t>(value.data() - text.data()) + 1);
        return std::string(value.substr(0, value.find('"')));
      }
      return std::string(value);
    }
    if (end == text.npos) return std::nullopt;
    text.remove_prefix(end + description_.pair_separator.size());
  }
}

std::optional<std::string> UnitFields::value(const Rule& rule, Role role) const {
  const std::optional<RoleValue>& source = rule.role(role);
  if (!source) return std::nullopt;
  return source->field ? field(*source->field) : std::optional(source->text);
}

bool UnitFields::holds(const Condition& condition) const {
  const std::optional<std::string>& value = field(condition.field);
  if (!value) return false;
  if (condition.matches) return condition.matches->find(*value).has_value();
  return std::ranges::find(condition.equals, *value) != condition.equals.end();
}

const Rule* UnitFields::rule(Direction direction) const {
  for (const Rule& rule : description_.rules) {
    if (rule.from && *rule.from != direction) continue;
    if (std::ranges::all_of(rule.when, [&](const Condition& condition) { return holds(condition); }))
      return &rule;
  }
  return nullptr;
}

std::string UnitFields::render(std::string_view secret) const {
  std::string text;
  for (std::size_t i = 0; i < description_.fields.size(); ++i) {
    if (description_.verb == i || !description_.fields[i].is_shown) continue;
    std::optional<std::string> value = field(i);
    if (!value) continue;
    // In the whole unit it may stand in another form, such as with escapes.
    const auto& sources = description_.fields[i].sources;
    const bool is_whole = std::ranges::any_of(
        sources, [](const FieldSource& source) { return source.kind == FieldSource::Kind::unit; });
    if (!secret.empty()) value = is_whole ? "******" : masked(*value, secret);
    if (value->size() > kShownSizeMax) value->replace(kShownSizeMax, value->npos, "...");
    if (!text.empty()) text += ' ';
    text += description_.fields[i].name + '=' + *value;
  }
  return text;
}

}  // namespace plaintalk::analyzer::described
