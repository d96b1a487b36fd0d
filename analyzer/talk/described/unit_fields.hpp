// The fields of one unit, found when they are asked for, and the rule of the description that it fits.
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "analyzer/talk/described/description.hpp"
#include "analyzer/talk/described/framer.hpp"

namespace plaintalk::analyzer::described {

class UnitFields {
 public:
  // `number`: which unit of its direction it is, from 1; 0 when that is not known.
  UnitFields(const Description& description, const Unit& unit, std::uint64_t number)
      : description_(description), unit_(unit), number_(number), values_(description.fields.size()) {}

  // A field that is not there is nothing; one that is empty is empty.
  const std::optional<std::string>& field(std::size_t index) const;
  std::optional<std::string> value(const Rule& rule, Role role) const;
  // The first rule that fits; nullptr when none does.
  const Rule* rule(Direction direction) const;
  // "room=#lab text=hello" for people. Every place where `secret` stands is masked, if there is one.
  std::string render(std::string_view secret) const;

  static constexpr std::size_t kShownSizeMax = 200;  // of one field

 private:
  std::optional<std::string> find(const FieldSource& source) const;
  std::optional<std::string> word(const FieldSource& source) const;
  std::optional<std::string> key_value(std::string_view key) const;
  bool holds(const Condition& condition) const;

  struct Slot {
    bool is_known = false;
    std::optional<std::string> value;
  };
  const Description& description_;
  const Unit& unit_;
  std::uint64_t number_;
  mutable std::vector<Slot> values_;
};

}  // namespace plaintalk::analyzer::described
