// Units that people write behind numbers: "1.5 ms", "20 KiB", "3 Mbit/s".
#pragma once

#include <cstdint>
#include <optional>
#include <string_view>

namespace plaintalk::labs {

enum class UnitFamily : std::uint8_t { time, size, rate, share };

struct Unit {
  UnitFamily family = UnitFamily::size;
  double factor = 1;  // seconds, bytes, bytes a second, parts of one
};

// nullopt: a word that is no unit, such as "packets". Upper and lower case do not matter; a small b is a byte
// as a large one is, and "bit" is a bit.
std::optional<Unit> find_unit(std::string_view word);

// The same at the beginning of a remark: "s after the start", "bytes per second, about".
std::optional<Unit> find_leading_unit(std::string_view remark);

}  // namespace plaintalk::labs
