#include "analyzer/protocols/re2_pattern.hpp"

#include <algorithm>
#include <array>
#include <memory>

#include <re2/re2.h>

namespace plaintalk::analyzer {
namespace {

constexpr int kGroupCountMax = 8;

class Re2Pattern : public described::Pattern {
 public:
  Re2Pattern(const re2::StringPiece& text, const RE2::Options& options) : re2_(text, options) {
    group_count_ = std::min(re2_.NumberOfCapturingGroups(), kGroupCountMax);
  }
  const RE2& re2() const { return re2_; }

  std::optional<Match> find(std::string_view text, std::size_t from) const override {
    if (from > text.size()) return std::nullopt;
    std::array<re2::StringPiece, kGroupCountMax + 1> groups;
    const re2::StringPiece piece(text.data(), text.size());
    if (!re2_.Match(piece, from, text.size(), RE2::UNANCHORED, groups.data(), group_count_ + 1))
      return std::nullopt;
    Match match;
    match.begin = static_cast<std::size_t>(groups[0].data() - text.data());
    match.end = match.begin + groups[0].size();
    match.group = text.substr(match.begin, groups[0].size());
    for (int i = 1; i <= group_count_; ++i) {
      const re2::StringPiece& group = groups[static_cast<std::size_t>(i)];
      if (group.data() == nullptr) continue;
      match.group = text.substr(static_cast<std::size_t>(group.data() - text.data()), group.size());
      match.has_group = true;
      break;
    }
    return match;
  }

 private:
  RE2 re2_;
  int group_count_ = 0;
};

}  // namespace

std::expected<described::PatternPtr, std::string> make_pattern(std::string_view text) {
  if (text.size() > kPatternSizeMax)
    return std::unexpected("is longer than " + std::to_string(kPatternSizeMax) + " characters");
  RE2::Options options;
  options.set_encoding(RE2::Options::EncodingLatin1);
  options.set_log_errors(false);
  options.set_max_mem(kPatternMemoryMax);
  options.set_dot_nl(true);
  auto pattern = std::make_shared<Re2Pattern>(re2::StringPiece(text.data(), text.size()), options);
  if (!pattern->re2().ok())
    return std::unexpected("is no regular expression of RE2: " + pattern->re2().error());
  return pattern;
}

}  // namespace plaintalk::analyzer
