#include "tests/protocol/decoded.hpp"

#include <algorithm>
#include <memory>

#include "base/check.hpp"
#include "base/text.hpp"

namespace plaintalk::testing {

Decoded decoded_frame(const Frame& frame) {
  Decoded decoded;
  decoded.what = frame.verb_text;
  decoded.stream_offset = frame.stream_offset;
  decoded.size_or_at = frame.size;
  decoded.body_kind = frame.body_kind;
  for (std::size_t index = 0; index < frame.token_count; ++index)
    decoded.tokens.emplace_back(frame.tokens[index]);
  decoded.body = frame.body;
  for (const BodyHole& hole : frame.holes)
    decoded.holes.push_back(std::to_string(hole.offset) + '+' + std::to_string(hole.size));
  return decoded;
}

Decoded decoded_error(const DecodeError& error) {
  Decoded decoded;
  decoded.what = name_of(error.code);
  decoded.is_error = true;
  decoded.fatal = error.fatal;
  decoded.stream_offset = error.stream_offset;
  decoded.size_or_at = error.at;
  return decoded;
}

std::string summary(const Decoded& decoded) {
  std::string text = std::to_string(decoded.stream_offset) + (decoded.is_error ? '@' : '+') +
                     std::to_string(decoded.size_or_at) + ' ' + decoded.what;
  if (decoded.fatal) text += " fatal";
  for (const std::string& token : decoded.tokens) text += ' ' + token;
  if (decoded.body_kind == BodyKind::inline_text) text += " :" + terminal_safe(decoded.body);
  if (decoded.body_kind == BodyKind::counted)
    text += " {" + std::to_string(decoded.body.size()) + '}' + terminal_safe(decoded.body);
  for (const std::string& hole : decoded.holes) text += " hole " + hole;
  return text;
}

std::ostream& operator<<(std::ostream& out, const Decoded& decoded) { return out << summary(decoded); }

void drain(FrameDecoder& decoder, std::vector<Decoded>& out) {
  for (auto step = decoder.next(); step != FrameDecoder::Step::need_more; step = decoder.next()) {
    if (step == FrameDecoder::Step::frame) {
      out.push_back(decoded_frame(decoder.frame()));
      continue;
    }
    out.push_back(decoded_error(decoder.error()));
    if (decoder.error().fatal) {
      check(decoder.next() == FrameDecoder::Step::error && decoded_error(decoder.error()) == out.back(),
            "a fatal error is not repeated");
      return;
    }
  }
}

std::vector<Decoded> decode(std::string_view stream, const std::function<std::size_t()>& piece_size,
                            DecoderLimits limits) {
  std::vector<Decoded> out;
  FrameDecoder decoder(limits);
  while (!stream.empty()) {
    const std::size_t size = std::min(std::max<std::size_t>(piece_size(), 1), stream.size());
    // An own heap block of exactly this size: AddressSanitizer sees one byte too far, and late use of a
    // view.
    const auto piece = std::make_unique<char[]>(size);
    stream.copy(piece.get(), size);
    stream.remove_prefix(size);
    decoder.feed({piece.get(), size});
    drain(decoder, out);
    if (!out.empty() && out.back().fatal) return out;
  }
  return out;
}

std::vector<Decoded> decode_whole(std::string_view stream, DecoderLimits limits) {
  return decode(
      stream, [&] { return stream.size(); }, limits);
}

std::vector<Decoded> decode_by_byte(std::string_view stream, DecoderLimits limits) {
  return decode(
      stream, [] { return std::size_t{1}; }, limits);
}

std::vector<std::string> summaries(std::string_view stream, DecoderLimits limits) {
  const auto whole = decode_whole(stream, limits);
  check(whole == decode_by_byte(stream, limits), "the stream decodes differently when it is cut");
  std::vector<std::string> lines;
  for (const Decoded& decoded : whole) lines.push_back(summary(decoded));
  return lines;
}

}  // namespace plaintalk::testing
