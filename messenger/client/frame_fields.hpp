// What the session reads from frames, with hostile values mapped to harmless ones: a number that is none is
// 0.
#pragma once

#include <algorithm>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "base/number.hpp"
#include "base/time.hpp"
#include "protocol/frame.hpp"
#include "protocol/names.hpp"

namespace plaintalk::messenger::client {

inline std::uint64_t number(std::optional<std::string_view> token) {
  return parse_decimal<std::uint64_t>(token.value_or("")).value_or(0);
}

inline std::string text(std::optional<std::string_view> token) {
  return unescape(token.value_or("")).value_or(std::string(token.value_or("")));
}

inline std::optional<std::string> body_of(const Frame& frame) {
  if (frame.body_kind == BodyKind::none) return std::nullopt;
  return std::string(frame.body);
}

// How long to wait before trying again, by retry= and within reason.
inline Milliseconds pause_before_retry(const Frame& frame) {
  constexpr std::uint64_t pause_ms_min = 50;
  constexpr std::uint64_t pause_ms_max = 10'000;
  return Milliseconds{std::clamp(number(frame.parameter("retry")), pause_ms_min, pause_ms_max)};
}

}  // namespace plaintalk::messenger::client
