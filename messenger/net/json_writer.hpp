// Writes the members of one JSON object into memory that is large enough for them: a line is measured once,
// for the worst case, and then written without a look at how much room is left.
//
//   size_max = JsonWriter::member_size_max("room", room) + ...
//   JsonWriter(place).member("room", room)...
#pragma once

#include <charconv>
#include <cstddef>
#include <cstdint>
#include <cstring>
#include <span>
#include <string_view>
#include <type_traits>

#include "base/byte_word.hpp"
#include "messenger/core/server_events.hpp"

namespace plaintalk::messenger {

class JsonWriter {
 public:
  explicit JsonWriter(char* place) : at_(place) {}

  // Behind what was written last.
  char* end() const { return at_; }

  // As it is: no escaping, no quotes.
  void raw(std::string_view text) {
    std::memcpy(at_, text.data(), text.size());
    at_ += text.size();
  }

  // ,"name":value
  template <std::size_t kNameSize, class Value>
  void member(const char (&name)[kNameSize], const Value& value) {
    raw(",\"");
    raw({name, kNameSize - 1});
    raw("\":");
    put(value);
  }
  template <std::size_t kNameSize, class Value>
  static std::size_t member_size_max(const char (&)[kNameSize], const Value& value) {
    return kNameSize - 1 + 4 + size_max(value);
  }

 private:
  using Connections = std::span<const ConnectionId>;
  static constexpr std::size_t kDigitsMax = 20;

  // A byte becomes six at most: \u001f. Short text is stored as a whole word.
  static std::size_t size_max(std::string_view text) { return 6 * text.size() + 2 + word::kSize; }
  static std::size_t size_max(Connections ids) { return 2 + ids.size() * (kDigitsMax + 1); }
  template <class Value>
  requires std::is_unsigned_v<Value>
  static std::size_t size_max(Value) { return kDigitsMax; }

  // Not 0x20 to 0x7E, '"' or '\': what stands for itself both in JSON and on a terminal is all the rest, and
  // so is nearly all text.
  static bool has_special(std::uint64_t word) {
    return ((word | (word - word::kOnes * 0x20) | (word + word::kOnes)) & word::kHighBits) != 0 ||
           (word::zeros(word ^ word::kOnes * '"') | word::zeros(word ^ word::kOnes * '\\')) != 0;
  }

  void put(std::string_view text) {
    char* const begin = at_;
    *at_++ = '"';
    std::size_t done = 0;
    std::uint64_t word = 0;
    for (; text.size() - done >= word::kSize; done += word::kSize) {
      word = word::load(text.data() + done);
      if (has_special(word)) return put_escaped(begin, text);
      word::store(at_ + done, word);
    }
    // The rest with spaces behind it.
    const std::size_t rest = text.size() - done;
    word = word::load_short(text.data() + done, rest) | word::kOnes * ' ' << 8 * rest;
    if (has_special(word)) return put_escaped(begin, text);
    word::store(at_ + done, word);
    at_ += text.size();
    *at_++ = '"';
  }
  void put_escaped(char* place, std::string_view text);

  template <class Value>
  requires std::is_unsigned_v<Value>
  void put(Value value) {
    if constexpr (std::is_same_v<Value, bool>)
      raw(value ? std::string_view("true") : std::string_view("false"));
    else
      at_ = std::to_chars(at_, at_ + kDigitsMax, value).ptr;
  }

  void put(Connections ids) {
    *at_++ = '[';
    for (std::size_t index = 0; index < ids.size(); ++index) {
      if (index > 0) *at_++ = ',';
      put(static_cast<std::uint64_t>(ids[index]));
    }
    *at_++ = ']';
  }

  char* at_;
};

}  // namespace plaintalk::messenger
