#include "labs/marking/units.hpp"

#include <algorithm>
#include <array>
#include <string>

namespace plaintalk::labs {
namespace {

struct Known {
  std::string_view word;
  Unit unit;
};

constexpr double kKibi = 1024;
constexpr double kMebi = kKibi * 1024;
constexpr double kGibi = kMebi * 1024;

using enum UnitFamily;
constexpr std::array kKnown = std::to_array<Known>({
    {"ns", {time, 1e-9}},
    {"nanosecond", {time, 1e-9}},
    {"us", {time, 1e-6}},
    {"microsecond", {time, 1e-6}},
    {"ms", {time, 1e-3}},
    {"msec", {time, 1e-3}},
    {"millisecond", {time, 1e-3}},
    {"s", {time, 1}},
    {"sec", {time, 1}},
    {"second", {time, 1}},
    {"min", {time, 60}},
    {"minute", {time, 60}},
    {"b", {size, 1}},
    {"byte", {size, 1}},
    {"octet", {size, 1}},
    {"bit", {size, 0.125}},
    {"kb", {size, 1e3}},
    {"kilobyte", {size, 1e3}},
    {"kib", {size, kKibi}},
    {"mb", {size, 1e6}},
    {"megabyte", {size, 1e6}},
    {"mib", {size, kMebi}},
    {"gb", {size, 1e9}},
    {"gib", {size, kGibi}},
    {"kbit", {size, 125}},
    {"mbit", {size, 125e3}},
    {"b/s", {rate, 1}},
    {"byte/s", {rate, 1}},
    {"bit/s", {rate, 0.125}},
    {"bps", {rate, 0.125}},
    {"kb/s", {rate, 1e3}},
    {"kib/s", {rate, kKibi}},
    {"mb/s", {rate, 1e6}},
    {"mib/s", {rate, kMebi}},
    {"kbit/s", {rate, 125}},
    {"kbps", {rate, 125}},
    {"mbit/s", {rate, 125e3}},
    {"mbps", {rate, 125e3}},
    {"%", {share, 0.01}},
    {"percent", {share, 0.01}},
});

void replace_all(std::string& text, std::string_view what, std::string_view with) {
  for (std::size_t at = text.find(what); at != text.npos; at = text.find(what, at + with.size()))
    text.replace(at, what.size(), with);
}

// "Microseconds" -> "microsecond", "bytes per second" -> "byte/s", "µs" -> "us".
std::string normal(std::string_view word) {
  std::string text;
  for (const char c : word) text += c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c;
  replace_all(text, "\xC2\xB5", "u");  // micro sign
  replace_all(text, "\xCE\xBC", "u");  // Greek mu
  replace_all(text, " per second", "/s");
  replace_all(text, "/sec", "/s");
  replace_all(text, "bytes", "byte");
  replace_all(text, "octets", "octet");
  replace_all(text, "bits", "bit");
  replace_all(text, "octet/s", "byte/s");
  std::erase(text, ' ');
  if (text.size() > 3 && text.ends_with('s') && !text.ends_with("/s") && !text.ends_with("bps"))
    text.pop_back();
  return text;
}

}  // namespace

std::optional<Unit> find_unit(std::string_view word) {
  const std::string text = normal(word);
  const auto found = std::ranges::find(kKnown, std::string_view(text), &Known::word);
  if (found == kKnown.end()) return std::nullopt;
  return found->unit;
}

}  // namespace plaintalk::labs
