// One table of a description: hands out its values, and tells what is wrong with the file, line and remedy.
#pragma once

#include <cstdint>
#include <optional>
#include <set>
#include <string>
#include <string_view>
#include <vector>

#include <toml++/toml.h>

#include "analyzer/protocols/re2_pattern.hpp"

namespace plaintalk::analyzer {

// Where faults go: "FILE:LINE: what".
class Faults {
 public:
  Faults(std::string file, std::size_t count_max) : file_(std::move(file)), count_max_(count_max) {}
  void add(const toml::node& at, const std::string& text) { add(at.source().begin.line, text); }
  void add(std::uint32_t line, const std::string& text) {
    if (++count_ <= count_max_) lines_.push_back(file_ + ':' + std::to_string(line) + ": " + text);
    if (count_ == count_max_ + 1) lines_.push_back(file_ + ": there is more that is wrong");
  }
  // Counts the regular expressions of the file.
  bool may_have_pattern() { return ++pattern_count_ <= kPatternCountMax; }
  bool none() const { return count_ == 0; }
  std::vector<std::string> take() { return std::move(lines_); }

 private:
  std::string file_;
  std::size_t count_max_;
  std::size_t count_ = 0;
  std::size_t pattern_count_ = 0;
  std::vector<std::string> lines_;
};

class TomlPart {
 public:
  TomlPart(const toml::table& table, Faults& faults) : table_(table), faults_(faults) {}

  const toml::table& table() const { return table_; }
  void fault(const std::string& text) const { faults_.add(table_, text); }
  const toml::node* take(std::string_view key) {
    known_.insert(std::string(key));
    return table_.get(key);
  }
  bool has(std::string_view key) const { return table_.get(key) != nullptr; }

  std::optional<std::string> text(std::string_view key) {
    const toml::node* const node = take(key);
    if (node == nullptr) return std::nullopt;
    if (const auto value = node->value_exact<std::string>()) return *value;
    faults_.add(*node, std::string(key) + " must be a text in quotation marks");
    return std::nullopt;
  }
  // A text, or { hex = "0d0a" } for bytes that are none.
  std::optional<std::string> bytes(std::string_view key) {
    const toml::node* const node = take(key);
    if (node == nullptr) return std::nullopt;
    if (const auto value = node->value_exact<std::string>()) return *value;
    const toml::table* const inner = node->as_table();
    const auto digits = inner == nullptr ? std::nullopt : (*inner)["hex"].value_exact<std::string>();
    const auto value = digits ? from_digits(*digits) : std::nullopt;
    if (value && inner->size() == 1) return value;
    faults_.add(*node,
                std::string(key) + " must be a text, or { hex = \"0d0a\" } with two digits for each byte");
    return std::nullopt;
  }
  std::optional<std::int64_t> integer(std::string_view key, std::int64_t from, std::int64_t to) {
    const toml::node* const node = take(key);
    if (node == nullptr) return std::nullopt;
    const auto value = node->value_exact<std::int64_t>();
    if (value && *value >= from && *value <= to) return value;
    faults_.add(*node, std::string(key) + " must be a whole number from " + std::to_string(from) + " to " +
                           std::to_string(to));
    return std::nullopt;
  }
  bool flag(std::string_view key, bool otherwise) {
    const toml::node* const node = take(key);
    if (node == nullptr) return otherwise;
    const auto value = node->value_exact<bool>();
    if (!value) faults_.add(*node, std::string(key) + " must be true or false");
    return value.value_or(otherwise);
  }
  described::PatternPtr pattern(std::string_view key) {
    const auto value = text(key);
    if (!value) return nullptr;
    if (!faults_.may_have_pattern()) {
      faults_.add(*table_.get(key),
                  "there are at most " + std::to_string(kPatternCountMax) + " regular expressions");
      return nullptr;
    }
    auto made = make_pattern(*value);
    if (made) return *made;
    faults_.add(*table_.get(key), std::string(key) + ' ' + made.error());
    return nullptr;
  }
  const toml::table* part(std::string_view key) {
    const toml::node* const node = take(key);
    if (node != nullptr && !node->is_table())
      faults_.add(*node, std::string(key) + " must be a table: [" + std::string(key) + "]");
    return node == nullptr ? nullptr : node->as_table();
  }
  // Whatever was not asked for is a word that nobody knows.
  void finish(std::string_view known) const {
    for (const auto& [key, node] : table_)
      if (!known_.contains(std::string(key.str())))
        faults_.add(node, "nobody knows the word '" + std::string(key.str()) +
                              "' here; there are: " + std::string(known));
  }
  Faults& faults() const { return faults_; }

 private:
  static std::optional<std::string> from_digits(const std::string& digits) {
    const auto digit = [](char c) {
      return c >= '0' && c <= '9'                     ? c - '0'
             : (c | 0x20) >= 'a' && (c | 0x20) <= 'f' ? (c | 0x20) - 'a' + 10
                                                      : -1;
    };
    std::string bytes;
    if (digits.size() % 2 != 0) return std::nullopt;
    for (std::size_t i = 0; i < digits.size(); i += 2) {
      if (digit(digits[i]) < 0 || digit(digits[i + 1]) < 0) return std::nullopt;
      bytes += static_cast<char>(digit(digits[i]) * 16 + digit(digits[i + 1]));
    }
    return bytes;
  }

  const toml::table& table_;
  Faults& faults_;
  std::set<std::string> known_;
};

}  // namespace plaintalk::analyzer
