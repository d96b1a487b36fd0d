// Accounts, rooms and targets (docs/PROTOCOL.md, section 3), and the %XX escaping of tokens.
#pragma once

#include <optional>
#include <string>
#include <string_view>

namespace plaintalk {

// The name in lower case, or nothing when it is not one.
std::optional<std::string> fold_account(std::string_view text);
std::optional<std::string> fold_room(std::string_view text);  // with its '#'
std::optional<std::string> fold_device(std::string_view text);

// What a command is aimed at: "#room", "@account", or a whole direct conversation "@alice,bob".
struct Target {
  enum class Kind : unsigned char { room, account, conversation };
  Kind kind{};
  std::string name;  // folded: "#lab", "bob" (without '@'), "@alice,bob"
};
std::optional<Target> parse_target(std::string_view text);

// "@alice,bob": both accounts in alphabetical order.
std::string conversation_name(std::string_view a, std::string_view b);
// The two accounts of "@alice,bob"; nothing when it is not such a name.
struct Conversation {
  std::string_view first;
  std::string_view second;
};
std::optional<Conversation> parse_conversation(std::string_view name);

// Any bytes as one token: everything but printable ASCII, and also space, '%', '=' and a leading ':' or '{',
// becomes %XX.
std::string escape(std::string_view bytes);
// The reverse; nothing when a '%' is not followed by two hexadecimal digits.
std::optional<std::string> unescape(std::string_view token);

}  // namespace plaintalk
