#include "protocol/frame_writer.hpp"

#include <algorithm>
#include <cstring>

#include "base/check.hpp"
#include "base/number.hpp"
#include "base/text.hpp"
#include "protocol/byte_class.hpp"
#include "protocol/limits.hpp"

namespace plaintalk {
namespace {

// Appends up to `size_max` bytes: `write` is given where they go and returns the end of what it wrote. One
// look at the capacity for a whole piece of a frame.
template <class Write>
void append(std::string& out, std::size_t size_max, Write write) {
  const std::size_t size = out.size();
  out.resize_and_overwrite(size + size_max, [&](char* text, std::size_t) {
    return static_cast<std::size_t>(write(text + size) - text);
  });
}

// As memcpy() and returns the end, without a call for the few bytes of a name.
char* copy(char* to, std::string_view from) {
  const std::size_t size = from.size();
  if (size > 32) {
    std::memcpy(to, from.data(), size);
  } else if (size > 16) {
    std::memcpy(to, from.data(), 16);
    std::memcpy(to + size - 16, from.data() + size - 16, 16);
  } else if (size >= 8) {
    std::memcpy(to, from.data(), 8);
    std::memcpy(to + size - 8, from.data() + size - 8, 8);
  } else {
    for (std::size_t at = 0; at < size; ++at) to[at] = from[at];
  }
  return to + size;
}

// Every byte is a token character; `is_parameter` says whether it reads as key=value.
bool is_token_text(std::string_view text, bool& is_parameter) {
  for (std::size_t at = 0;; ++at) {
    at = plain_end(text, at);
    if (at == text.size()) return true;
    switch (class_of(text[at])) {
      case ByteClass::equals: is_parameter = text.front() != '='; break;
      case ByteClass::percent:
        if (!is_escape(text, at)) return false;
        break;
      default: return false;
    }
  }
}

bool is_token_text(std::string_view text) {
  bool is_parameter = false;
  return is_token_text(text, is_parameter);
}

// Whether it is key=value.
bool append_token(std::string& out, std::string_view token) {
  bool is_parameter = false;
  check(!token.empty() && token.front() != ':' && is_token_text(token, is_parameter),
        "not a token; use escape()");
  append(out, token.size() + 3, [&](char* to) {
    *to++ = ' ';
    // A last "{5}" would announce a body, and "GET x HTTP/1.1" is HTTP. Escaped, they are the same text and
    // plain.
    const bool marks_body = token.front() == '{';
    if (marks_body || (!is_parameter && token.starts_with("HTTP/"))) {
      to = copy(to, marks_body ? "%7B" : "%48");
      token.remove_prefix(1);
    }
    return copy(to, token);
  });
  return is_parameter;
}

}  // namespace

FrameWriter::FrameWriter(std::string& out, Verb verb) : out_(out), line_start_(out.size()) {
  check(verb != Verb::unknown, "a frame needs a verb");
  const std::string_view text = verb_text(verb);
  append(out_, text.size(), [&](char* to) { return copy(to, text); });
}

FrameWriter::FrameWriter(std::string& out, WrittenPart head) : out_(out), line_start_(out.size()) {
  repeat(head);
}

FrameWriter& FrameWriter::repeat(WrittenPart tokens) {
  const std::size_t size = out_.size();
  check(tokens.size > 0 && tokens.offset + tokens.size <= size, "what is repeated was not written");
  out_.resize_and_overwrite(size + tokens.size, [&](char* text, std::size_t) {
    return static_cast<std::size_t>(copy(text + size, {text + tokens.offset, tokens.size}) - text);
  });
  return *this;
}

FrameWriter& FrameWriter::argument(std::string_view token) {
  check(!append_token(out_, token), "an argument with '=' would read as a parameter; use escape()");
  return *this;
}

FrameWriter& FrameWriter::token(std::string_view token) {
  append_token(out_, token);
  return *this;
}

FrameWriter& FrameWriter::argument(std::uint64_t number) {
  append(out_, 1 + kDecimalRoom, [&](char* to) {
    *to++ = ' ';
    return write_decimal(to, number);
  });
  return *this;
}

FrameWriter& FrameWriter::parameter(const ParameterKey& key, std::string_view token) {
  check(is_token_text(token), "not a token; use escape()");
  append(out_, key.text_.size() + token.size(), [&](char* to) {
    std::memcpy(to, key.text_.data(), key.text_.size());
    return copy(to + key.size_, token);
  });
  return *this;
}

FrameWriter& FrameWriter::parameter(const ParameterKey& key, std::uint64_t number) {
  append(out_, key.text_.size() + kDecimalRoom, [&](char* to) {
    std::memcpy(to, key.text_.data(), key.text_.size());
    return write_decimal(to + key.size_, number);
  });
  return *this;
}

void FrameWriter::end() { out_ += '\n'; }

void FrameWriter::body(std::string_view bytes) {
  if (bytes.size() <= kInlineBodySizeMax && is_inline_text(bytes)) return text_body(bytes);
  counted_body(bytes);
}

void FrameWriter::text_body(std::string_view text) {
  constexpr std::size_t kMarksSize = 3;  // " :" and LF
  const std::size_t line_size = out_.size() - line_start_ + text.size() + kMarksSize;
  if (text.size() > kInlineBodySizeMax || line_size > kLineSizeMax) return counted_body(text);
  append(out_, text.size() + kMarksSize, [&](char* to) {
    *to++ = ' ';
    *to++ = ':';
    to = copy(to, text);
    *to++ = '\n';
    return to;
  });
}

void FrameWriter::counted_body(std::string_view bytes) {
  counted_head(bytes.size());
  append(out_, bytes.size() + 1, [&](char* to) {
    to = copy(to, bytes);
    *to++ = '\n';
    return to;
  });
}

void FrameWriter::counted_head(std::size_t size) {
  append(out_, 2 + kDecimalRoom + 2, [&](char* to) {
    to = copy(to, " {");
    to = write_decimal(to, size);
    return copy(to, "}\n");
  });
}

bool is_inline_text(std::string_view text) {
  if (is_ascii_text(text)) return true;
  return text.find('\n') == text.npos && text.find('\r') == text.npos && text.find('\0') == text.npos &&
         is_utf8(text);
}

}  // namespace plaintalk
