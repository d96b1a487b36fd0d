// Chance that can be had again: a number depends on the seed and on what it is drawn for, and on nothing
// else, neither the clock nor what was drawn before.
#pragma once

#include <cstdint>

namespace plaintalk::link {

// The finalizer of SplitMix64: every bit of the input moves every bit of the output.
constexpr std::uint64_t mix(std::uint64_t value) {
  value += 0x9e3779b97f4a7c15ULL;
  value = (value ^ (value >> 30)) * 0xbf58476d1ce4e5b9ULL;
  value = (value ^ (value >> 27)) * 0x94d049bb133111ebULL;
  return value ^ (value >> 31);
}

// From 0 up to but without 1, evenly.
constexpr double fraction(std::uint64_t value) {
  constexpr double kStep = 1.0 / 9007199254740992.0;  // 2^-53
  return static_cast<double>(value >> 11) * kStep;
}

}  // namespace plaintalk::link
