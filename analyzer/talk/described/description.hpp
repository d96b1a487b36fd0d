// What somebody wrote down about a protocol that is not ours (docs/PROTOCOLS.md): how units are told apart in
// the stream, which fields they have, and what they mean. A plain value: whoever reads the file makes it.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "analyzer/stream/connection_record.hpp"

namespace plaintalk::analyzer::described {

// A regular expression, whoever provides it. Must take time in proportion to the text: the text is hostile.
class Pattern {
 public:
  virtual ~Pattern() = default;
  struct Match {
    std::size_t begin = 0;  // of the whole match
    std::size_t end = 0;
    std::string_view group;  // the first group that took part; the whole match when there is no group
    bool has_group = false;
  };
  // The first match at `from` or later.
  virtual std::optional<Match> find(std::string_view text, std::size_t from = 0) const = 0;
};
using PatternPtr = std::shared_ptr<const Pattern>;

struct Framing {
  enum class Kind : std::uint8_t {
    newline,    // LF; a CR before it is no part of the unit
    delimiter,  // other bytes that end a unit
    length,     // a number in front says how long the rest is
    fixed,      // all have the same size
    idle,       // a pause of the sender ends a unit
    none        // what each segment brings is a unit
  };
  enum class Order : std::uint8_t { big, little, text /* decimal digits, padded with blanks */ };
  static constexpr std::size_t kUnitSizeMax = 16 << 20;  // what unit_size_max may be

  Kind kind = Kind::newline;
  std::string delimiter = "\n";
  std::size_t prefix_size = 0;    // bytes of the length
  std::size_t prefix_offset = 0;  // bytes before it, part of the unit
  Order order = Order::big;
  bool counts_itself = false;  // the length and what is before it are counted
  std::size_t fixed_size = 0;
  Nanoseconds idle{0};
  // Of a unit that is a line: its group is the number of bytes that follow, which belong to the unit.
  PatternPtr body_size;
  std::string body_end;  // what ends those bytes
  // Where a message begins, when segments are the units: one that holds several is taken apart there. A group
  // must be the name of somebody who is there.
  PatternPtr begins;
  std::size_t unit_size_max = 64 << 10;
};

// One way to a field's value.
struct FieldSource {
  enum class Kind : std::uint8_t { unit, body, number, word, rest, key, json, pattern, bytes };
  Kind kind = Kind::unit;
  std::size_t index = 0;  // of the word, from 0; of the first byte
  std::size_t size = 0;   // bytes; 0: to the end
  std::string name;       // key, or JSON pointer (RFC 6901)
  PatternPtr pattern;
  enum class Form : std::uint8_t { text, big, little, hex } form = Form::text;
};

struct Field {
  std::string name;
  bool is_shown = true;              // in the arguments of pdus
  std::vector<FieldSource> sources;  // the first that gives something counts
};

// What a unit does.
enum class Meaning : std::uint8_t {
  nothing,     // known, and of no consequence
  login,       // client: I am `user` (with `secret`)
  accepted,    // server: the login is accepted
  refused,     // server: it is not
  secret,      // client: only the password
  rename,      // `user` is called `name` from here on
  join,        // client: I enter `room`; server: `user` has
  leave,       // the same, out of it
  presence,    // `user` is there (in `room`)
  message,     // client: `text` to `room` or `to`
  delivery,    // server: a copy of one
  ack,         // server: it has the message (`id`)
  file_begin,  // `file`: name, size, sha256
  file_chunk,  // `data` at `offset` of `file`
  file_end
};
std::optional<Meaning> meaning_of(std::string_view name);
std::string_view name_of(Meaning meaning);
std::string meaning_names();  // all, for an error message

enum class Role : std::uint8_t { user, secret, name, room, to, text, id, file, size, offset, sha256, data };
inline constexpr std::size_t kRoleCount = 12;
std::optional<Role> role_of(std::string_view name);

// Where a role's value comes from: a field, or a fixed text.
struct RoleValue {
  std::optional<std::size_t> field;
  std::string text;
};

struct Condition {
  std::size_t field = 0;
  std::vector<std::string> equals;  // any of these
  PatternPtr matches;               // or this
};

struct Rule {
  std::optional<Direction> from;
  std::vector<Condition> when;  // all of them
  Meaning meaning = Meaning::nothing;
  std::array<std::optional<RoleValue>, kRoleCount> roles;
  enum class Encoding : std::uint8_t { raw, base64, hex } encoding = Encoding::raw;  // of `data`
  std::uint32_t line = 0;                                                            // in the file

  const std::optional<RoleValue>& role(Role role) const { return roles[static_cast<std::size_t>(role)]; }
};

struct Rooms {
  std::string everyone;  // the room that everybody is in from the login on; empty: there is none
  bool echo = false;     // the sender gets a copy too
  // Names of rooms that somebody joined may stand for several: words between `separator`, any one word, all
  // further words.
  std::string separator;
  std::string one_word;
  std::string more_words;
};

struct Description {
  // What a description may hold (docs/LIMITS.md).
  static constexpr std::size_t kRuleCountMax = 256;
  static constexpr std::size_t kFieldCountMax = 64;
  static constexpr std::size_t kSourceCountMax = 8;  // of one field
  static constexpr std::size_t kConditionCountMax = 8;
  static constexpr std::size_t kPortCountMax = 64;

  std::string name;
  std::string title;
  std::vector<std::uint16_t> ports;
  Framing framing;
  std::string separator = " ";       // between words; several in a row count as one when it is a blank
  std::string pair_separator = " ";  // between key=value pairs
  std::string key_separator = "=";
  std::vector<Field> fields;
  std::optional<std::size_t> verb;  // the field that names what kind of unit it is
  std::vector<Rule> rules;          // the first that fits counts
  Rooms rooms;
};

}  // namespace plaintalk::analyzer::described
