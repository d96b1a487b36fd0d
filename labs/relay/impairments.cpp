#include "labs/relay/impairments.hpp"

#include <array>
#include <utility>

#include "base/number.hpp"
#include "base/text.hpp"

namespace plaintalk::relay {
namespace {

constexpr std::uint64_t kBytesMax = 1ULL << 40;
constexpr std::uint64_t kMillisecondsMax = 3'600'000;
constexpr std::uint64_t kRateMax = 10'000'000'000;

struct Unit {
  std::string_view name;
  std::uint64_t factor;
};
constexpr std::array kTimeUnits{Unit{"ms", 1}, Unit{"s", 1000}};
constexpr std::array kRateUnits{Unit{"kbit", 1000}, Unit{"Mbit", 1'000'000}, Unit{"bit", 1}};
constexpr std::array kByteUnits{Unit{"", 1}};

// "3s" in the smallest unit; nullopt when it is no such number, or over `max`.
template <typename Units>
std::optional<std::uint64_t> read_one(std::string_view text, const Units& units, std::uint64_t max) {
  for (const Unit& unit : units) {
    if (!text.ends_with(unit.name)) continue;
    const auto number = parse_decimal<std::uint64_t>(text.substr(0, text.size() - unit.name.size()));
    if (number && *number <= max / unit.factor) return *number * unit.factor;
  }
  return std::nullopt;
}

template <typename Units>
std::optional<Range> read_range(std::string_view text, const Units& units, std::uint64_t min,
                                std::uint64_t max) {
  const std::size_t dash = text.find('-');
  const auto from = read_one(text.substr(0, dash), units, max);
  const auto to = dash == text.npos ? from : read_one(text.substr(dash + 1), units, max);
  if (!from || !to || *from < min || *to < *from) return std::nullopt;
  return Range{*from, *to};
}

std::optional<Range> read_bytes(std::string_view text) { return read_range(text, kByteUnits, 1, kBytesMax); }
std::optional<Range> read_time(std::string_view text) {
  return read_range(text, kTimeUnits, 0, kMillisecondsMax);
}

// "4096:3s"
std::optional<Spell> read_spell(std::string_view text) {
  const std::size_t colon = text.find(':');
  if (colon == text.npos) return std::nullopt;
  const auto bytes = read_bytes(text.substr(0, colon));
  const auto time = read_time(text.substr(colon + 1));
  if (!bytes || !time) return std::nullopt;
  return Spell{*bytes, *time};
}

// What a value must look like; empty when it was read.
std::string_view take(std::string_view key, std::string_view value, Impairments& into) {
  constexpr std::string_view kTime = "a time up to an hour, such as 40ms, 3s or 1s-4s";
  constexpr std::string_view kSpell = "bytes and a time, such as 4096:3s or 1000-9000:1s-4s";
  constexpr std::string_view kBytes = "a number of bytes, 1 or more, such as 4096 or 1000-9000";
  const auto keep = [](auto& place, auto read, std::string_view expected) {
    if (!read) return expected;
    place = *read;
    return std::string_view();
  };
  if (key == "delay") return keep(into.delay_ms, read_time(value), kTime);
  if (key == "jitter") return keep(into.jitter_ms, read_time(value), kTime);
  if (key == "rate") {
    return keep(into.rate_bit_s, read_range(value, kRateUnits, 100, kRateMax),
                "a rate of 100bit to 10000Mbit, such as 256kbit");
  }
  if (key == "coalesce") {
    const std::string_view bytes = value.substr(0, value.find(':'));
    const auto spell =
        read_spell(bytes.size() == value.size() ? std::string(value) + ":50ms" : std::string(value));
    if (!spell) return "bytes, and how long to wait for them at most, such as 1400 or 1400:200ms";
    into.coalescing = Coalescing{spell->after_bytes, spell->for_ms};
    return {};
  }
  if (key == "stall") return keep(into.stall, read_spell(value), kSpell);
  if (key == "sleep") return keep(into.sleep, read_spell(value), kSpell);
  if (key == "naps") return keep(into.naps, read_spell(value), kSpell);
  if (key == "half-close") return keep(into.half_close_after, read_bytes(value), kBytes);
  if (key == "reset") return keep(into.reset_after, read_bytes(value), kBytes);
  return "no such word; there are delay, jitter, rate, octets, coalesce, stall, sleep, naps, half-close and "
         "reset";
}

}  // namespace

std::expected<Impairments, std::string> parse_impairments(std::string_view text) {
  Impairments impairments;
  while (!text.empty()) {
    const std::string_view word = text.substr(0, text.find(','));
    text.remove_prefix(std::min(word.size() + 1, text.size()));
    if (word == "octets") {
      impairments.one_octet = true;
      continue;
    }
    const std::string_view key = word.substr(0, word.find('='));
    const std::string_view value = word.substr(std::min(key.size() + 1, word.size()));
    const std::string_view expected = take(key, value, impairments);
    if (!expected.empty()) return std::unexpected('\'' + terminal_safe(word) + "': " + std::string(expected));
  }
  if (impairments.one_octet && impairments.coalescing)
    return std::unexpected("'octets' and 'coalesce' are opposites: only one of them in a direction");
  return impairments;
}

bool depends_on_seed(const Impairments& impairments) {
  const auto is_open = [](const Range& range) { return range.from != range.to; };
  const auto is_open_spell = [&](const std::optional<Spell>& spell) {
    return spell && (is_open(spell->after_bytes) || is_open(spell->for_ms));
  };
  const auto is_open_place = [&](const std::optional<Range>& place) { return place && is_open(*place); };
  const auto& coalescing = impairments.coalescing;
  return impairments.jitter_ms.to > 0 || is_open(impairments.delay_ms) || is_open(impairments.rate_bit_s) ||
         (coalescing && (is_open(coalescing->bytes) || is_open(coalescing->wait_ms))) ||
         is_open_spell(impairments.stall) || is_open_spell(impairments.sleep) ||
         is_open_spell(impairments.naps) || is_open_place(impairments.half_close_after) ||
         is_open_place(impairments.reset_after);
}

}  // namespace plaintalk::relay
