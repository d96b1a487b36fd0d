#include "protocol/names.hpp"

#include <algorithm>

#include "protocol/byte_class.hpp"
#include "protocol/limits.hpp"

namespace plaintalk {
namespace {

char fold(char c) { return c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c; }

// `text` in lower case when it is 1 to size_max letters, digits, '_' and '-'.
std::optional<std::string> fold_word(std::string_view text, std::size_t size_max) {
  if (text.empty() || text.size() > size_max) return std::nullopt;
  std::string folded(text);
  for (char& c : folded) {
    if (!is_letter(c) && !is_digit(c) && c != '_' && c != '-') return std::nullopt;
    c = fold(c);
  }
  return folded;
}

unsigned hex_value(char c) { return static_cast<unsigned>(is_digit(c) ? c - '0' : fold(c) - 'a' + 10); }

}  // namespace

std::optional<std::string> fold_account(std::string_view text) {
  if (text.empty() || !is_letter(text.front())) return std::nullopt;
  return fold_word(text, kAccountSizeMax);
}

std::optional<std::string> fold_room(std::string_view text) {
  if (!text.starts_with('#')) return std::nullopt;
  const auto word = fold_word(text.substr(1), kRoomSizeMax);
  if (!word) return std::nullopt;
  return '#' + *word;
}

std::optional<std::string> fold_device(std::string_view text) { return fold_word(text, kDeviceSizeMax); }

std::optional<Target> parse_target(std::string_view text) {
  if (text.starts_with('#')) {
    auto room = fold_room(text);
    if (!room) return std::nullopt;
    return Target{Target::Kind::room, std::move(*room)};
  }
  if (!text.starts_with('@')) return std::nullopt;
  const std::string_view names = text.substr(1);
  const std::size_t comma = names.find(',');
  auto first = fold_account(names.substr(0, comma));
  if (!first) return std::nullopt;
  if (comma == names.npos) return Target{Target::Kind::account, std::move(*first)};
  const auto second = fold_account(names.substr(comma + 1));
  if (!second) return std::nullopt;
  return Target{Target::Kind::conversation, conversation_name(*first, *second)};
}

std::string conversation_name(std::string_view a, std::string_view b) {
  std::string name = "@";
  name += std::min(a, b);
  name += ',';
  name += std::max(a, b);
  return name;
}

std::optional<Conversation> parse_conversation(std::string_view name) {
  const auto target = parse_target(name);
  if (!target || target->kind != Target::Kind::conversation || target->name != name) return std::nullopt;
  const std::size_t comma = name.find(',');
  return Conversation{name.substr(1, comma - 1), name.substr(comma + 1)};
}

std::string escape(std::string_view bytes) {
  constexpr std::string_view kDigits = "0123456789ABCDEF";
  std::string token;
  token.reserve(bytes.size());
  for (const char c : bytes) {
    const bool marks_body = token.empty() && (c == ':' || c == '{');
    if (class_of(c) == ByteClass::plain && !marks_body) {
      token += c;
    } else {
      const auto byte = static_cast<std::uint8_t>(c);
      token += '%';
      token += kDigits[byte >> 4];
      token += kDigits[byte & 15];
    }
  }
  return token;
}

std::optional<std::string> unescape(std::string_view token) {
  std::string bytes;
  bytes.reserve(token.size());
  for (std::size_t at = 0; at < token.size(); ++at) {
    if (token[at] != '%') {
      bytes += token[at];
      continue;
    }
    if (!is_escape(token, at)) return std::nullopt;
    bytes += static_cast<char>(hex_value(token[at + 1]) << 4 | hex_value(token[at + 2]));
    at += 2;
  }
  return bytes;
}

}  // namespace plaintalk
