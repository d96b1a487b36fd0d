#include "capture/file/time_scale.hpp"

#include <algorithm>
#include <limits>

namespace plaintalk::capture {
namespace {

__extension__ using Wide = __int128;

constexpr std::uint64_t kBillion = 1'000'000'000;

constexpr std::uint64_t power_of_ten(unsigned exponent) {
  std::uint64_t power = 1;
  for (unsigned i = 0; i < exponent; ++i) power *= 10;
  return power;
}

WallTime clamped(Wide nanoseconds) {
  constexpr Wide kLowest = std::numeric_limits<std::int64_t>::min();
  constexpr Wide kHighest = std::numeric_limits<std::int64_t>::max();
  return WallTime(Nanoseconds(static_cast<std::int64_t>(std::clamp(nanoseconds, kLowest, kHighest))));
}

}  // namespace

WallTime wall_time(std::int64_t seconds, std::uint64_t nanoseconds) {
  return clamped(Wide{seconds} * kBillion + nanoseconds);
}

TimeScale TimeScale::decimal(unsigned exponent) {
  TimeScale scale;
  scale.exponent_ = static_cast<std::uint8_t>(exponent);
  scale.multiplier_ = exponent < 9 ? power_of_ten(9 - exponent) : 1;
  // 10^19 is the largest power that fits. From 10^-29 s on, even 2^64 units are less than a nanosecond: 0
  // stands for that.
  scale.divisor_ = exponent > 9 ? (exponent <= 28 ? power_of_ten(exponent - 9) : 0) : 1;
  return scale;
}

TimeScale TimeScale::binary(unsigned exponent) {
  TimeScale scale;
  scale.exponent_ = static_cast<std::uint8_t>(exponent);
  scale.is_binary_ = true;
  return scale;
}

TimeScale TimeScale::from_option(std::uint8_t if_tsresol) {
  const unsigned exponent = if_tsresol & 0x7F;
  return (if_tsresol & 0x80) != 0 ? binary(exponent) : decimal(exponent);
}

WallTime TimeScale::at(std::uint64_t units, std::int64_t offset_s) const {
  const Wide offset = Wide{offset_s} * kBillion;
  if (is_binary_)
    return clamped(offset + (exponent_ < 127 ? (Wide{units} * kBillion) >> exponent_ : Wide{0}));
  if (divisor_ == 0) return clamped(offset);
  if (divisor_ > 1) return clamped(offset + units / divisor_);
  return clamped(offset + Wide{units} * multiplier_);
}

std::uint64_t TimeScale::units_per_second() const {
  constexpr auto kHighest = std::numeric_limits<std::uint64_t>::max();
  if (is_binary_) return exponent_ < 64 ? std::uint64_t{1} << exponent_ : kHighest;
  return exponent_ <= 19 ? power_of_ten(exponent_) : kHighest;
}

}  // namespace plaintalk::capture
