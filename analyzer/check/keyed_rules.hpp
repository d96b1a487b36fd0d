// Units whose values have names: JSON objects and key=value.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "analyzer/check/unit_sample.hpp"

namespace plaintalk::analyzer {

enum class KeyedStyle : std::uint8_t { json, pairs };

// Nothing when most units are neither.
std::optional<KeyedStyle> keyed_style(const std::vector<UnitSample>& conversations);
std::string keyed_rules(const std::vector<UnitSample>& conversations, KeyedStyle style);

}  // namespace plaintalk::analyzer
