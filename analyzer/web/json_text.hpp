// Writes JSON (RFC 8259) into a string, member by member, without building a tree first. Strings must be
// UTF-8.
#pragma once

#include <charconv>
#include <concepts>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <utility>

#include "base/time.hpp"

namespace plaintalk::analyzer::web {

class JsonText {
 public:
  JsonText& open(char bracket) {
    separate();
    text_ += bracket;
    is_first_ = true;
    return *this;
  }
  JsonText& close(char bracket) {
    text_ += bracket;
    is_first_ = false;
    return *this;
  }
  JsonText& key(std::string_view name) {
    separate();
    quote(name);
    text_ += ':';
    is_first_ = true;
    return *this;
  }
  JsonText& value(std::string_view text) {
    separate();
    quote(text);
    return *this;
  }
  template <std::integral Number>
  JsonText& value(Number number) {
    separate();
    if constexpr (std::same_as<Number, bool>) {
      text_ += number ? "true" : "false";
    } else {
      char digits[24];
      text_.append(digits, std::to_chars(digits, digits + sizeof digits, number).ptr);
    }
    return *this;
  }
  // Milliseconds since the epoch, with microseconds behind the point.
  JsonText& value(WallTime time) { return milliseconds(time.time_since_epoch()); }
  JsonText& value(Nanoseconds span) { return milliseconds(span); }
  template <typename Value>
  JsonText& value(const std::optional<Value>& maybe) {
    if (maybe) return value(*maybe);
    separate();
    text_ += "null";
    return *this;
  }
  template <typename Value>
  JsonText& member(std::string_view name, const Value& is) {
    return key(name).value(is);
  }

  std::string take() { return std::move(text_); }

 private:
  JsonText& milliseconds(Nanoseconds span) {
    separate();
    std::int64_t microseconds = span.count() / 1000;
    if (microseconds < 0) {
      text_ += '-';
      microseconds = -microseconds;
    }
    const std::string part = std::to_string(1000 + microseconds % 1000);
    text_ += std::to_string(microseconds / 1000) + '.' + part.substr(1);
    return *this;
  }
  void separate() {
    if (!is_first_) text_ += ',';
    is_first_ = false;
  }
  void quote(std::string_view text) {
    text_ += '"';
    for (const char c : text) {
      if (c == '"' || c == '\\') {
        text_ += '\\';
        text_ += c;
      } else if (static_cast<unsigned char>(c) < 0x20) {
        constexpr std::string_view kDigits = "0123456789abcdef";
        const auto byte = static_cast<unsigned char>(c);
        text_ += "\\u00";
        text_ += kDigits[byte >> 4U];
        text_ += kDigits[byte & 15U];
      } else {
        text_ += c;
      }
    }
    text_ += '"';
  }

  std::string text_;
  bool is_first_ = true;
};

}  // namespace plaintalk::analyzer::web
