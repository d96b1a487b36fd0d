#include "labs/marking/units.hpp"

#include <algorithm>
#include <array>
#include <string>
#include <utility>

#include "labs/course/letters.hpp"

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
    {"ns", {time, 1e-9}},    {"nanosecond", {time, 1e-9}}, {"nsec", {time, 1e-9}},
    {"us", {time, 1e-6}},    {"usec", {time, 1e-6}},       {"microsecond", {time, 1e-6}},
    {"ms", {time, 1e-3}},    {"msec", {time, 1e-3}},       {"millisecond", {time, 1e-3}},
    {"s", {time, 1}},        {"sec", {time, 1}},           {"second", {time, 1}},
    {"min", {time, 60}},     {"minute", {time, 60}},       {"h", {time, 3600}},
    {"hour", {time, 3600}},  {"day", {time, 86400}},       {"b", {size, 1}},
    {"byte", {size, 1}},     {"octet", {size, 1}},         {"bit", {size, 0.125}},
    {"kb", {size, 1e3}},     {"kib", {size, kKibi}},       {"mb", {size, 1e6}},
    {"mib", {size, kMebi}},  {"gb", {size, 1e9}},          {"gib", {size, kGibi}},
    {"kbit", {size, 125}},   {"mbit", {size, 125e3}},      {"gbit", {size, 125e6}},
    {"b/s", {rate, 1}},      {"byte/s", {rate, 1}},        {"bit/s", {rate, 0.125}},
    {"bps", {rate, 0.125}},  {"kb/s", {rate, 1e3}},        {"kib/s", {rate, kKibi}},
    {"mb/s", {rate, 1e6}},   {"mib/s", {rate, kMebi}},     {"kbit/s", {rate, 125}},
    {"kbps", {rate, 125}},   {"mbit/s", {rate, 125e3}},    {"mbps", {rate, 125e3}},
    {"gb/s", {rate, 1e9}},   {"gib/s", {rate, kGibi}},     {"gbit/s", {rate, 125e6}},
    {"gbps", {rate, 125e6}}, {"%", {share, 0.01}},         {"percent", {share, 0.01}},
});

void replace_all(std::string& text, std::string_view what, std::string_view with) {
  for (std::size_t at = text.find(what); at != text.npos; at = text.find(what, at + with.size()))
    text.replace(at, what.size(), with);
}

// "Microseconds" -> "microsecond", "bytes per second" -> "byte/s", "µs" -> "us".
std::string normal(std::string_view word) {
  std::string text = lower_case(word);
  replace_all(text, "\xC2\xB5", "u");  // micro sign
  replace_all(text, "\xCE\xBC", "u");  // Greek mu
  replace_all(text, " per ", "/");
  replace_all(text, "/second", "/s");
  replace_all(text, "/sec", "/s");
  replace_all(text, "bytes", "byte");
  replace_all(text, "octets", "octet");
  replace_all(text, "bits", "bit");
  replace_all(text, "octet/s", "byte/s");
  for (const auto& [long_form, short_form] :
       {std::pair("kilo", "k"), {"mega", "m"}, {"giga", "g"}, {"kibi", "ki"}, {"mebi", "mi"}, {"gibi", "gi"}})
    if (text.starts_with(long_form)) replace_all(text, long_form, short_form);
  for (const auto& [long_form, short_form] : {std::pair("kbyte", "kb"),
                                              {"mbyte", "mb"},
                                              {"gbyte", "gb"},
                                              {"kibyte", "kib"},
                                              {"mibyte", "mib"},
                                              {"gibyte", "gib"}})
    if (text.starts_with(long_form)) replace_all(text, long_form, short_form);
  std::erase(text, ' ');
  if (text.size() > 3 && text.ends_with('s') && !text.ends_with("/s") && !text.ends_with("bps"))
    text.pop_back();
  return text;
}

constexpr std::string_view kPunctuation = ".,;:()";

}  // namespace

std::optional<Unit> find_unit(std::string_view word) {
  const std::string text = normal(word);
  const auto found = std::ranges::find(kKnown, std::string_view(text), &Known::word);
  if (found == kKnown.end()) return std::nullopt;
  return found->unit;
}

std::optional<Unit> find_leading_unit(std::string_view remark) {
  constexpr int kWordCountMax = 3;  // "bytes per second"
  std::size_t end = 0;
  std::optional<Unit> unit;
  for (int count = 0; count < kWordCountMax && end < remark.size(); ++count) {
    while (end < remark.size() && is_blank(remark[end])) ++end;
    while (end < remark.size() && !is_blank(remark[end])) ++end;
    std::string_view words = remark.substr(0, end);
    while (!words.empty() && kPunctuation.contains(words.back())) words.remove_suffix(1);
    if (const auto found = find_unit(words)) unit = found;
  }
  return unit;
}

}  // namespace plaintalk::labs
