// Writes frames: FrameWriter(out, Verb::ok).parameter("id", id).parameter("seq", 42).end();
//
// Chooses the inline or the counted form by the rule of docs/PROTOCOL.md, section 2, so encoding a decoded
// frame again gives the canonical bytes. Appends to a string that the caller reuses.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>

#include "protocol/verb.hpp"

namespace plaintalk {

// The key of a parameter, spelt out in the source: lower-case letters, digits and '-'. It is checked and laid
// out as it is written, " key=", when it is compiled.
class ParameterKey {
 public:
  template <std::size_t kSize>
  consteval ParameterKey(const char (&key)[kSize]) : size_(kSize + 1) {
    static_assert(kSize > 1 && kSize < kCapacity, "a key has 1 to 14 characters");
    text_[0] = ' ';
    for (std::size_t at = 0; at + 1 < kSize; ++at) text_[at + 1] = checked(key[at]);
    text_[kSize] = '=';
  }

 private:
  friend class FrameWriter;
  static constexpr std::size_t kCapacity = 16;
  static consteval char checked(char c) {
    if (!((c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c == '-')) throw "not a key";
    return c;
  }

  std::array<char, kCapacity> text_{};
  std::size_t size_;
};

// Part of what frame writers have written to a string.
struct WrittenPart {
  std::size_t offset = 0;
  std::size_t size = 0;
};

class FrameWriter {
 public:
  FrameWriter(std::string& out, Verb verb);
  // Begins as an earlier frame in `out` did: with its verb and maybe tokens behind it.
  FrameWriter(std::string& out, WrittenPart head);

  // REQUIRES: `token` is made of token characters (escape() makes any text one) and is not key=value.
  FrameWriter& argument(std::string_view token);
  FrameWriter& argument(std::uint64_t number);
  FrameWriter& parameter(const ParameterKey& key, std::string_view token);
  FrameWriter& parameter(const ParameterKey& key, std::uint64_t number);
  // Whole tokens of an earlier frame in `out`, each with the space before it.
  FrameWriter& repeat(WrittenPart tokens);
  // An argument or a key=value, as a decoded frame has it.
  FrameWriter& token(std::string_view token);

  // Each frame ends in exactly one of these.
  void end();                         // no body
  void body(std::string_view bytes);  // inline when legal and at most kInlineBodySizeMax, else counted
  void counted_body(std::string_view bytes);
  // As body(). REQUIRES: is_inline_text(text), as it is for the body of a decoded inline frame.
  void text_body(std::string_view text);
  // Only the announcement " {N}\n" of a counted body: the caller sends the bytes and the last LF itself.
  void counted_head(std::size_t size);

 private:
  std::string& out_;
  std::size_t line_start_;
};

// Valid inline text: UTF-8 without CR, LF and NUL.
bool is_inline_text(std::string_view text);

}  // namespace plaintalk
