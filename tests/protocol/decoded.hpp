// What a FrameDecoder made of a stream, as values that can be compared, printed and kept after the bytes are
// gone.
#pragma once

#include <cstddef>
#include <cstdint>
#include <functional>
#include <ostream>
#include <string>
#include <string_view>
#include <vector>

#include "protocol/frame.hpp"

namespace plaintalk::testing {

struct Decoded {
  std::string what;  // a verb as it was sent, or the name of an error
  bool is_error = false;
  bool fatal = false;
  std::uint64_t stream_offset = 0;
  std::uint64_t size_or_at = 0;  // frame: its size; error: where it is
  BodyKind body_kind = BodyKind::none;
  std::vector<std::string> tokens;
  std::string body;
  std::vector<std::string> holes;  // "offset+size"

  bool operator==(const Decoded&) const = default;
};

Decoded decoded_frame(const Frame& frame);
Decoded decoded_error(const DecodeError& error);
std::ostream& operator<<(std::ostream& out, const Decoded& decoded);

// One line for each frame or error, for comparing with expectations written by hand:
//   "0+14 SAY #lab :hi"    offset + size, verb, tokens, then ":text" or "{N}bytes"
//   "14@17 bad_token"      offset of the frame @ offset of the fault, name, and "fatal"
std::string summary(const Decoded& decoded);

// Feeds `stream` in pieces whose sizes `piece_size` gives (at least 1 each). Stops after a fatal error.
std::vector<Decoded> decode(std::string_view stream, const std::function<std::size_t()>& piece_size,
                            DecoderLimits limits = {});
std::vector<Decoded> decode_whole(std::string_view stream, DecoderLimits limits = {});
std::vector<Decoded> decode_by_byte(std::string_view stream, DecoderLimits limits = {});
// decode_whole() as summaries, after checking that the stream cut into single bytes gives the same.
std::vector<std::string> summaries(std::string_view stream, DecoderLimits limits = {});

// Reads what `decoder` has, up to need_more or a fatal error.
void drain(FrameDecoder& decoder, std::vector<Decoded>& out);

}  // namespace plaintalk::testing
