#include "protocol/frame_writer.hpp"

#include <array>
#include <charconv>

#include "base/check.hpp"
#include "base/text.hpp"
#include "protocol/limits.hpp"
#include "protocol/octets.hpp"

namespace plaintalk {
namespace {

// Every byte is a token character; `has_equals` says whether there is a '=' after the first one.
bool is_token_text(std::string_view text, bool* has_equals = nullptr) {
  for (std::size_t at = 0; at < text.size(); ++at) {
    switch (class_of(text[at])) {
      case OctetClass::plain: break;
      case OctetClass::equals:
        if (has_equals != nullptr && at > 0) *has_equals = true;
        break;
      case OctetClass::percent:
        if (!is_escape(text, at)) return false;
        break;
      case OctetClass::space:
      case OctetClass::forbidden: return false;
    }
  }
  return true;
}

void append_number(std::string& out, std::uint64_t number) {
  std::array<char, 20> digits;
  const auto end = std::to_chars(digits.data(), digits.data() + digits.size(), number).ptr;
  out.append(digits.data(), end);
}

}  // namespace

FrameWriter::FrameWriter(std::string& out, Verb verb) : out_(out), line_start_(out.size()) {
  check(verb != Verb::unknown, "a frame needs a verb");
  out_ += verb_text(verb);
}

FrameWriter& FrameWriter::argument(std::string_view token) {
  bool has_equals = false;
  check(!token.empty() && token.front() != ':' && is_token_text(token, &has_equals),
        "not a token; use escape()");
  check(token.front() == '=' || !has_equals, "an argument with '=' would read as a parameter; use escape()");
  out_ += ' ';
  // A last "{5}" would announce a body, and "GET x HTTP/1.1" is HTTP. Escaped, they are the same text and
  // plain.
  if (token.front() == '{' || token.starts_with("HTTP/")) {
    out_ += token.front() == '{' ? "%7B" : "%48";
    token.remove_prefix(1);
  }
  out_ += token;
  return *this;
}

FrameWriter& FrameWriter::argument(std::uint64_t number) {
  out_ += ' ';
  append_number(out_, number);
  return *this;
}

FrameWriter& FrameWriter::parameter(std::string_view key, std::string_view token) {
  check(!key.empty() && key.front() != ':' && key.find('=') == key.npos && is_token_text(key), "not a key");
  check(is_token_text(token), "not a token; use escape()");
  out_ += ' ';
  if (key.front() == '{') {
    out_ += "%7B";
    key.remove_prefix(1);
  }
  out_ += key;
  out_ += '=';
  out_ += token;
  return *this;
}

FrameWriter& FrameWriter::parameter(std::string_view key, std::uint64_t number) {
  parameter(key, std::string_view());
  append_number(out_, number);
  return *this;
}

void FrameWriter::end() { out_ += '\n'; }

void FrameWriter::body(std::string_view octets) {
  constexpr std::size_t kMarksSize = 3;  // " :" and LF
  const bool fits = out_.size() - line_start_ + octets.size() + kMarksSize <= kLineSizeMax;
  if (!fits || octets.size() > kInlineBodySizeMax || !is_inline_text(octets)) return counted_body(octets);
  out_ += " :";
  out_ += octets;
  out_ += '\n';
}

void FrameWriter::counted_body(std::string_view octets) {
  counted_head(octets.size());
  out_ += octets;
  out_ += '\n';
}

void FrameWriter::counted_head(std::size_t size) {
  out_ += " {";
  append_number(out_, size);
  out_ += "}\n";
}

bool is_inline_text(std::string_view text) {
  if (is_ascii_text(text)) return true;
  return text.find('\n') == text.npos && text.find('\r') == text.npos && text.find('\0') == text.npos &&
         is_utf8(text);
}

}  // namespace plaintalk
