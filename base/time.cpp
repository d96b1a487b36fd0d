#include "base/time.hpp"

#include <array>
#include <cstdio>
#include <ctime>

namespace plaintalk {

Now read_clocks() {
  return {std::chrono::time_point_cast<Nanoseconds>(std::chrono::steady_clock::now()),
          std::chrono::time_point_cast<Nanoseconds>(std::chrono::system_clock::now())};
}

std::string render_seconds(Nanoseconds span) {
  const std::int64_t count = span.count();
  // Negating in unsigned arithmetic keeps the most negative value defined.
  const std::uint64_t magnitude =
      count < 0 ? std::uint64_t{0} - static_cast<std::uint64_t>(count) : static_cast<std::uint64_t>(count);
  std::array<char, 40> text{};
  const int size = std::snprintf(text.data(), text.size(), "%s%llu.%09llu", count < 0 ? "-" : "",
                                 static_cast<unsigned long long>(magnitude / 1'000'000'000),
                                 static_cast<unsigned long long>(magnitude % 1'000'000'000));
  return {text.data(), static_cast<std::size_t>(size)};
}

std::string render_epoch(WallTime time) { return render_seconds(time.time_since_epoch()); }

std::string render_utc(WallTime time) {
  const auto ms = std::chrono::floor<Milliseconds>(time);
  const auto seconds = std::chrono::floor<std::chrono::seconds>(ms);
  const std::time_t epoch = seconds.time_since_epoch().count();
  std::tm parts{};
  gmtime_r(&epoch, &parts);
  std::array<char, 80> text{};
  const int size = std::snprintf(text.data(), text.size(), "%04d-%02d-%02dT%02d:%02d:%02d.%03dZ",
                                 parts.tm_year + 1900, parts.tm_mon + 1, parts.tm_mday, parts.tm_hour,
                                 parts.tm_min, parts.tm_sec, static_cast<int>((ms - seconds).count()));
  return {text.data(), static_cast<std::size_t>(size)};
}

}  // namespace plaintalk
