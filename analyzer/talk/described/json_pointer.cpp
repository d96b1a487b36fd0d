#include "analyzer/talk/described/json_pointer.hpp"

#include <cstddef>
#include <cstdint>

namespace plaintalk::analyzer::described {
namespace {

class JsonReader {
 public:
  explicit JsonReader(std::string_view text) : text_(text) {}

  // Steps over one value.
  bool skip_value(int depth = 0) {
    blanks();
    if (depth > kJsonDepthMax || at_ >= text_.size()) return false;
    switch (text_[at_]) {
      case '"': return skip_string();
      case '{': return skip_all('}', depth, true);
      case '[': return skip_all(']', depth, false);
      default: return skip_word();
    }
  }
  bool at_end() {
    blanks();
    return at_ == text_.size();
  }

  // Goes to the value that `token` names inside the one that begins here.
  bool enter(std::string_view token) {
    blanks();
    if (at_ >= text_.size()) return false;
    const char open = text_[at_];
    if (open != '{' && open != '[') return false;
    const char close = open == '{' ? '}' : ']';
    ++at_;
    for (std::size_t index = 0;; ++index) {
      blanks();
      if (at_ >= text_.size() || text_[at_] == close) return false;
      bool is_it = open == '[' && token == std::to_string(index);
      if (open == '{') {
        const std::size_t begin = at_;
        if (!skip_string()) return false;
        const std::string_view key = text_.substr(begin + 1, at_ - begin - 2);
        is_it = key == token || (key.find('\\') != key.npos && unescape(key) == token);
        if (!eat(':')) return false;
      }
      if (is_it) return true;
      if (!skip_value(1)) return false;
      if (!eat(',')) return false;
    }
  }
  std::optional<std::string> value() {
    blanks();
    const std::size_t begin = at_;
    if (!skip_value()) return std::nullopt;
    const std::string_view raw = text_.substr(begin, at_ - begin);
    if (raw.starts_with('"')) return unescape(raw.substr(1, raw.size() - 2));
    if (raw == "null") return std::nullopt;
    return std::string(raw);
  }

 private:
  void blanks() {
    while (at_ < text_.size() &&
           (text_[at_] == ' ' || text_[at_] == '\t' || text_[at_] == '\n' || text_[at_] == '\r'))
      ++at_;
  }
  bool eat(char c) {
    blanks();
    if (at_ >= text_.size() || text_[at_] != c) return false;
    ++at_;
    return true;
  }
  bool skip_string() {
    if (at_ >= text_.size() || text_[at_] != '"') return false;
    for (++at_; at_ < text_.size(); ++at_) {
      if (text_[at_] == '\\') {
        ++at_;
      } else if (text_[at_] == '"') {
        ++at_;
        return true;
      }
    }
    return false;
  }
  bool skip_word() {
    const std::size_t begin = at_;
    while (at_ < text_.size() && is_word(text_[at_])) ++at_;
    const std::string_view word = text_.substr(begin, at_ - begin);
    if (word.empty()) return false;
    const bool is_number = word.front() == '-' || (word.front() >= '0' && word.front() <= '9');
    return is_number || word == "true" || word == "false" || word == "null";
  }
  static bool is_word(char c) {
    return (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c == '-' || c == '+' || c == '.' || c == 'E';
  }
  bool skip_all(char close, int depth, bool has_keys) {
    ++at_;
    if (eat(close)) return true;
    for (;;) {
      blanks();
      if (has_keys && (!skip_string() || !eat(':'))) return false;
      if (!skip_value(depth + 1)) return false;
      if (eat(close)) return true;
      if (!eat(',')) return false;
    }
  }

  static std::optional<std::uint32_t> hex_unit(std::string_view text) {
    if (text.size() < 4) return std::nullopt;
    std::uint32_t value = 0;
    for (const char c : text.substr(0, 4)) {
      const bool is_digit = c >= '0' && c <= '9';
      const char lower = static_cast<char>(c | 0x20);
      if (!is_digit && (lower < 'a' || lower > 'f')) return std::nullopt;
      value = value << 4U | static_cast<std::uint32_t>(is_digit ? c - '0' : lower - 'a' + 10);
    }
    return value;
  }
  static void append_utf8(std::string& out, std::uint32_t point) {
    const auto add = [&](std::uint32_t byte) { out += static_cast<char>(byte); };
    if (point < 0x80) return add(point);
    if (point < 0x800) {
      add(0xC0U | point >> 6U);
    } else {
      if (point < 0x10000) {
        add(0xE0U | point >> 12U);
      } else {
        add(0xF0U | point >> 18U);
        add(0x80U | (point >> 12U & 0x3FU));
      }
      add(0x80U | (point >> 6U & 0x3FU));
    }
    add(0x80U | (point & 0x3FU));
  }
  static std::string unescape(std::string_view raw) {
    std::string out;
    for (std::size_t i = 0; i < raw.size(); ++i) {
      if (raw[i] != '\\' || i + 1 == raw.size()) {
        out += raw[i];
        continue;
      }
      const char c = raw[++i];
      switch (c) {
        case 'n': out += '\n'; break;
        case 't': out += '\t'; break;
        case 'r': out += '\r'; break;
        case 'b': out += '\b'; break;
        case 'f': out += '\f'; break;
        case 'u': i += append_unit(out, raw.substr(i + 1)); break;
        default: out += c;
      }
    }
    return out;
  }
  // How many characters behind "\u" it took.
  static std::size_t append_unit(std::string& out, std::string_view text) {
    const auto first = hex_unit(text);
    if (!first) {
      out += "\\u";
      return 0;
    }
    if (*first >= 0xD800 && *first < 0xDC00 && text.substr(4).starts_with("\\u")) {
      const auto second = hex_unit(text.substr(6));
      if (second && *second >= 0xDC00 && *second < 0xE000) {
        append_utf8(out, 0x10000 + ((*first - 0xD800) << 10U) + (*second - 0xDC00));
        return 10;
      }
    }
    const bool is_half = *first >= 0xD800 && *first < 0xE000;
    append_utf8(out, is_half ? 0xFFFD : *first);
    return 4;
  }

  std::string_view text_;
  std::size_t at_ = 0;
};

// "~1" is a slash and "~0" a tilde.
std::string pointer_token(std::string_view text) {
  std::string token;
  for (std::size_t i = 0; i < text.size(); ++i) {
    if (text[i] == '~' && i + 1 < text.size() && (text[i + 1] == '0' || text[i + 1] == '1')) {
      token += text[++i] == '0' ? '~' : '/';
    } else {
      token += text[i];
    }
  }
  return token;
}

}  // namespace

std::optional<std::string> json_value(std::string_view text, std::string_view pointer) {
  JsonReader reader(text);
  while (pointer.starts_with('/')) {
    pointer.remove_prefix(1);
    const std::size_t end = pointer.find('/');
    if (!reader.enter(pointer_token(pointer.substr(0, end)))) return std::nullopt;
    pointer.remove_prefix(end == pointer.npos ? pointer.size() : end);
  }
  return reader.value();
}

bool is_json(std::string_view text) {
  JsonReader reader(text);
  return reader.skip_value() && reader.at_end();
}

}  // namespace plaintalk::analyzer::described
