// Writes frames: FrameWriter(out, Verb::ok).parameter("id", id).parameter("seq", 42).end();
//
// Chooses the inline or the counted form by the rule of docs/PROTOCOL.md, section 2, so encoding a decoded
// frame again gives the canonical octets. Appends to a string that the caller reuses.
#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>

#include "protocol/verb.hpp"

namespace plaintalk {

class FrameWriter {
 public:
  FrameWriter(std::string& out, Verb verb);

  // REQUIRES: `token` is made of token characters (escape() makes any text one).
  FrameWriter& argument(std::string_view token);
  FrameWriter& argument(std::uint64_t number);
  FrameWriter& parameter(std::string_view key, std::string_view token);
  FrameWriter& parameter(std::string_view key, std::uint64_t number);

  // Each frame ends in exactly one of these.
  void end();                          // no body
  void body(std::string_view octets);  // inline when legal and at most kInlineBodySizeMax, else counted
  void counted_body(std::string_view octets);
  // Only the announcement " {N}\n" of a counted body: the caller sends the octets and the last LF itself.
  void counted_head(std::size_t size);

 private:
  std::string& out_;
  std::size_t line_start_;
};

// Valid inline text: UTF-8 without CR, LF and NUL.
bool is_inline_text(std::string_view text);

}  // namespace plaintalk
