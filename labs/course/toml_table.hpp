// Reads the tables of a lab.toml: whatever is wrong is a line that says where, and what to write instead.
#pragma once

#include <cmath>
#include <cstdint>
#include <optional>
#include <set>
#include <string>
#include <string_view>
#include <vector>

#include <toml++/toml.h>

namespace plaintalk::labs {

// One table of the file. What was not asked for by the time it is done is a word that nobody knows: a typo.
class Table {
 public:
  Table(const toml::table& table, std::string what, std::vector<std::string>& faults)
      : table_(table), what_(std::move(what)), faults_(faults) {}

  std::uint32_t line() const { return table_.source().begin.line; }

  void fault(const toml::node* at, const std::string& text) const {
    const std::uint32_t line = at != nullptr ? at->source().begin.line : table_.source().begin.line;
    faults_.push_back("lab.toml:" + std::to_string(line) + ": " + what_ + text);
  }

  bool has(std::string_view key) const { return table_.get(key) != nullptr; }

  bool is_text(std::string_view key) const {
    return table_.get(key) != nullptr && table_.get(key)->is_string();
  }
  bool is_known(std::string_view key) const { return known_.contains(std::string(key)); }

  const toml::node* take(std::string_view key) {
    known_.insert(std::string(key));
    return table_.get(key);
  }

  std::string text(std::string_view key) {
    const toml::node* node = take(key);
    if (node == nullptr) return {};
    if (const auto value = node->value_exact<std::string>()) return *value;
    fault(node, std::string(key) + " must be a text in quotation marks");
    return {};
  }

  std::string required_text(std::string_view key) {
    if (table_.get(key) == nullptr) fault(nullptr, std::string(key) + " is missing");
    return text(key);
  }

  std::vector<std::string> texts(std::string_view key) {
    const toml::node* node = take(key);
    std::vector<std::string> all;
    if (node == nullptr) return all;
    const toml::array* array = node->as_array();
    if (array == nullptr) {
      fault(node, std::string(key) + " must be a list of texts: [\"...\", \"...\"]");
      return all;
    }
    for (const toml::node& entry : *array) {
      if (const auto value = entry.value_exact<std::string>())
        all.push_back(*value);
      else
        fault(&entry, std::string(key) + " must hold texts only");
    }
    return all;
  }

  // A whole number, or a text with {words} of the variant that becomes one.
  std::string number_text(std::string_view key) {
    const toml::node* node = take(key);
    if (node == nullptr) return {};
    const auto number = node->value_exact<std::int64_t>();
    if (number && *number >= 0) return std::to_string(*number);
    if (const auto value = node->value_exact<std::string>()) return *value;
    fault(node, std::string(key) + " must be a whole number or a \"{variant}\"");
    return {};
  }

  std::optional<std::int64_t> integer(std::string_view key, std::int64_t from, std::int64_t to) {
    const toml::node* node = take(key);
    if (node == nullptr) return std::nullopt;
    const auto value = node->value_exact<std::int64_t>();
    if (value && *value >= from && *value <= to) return value;
    fault(node, std::string(key) + " must be a whole number from " + std::to_string(from) + " to " +
                    std::to_string(to));
    return std::nullopt;
  }

  double number(std::string_view key) {
    const toml::node* node = take(key);
    if (node == nullptr) return 0;
    const auto value = node->value<double>();
    if (node->is_number() && value && *value >= 0 && std::isfinite(*value)) return *value;
    fault(node, std::string(key) + " must be a number, 0 or more");
    return 0;
  }

  bool flag(std::string_view key) {
    const toml::node* node = take(key);
    if (node == nullptr) return false;
    const auto value = node->value_exact<bool>();
    if (!value) fault(node, std::string(key) + " must be true or false");
    return value.value_or(false);
  }

  // The tables of [[key]].
  std::vector<const toml::table*> tables(std::string_view key) {
    const toml::node* node = take(key);
    std::vector<const toml::table*> all;
    if (node == nullptr) return all;
    const toml::array* array = node->as_array();
    if (array == nullptr || !array->is_homogeneous(toml::node_type::table)) {
      fault(node, "write [[" + std::string(key) + "]] with two brackets");
      return all;
    }
    for (const toml::node& entry : *array) all.push_back(entry.as_table());
    return all;
  }

  const toml::table* table(std::string_view key) {
    const toml::node* node = take(key);
    if (node == nullptr) return nullptr;
    if (!node->is_table()) fault(node, std::string(key) + " must be a table: [" + std::string(key) + "]");
    return node->as_table();
  }

  void finish() const {
    for (const auto& [key, node] : table_)
      if (!known_.contains(std::string(key.str())))
        fault(&node, "nobody knows the word '" + std::string(key.str()) + "' here");
  }

 private:
  const toml::table& table_;
  std::string what_;
  std::vector<std::string>& faults_;
  std::set<std::string> known_;
};

}  // namespace plaintalk::labs
