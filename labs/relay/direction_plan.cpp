#include "labs/relay/direction_plan.hpp"

#include <algorithm>
#include <limits>

namespace plaintalk::relay {
namespace {

constexpr std::uint64_t kJitterBlock = 1024;    // bytes that share a draw
constexpr std::uint64_t kPiecesInASecond = 50;  // at a rate, bytes go on this often
constexpr std::uint64_t kEndless = std::numeric_limits<std::uint64_t>::max();

// The output function of SplitMix64 (Steele, Lea and Flood 2014): close inputs, unrelated outputs.
std::uint64_t mix(std::uint64_t x) {
  x += 0x9E3779B97F4A7C15ULL;
  x = (x ^ x >> 30) * 0xBF58476D1CE4E5B9ULL;
  x = (x ^ x >> 27) * 0x94D049BB133111EBULL;
  return x ^ x >> 31;
}

std::uint64_t mix(std::uint64_t seed, std::string_view word) {
  for (const char c : word) seed = mix(seed ^ static_cast<unsigned char>(c));
  return seed;
}

std::uint64_t distance(std::uint64_t place, const std::optional<std::uint64_t>& mark) {
  return mark && *mark > place ? *mark - place : kEndless;
}

std::string in_ms(Milliseconds time) { return std::to_string(time.count()) + " ms"; }

}  // namespace

std::string_view render(Direction direction) { return direction == Direction::up ? "up" : "down"; }

DirectionPlan::DirectionPlan(const Impairments& impairments, std::uint64_t seed, std::uint64_t connection,
                             Direction direction)
    : seed_(mix(mix(mix(seed) ^ connection), render(direction))) {
  const auto time = [this](const Range& range, std::string_view what) {
    return Milliseconds(static_cast<Milliseconds::rep>(draw(range, what)));
  };
  const auto spell = [&](const std::optional<Spell>& from, const std::string& what) {
    std::optional<Drawn::Spell> drawn;
    if (from) drawn = {draw(from->after_bytes, what + " after"), time(from->for_ms, what + " for")};
    return drawn;
  };
  const auto place = [this](const std::optional<Range>& from, std::string_view what) {
    std::optional<std::uint64_t> drawn;
    if (from) drawn = draw(*from, what);
    return drawn;
  };
  drawn_.delay = time(impairments.delay_ms, "delay");
  drawn_.jitter = time(impairments.jitter_ms, "jitter");
  drawn_.rate_bit_s = draw(impairments.rate_bit_s, "rate");
  drawn_.one_octet = impairments.one_octet;
  if (const auto& coalescing = impairments.coalescing)
    drawn_.coalescing = {draw(coalescing->bytes, "coalesce"), time(coalescing->wait_ms, "coalesce for")};
  drawn_.stall = spell(impairments.stall, "stall");
  drawn_.sleep = spell(impairments.sleep, "sleep");
  drawn_.naps = spell(impairments.naps, "naps");
  drawn_.half_close_after = place(impairments.half_close_after, "half-close");
  drawn_.reset_after = place(impairments.reset_after, "reset");
}

// Each value has a draw of its own, so that one more word on the command line changes no other.
std::uint64_t DirectionPlan::draw(const Range& range, std::string_view what) const {
  const std::uint64_t span = range.to - range.from + 1;  // at most 2^40: the bias of % is below 2^-24
  return range.from + mix(seed_, what) % span;
}

std::string DirectionPlan::describe() const {
  std::string text;
  const auto add = [&text](const std::string& words) { text += (text.empty() ? "" : ", ") + words; };
  const auto add_spell = [&](const char* verb, const std::optional<Drawn::Spell>& spell) {
    if (spell) add(verb + std::to_string(spell->after_bytes) + " bytes for " + in_ms(spell->lasts));
  };
  if (drawn_.delay > Milliseconds::zero()) add("delay " + in_ms(drawn_.delay));
  if (drawn_.jitter > Milliseconds::zero()) add("jitter up to " + in_ms(drawn_.jitter));
  if (drawn_.rate_bit_s > 0) add("rate " + std::to_string(drawn_.rate_bit_s) + " bit/s");
  if (drawn_.one_octet) add("one octet a write");
  if (const auto& coalescing = drawn_.coalescing)
    add("waits for " + std::to_string(coalescing->bytes) + " bytes, " + in_ms(coalescing->wait) + " at most");
  add_spell("stalls after ", drawn_.stall);
  add_spell("sleeps after ", drawn_.sleep);
  add_spell("sleeps after each ", drawn_.naps);
  if (drawn_.half_close_after) add("FIN after " + std::to_string(*drawn_.half_close_after) + " bytes");
  if (drawn_.reset_after) add("RST after " + std::to_string(*drawn_.reset_after) + " bytes");
  return text;
}

DirectionPlan::Reading DirectionPlan::reading_at(std::uint64_t place) const {
  Reading reading{.size = kEndless};
  if (const auto& sleep = drawn_.sleep) {
    if (place == sleep->after_bytes) reading.pause = sleep->lasts;
    reading.size = distance(place, sleep->after_bytes);
  }
  if (const auto& naps = drawn_.naps) {
    const std::uint64_t since_the_last = place % naps->after_bytes;
    if (place > 0 && since_the_last == 0) reading.pause = std::max(reading.pause, naps->lasts);
    reading.size = std::min(reading.size, naps->after_bytes - since_the_last);
  }
  if (drawn_.jitter > Milliseconds::zero())
    reading.size = std::min(reading.size, kJitterBlock - place % kJitterBlock);
  return reading;
}

Milliseconds DirectionPlan::delay_at(std::uint64_t place) const {
  if (drawn_.jitter == Milliseconds::zero()) return drawn_.delay;
  const auto steps = static_cast<std::uint64_t>(drawn_.jitter.count()) + 1;
  return drawn_.delay +
         Milliseconds(static_cast<Milliseconds::rep>(mix(seed_ ^ mix(place / kJitterBlock)) % steps));
}

DirectionPlan::Writing DirectionPlan::writing_at(std::uint64_t place) const {
  Writing writing{.size = kEndless};
  if (const auto& stall = drawn_.stall) {
    if (place == stall->after_bytes) writing.pause = stall->lasts;
    writing.size = distance(place, stall->after_bytes);
  }
  if (drawn_.one_octet) writing.size = 1;
  if (drawn_.coalescing) writing.size = std::min(writing.size, drawn_.coalescing->bytes);
  if (drawn_.rate_bit_s > 0)
    writing.size =
        std::min(writing.size, std::max<std::uint64_t>(1, drawn_.rate_bit_s / 8 / kPiecesInASecond));
  // Of two ends at one place the harder one.
  for (const auto& [mark, ending] : {std::pair{drawn_.half_close_after, Ending::half_close},
                                     std::pair{drawn_.reset_after, Ending::reset}}) {
    const std::uint64_t rest = distance(place, mark);
    if (rest > writing.size) continue;
    writing.size = rest;
    writing.ending = ending;
  }
  return writing;
}

Nanoseconds DirectionPlan::time_for(std::uint64_t size) const {
  if (drawn_.rate_bit_s == 0) return Nanoseconds::zero();
  constexpr double kNanosecondsInASecond = 1e9;
  return Nanoseconds(static_cast<Nanoseconds::rep>(static_cast<double>(size) * 8 * kNanosecondsInASecond /
                                                   static_cast<double>(drawn_.rate_bit_s)));
}

}  // namespace plaintalk::relay
