#include "labs/course/variant.hpp"

#include <algorithm>
#include <array>
#include <cmath>
#include <set>

#include "base/crypto/digest.hpp"
#include "labs/course/letters.hpp"

namespace plaintalk::labs {
namespace {

// Words for passwords: short, easy to type, no two alike. Never reorder or remove: old variants would change.
constexpr std::array<std::string_view, 64> kWords{
    "acorn",   "anchor", "apple",   "arrow",   "badge",  "banjo",   "barrel", "basil",  "beacon",  "birch",
    "bottle",  "breeze", "bridge",  "brook",   "butter", "button",  "camel",  "candle", "canyon",  "carpet",
    "cedar",   "cherry", "cinder",  "clover",  "cobalt", "copper",  "coral",  "daisy",  "desert",  "drum",
    "ember",   "falcon", "feather", "fern",    "flint",  "forest",  "garnet", "ginger", "harbor",  "hazel",
    "indigo",  "island", "ivory",   "jasmine", "kettle", "lantern", "lemon",  "maple",  "marble",  "meadow",
    "nutmeg",  "olive",  "onyx",    "pebble",  "pepper", "quartz",  "raven",  "river",  "saffron", "silver",
    "thistle", "timber", "velvet",  "walnut"};

// Numbers from SHA-256 in counter mode: the same everywhere, which the standard library's generators are, and
// its distributions are not.
class Draws {
 public:
  explicit Draws(std::string seed) : seed_(std::move(seed)) {}

  // 0 to count-1, each as likely as the others to within 2^-32.
  std::uint64_t below(std::uint64_t count) {
    const std::string digest = sha256(seed_ + '\n' + std::to_string(counter_++));
    std::uint64_t number = 0;
    for (std::size_t place = 0; place < 8; ++place)
      number = number << 8 | static_cast<unsigned char>(digest[place]);
    return number % count;
  }

 private:
  std::string seed_;
  std::uint64_t counter_ = 0;
};

std::string draw_words(Draws& draws, unsigned count) {
  std::string words;
  for (unsigned index = 0; index < count; ++index) {
    if (!words.empty()) words += '-';
    words += kWords[draws.below(kWords.size())];
  }
  return words;
}

// Two people of one lab never have the same name.
std::string draw_pick(Draws& draws, const std::vector<std::string>& choices, std::set<std::string>& taken) {
  std::vector<std::string> left;
  std::ranges::copy_if(choices, std::back_inserter(left),
                       [&](const std::string& choice) { return !taken.contains(choice); });
  const auto& from = left.empty() ? choices : left;
  const std::string& picked = from[draws.below(from.size())];
  taken.insert(picked);
  return picked;
}

bool is_id_character(char c) {
  return (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || std::string_view("._-@+").contains(c);
}

}  // namespace

std::string normal_student_id(std::string_view id) {
  std::string normal = lower_case(trimmed(id));
  constexpr std::size_t kSizeMax = 64;
  return normal.size() <= kSizeMax && std::ranges::all_of(normal, is_id_character) ? normal : "";
}

Values draw_variant(const Lab& lab, std::string_view student_id) {
  Values values{{"student", std::string(student_id)}};
  std::map<std::vector<std::string>, std::set<std::string>> taken;
  for (const VariantRule& rule : lab.variant) {
    // Each rule draws for itself, so that a rule that is added later changes no other.
    Draws draws("plaintalk lab\n" + lab.id + '\n' + std::string(student_id) + '\n' + rule.name);
    switch (rule.kind) {
      case VariantRule::Kind::integer: {
        const auto count = static_cast<std::uint64_t>(rule.to - rule.from) + 1;
        values[rule.name] = std::to_string(static_cast<std::uint64_t>(rule.from) + draws.below(count));
        break;
      }
      case VariantRule::Kind::words: values[rule.name] = draw_words(draws, rule.count); break;
      case VariantRule::Kind::pick:
        if (!rule.choices.empty()) values[rule.name] = draw_pick(draws, rule.choices, taken[rule.choices]);
        break;
    }
  }
  return values;
}

double variant_bits(const Lab& lab) {
  double bits = 0;
  std::map<std::vector<std::string>, double> picked;
  for (const VariantRule& rule : lab.variant) {
    switch (rule.kind) {
      case VariantRule::Kind::integer: bits += std::log2(static_cast<double>(rule.to - rule.from) + 1); break;
      case VariantRule::Kind::words:
        bits += rule.count * std::log2(static_cast<double>(kWords.size()));
        break;
      case VariantRule::Kind::pick: {
        double& taken = picked[rule.choices];
        const double left = static_cast<double>(rule.choices.size()) - taken;
        if (left >= 1) bits += std::log2(left);
        taken += 1;
        break;
      }
    }
  }
  return bits;
}

std::string fill_in(std::string_view text, const Values& values) {
  std::string filled;
  while (!text.empty()) {
    const std::size_t open = text.find('{');
    filled += text.substr(0, open);
    if (open == text.npos) break;
    const std::size_t close = text.find('}', open);
    const auto known =
        close == text.npos ? values.end() : values.find(text.substr(open + 1, close - open - 1));
    if (known == values.end()) {
      filled += '{';
      text.remove_prefix(open + 1);
    } else {
      filled += known->second;
      text.remove_prefix(close + 1);
    }
  }
  return filled;
}

std::string seeded_bytes(std::string_view seed, std::size_t size) {
  std::string bytes;
  bytes.reserve(size + 32);
  for (std::uint64_t counter = 0; bytes.size() < size; ++counter)
    bytes += sha256(std::string(seed) + '\n' + std::to_string(counter));
  bytes.resize(size);
  return bytes;
}

}  // namespace plaintalk::labs
