// The frame decoder under any bytes, promising three things: the cuts of a stream change nothing; what it
// holds back stays within the limits; and a frame encoded again decodes to the same frame.
#include <algorithm>
#include <cstdint>
#include <string>
#include <vector>

#include "base/check.hpp"
#include "protocol/frame_writer.hpp"
#include "protocol/names.hpp"
#include "tests/protocol/decoded.hpp"

namespace plaintalk {
namespace {

using testing::Decoded;

// Small limits, so that a small input reaches all of them.
constexpr DecoderLimits kLimits{.line_size_max = 128, .body_size_max = 256, .skipped_body_size_max = 512};

std::vector<Decoded> decode_in_pieces(std::string_view stream, std::uint32_t seed) {
  return testing::decode(
      stream,
      [&seed] {
        seed = seed * 1664525 + 1013904223;
        return std::size_t{1} + (seed >> 24) % 40;
      },
      kLimits);
}

void check_encoding(const Frame& frame) {
  if (frame.verb == Verb::unknown) return;
  std::string bytes;
  FrameWriter writer(bytes, frame.verb);
  for (std::size_t index = 0; index < frame.token_count; ++index) writer.token(frame.tokens[index]);
  if (frame.body_kind == BodyKind::none) {
    writer.end();
  } else {
    writer.body(frame.body);
  }
  FrameDecoder decoder;
  decoder.feed(bytes);
  check(decoder.next() == FrameDecoder::Step::frame, "an encoded frame does not decode");
  const Frame& again = decoder.frame();
  check(again.size == bytes.size() && again.verb == frame.verb && again.body == frame.body &&
            again.token_count == frame.token_count && again.parameter_bits == frame.parameter_bits,
        "an encoded frame decodes to another one");
  for (std::size_t index = 0; index < frame.token_count; ++index)
    check(unescape(again.tokens[index]) == unescape(frame.tokens[index]), "a token changed");
}

void check_bounds_and_encoding(std::string_view stream) {
  FrameDecoder decoder(kLimits);
  std::uint64_t end = 0;
  for (std::size_t at = 0; at < stream.size(); at += 7) {
    decoder.feed(stream.substr(at, 7));
    for (auto step = decoder.next(); step != FrameDecoder::Step::need_more; step = decoder.next()) {
      if (step == FrameDecoder::Step::error && decoder.error().fatal) return;
      if (step == FrameDecoder::Step::error) {
        check(decoder.error().stream_offset >= end && decoder.error().at >= decoder.error().stream_offset,
              "an error lies before its frame");
        continue;
      }
      check(decoder.frame().stream_offset >= end, "frames overlap");
      end = decoder.frame().stream_offset + decoder.frame().size;
      check_encoding(decoder.frame());
    }
    check(decoder.pending_size() <= kLimits.line_size_max + kLimits.body_size_max, "too much is held back");
  }
}

// Losses at places that the input itself chooses. Nothing is compared: it must only stay in bounds and move
// on.
void check_losses(std::string_view stream) {
  FrameDecoder decoder(kLimits);
  std::vector<Decoded> decoded;
  for (std::size_t at = 0; at < stream.size(); at += 11) {
    const std::string_view piece = stream.substr(at, 11);
    decoder.feed(piece);
    testing::drain(decoder, decoded);
    const auto choice = static_cast<std::uint8_t>(piece.front());
    if (choice % 3 == 0) decoder.gap(choice / 3);
    testing::drain(decoder, decoded);
    check(decoder.pending_size() <= kLimits.line_size_max + kLimits.body_size_max, "too much is held back");
  }
}

}  // namespace
}  // namespace plaintalk

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const std::string_view stream(reinterpret_cast<const char*>(data), size);
  const auto whole = plaintalk::testing::decode_whole(stream, plaintalk::kLimits);
  plaintalk::check(whole == plaintalk::testing::decode_by_byte(stream, plaintalk::kLimits),
                   "cut into bytes, the stream decodes differently");
  plaintalk::check(whole == plaintalk::decode_in_pieces(stream, static_cast<std::uint32_t>(size)),
                   "cut at random, the stream decodes differently");
  plaintalk::check_bounds_and_encoding(stream);
  plaintalk::check_losses(stream);
  return 0;
}
