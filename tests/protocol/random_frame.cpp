#include "tests/protocol/random_frame.hpp"

#include <array>

#include "protocol/frame_writer.hpp"
#include "protocol/names.hpp"

namespace plaintalk::testing {

// SplitMix64: three lines, good enough, and the same everywhere (the library's distributions are not).
std::size_t FrameGenerator::pick(std::size_t end) {
  std::uint64_t mixed = state_ += 0x9E3779B97F4A7C15;
  mixed = (mixed ^ mixed >> 30) * 0xBF58476D1CE4E5B9;
  mixed = (mixed ^ mixed >> 27) * 0x94D049BB133111EB;
  return static_cast<std::size_t>((mixed ^ mixed >> 31) % end);
}

std::string FrameGenerator::bytes() {
  std::string bytes(pick(3) == 0 ? pick(3000) : pick(40), '\0');
  for (char& c : bytes) c = static_cast<char>(pick(256));
  return bytes;
}

std::string FrameGenerator::text() {
  constexpr std::array<std::string_view, 10> kPieces = {
      "a", " ", ":", "{5}", "\t", "\xC3\xA9", "\xE2\x82\xAC", "\xF0\x9F\x98\x80", "=", "%"};
  std::string text;
  for (std::size_t count = pick(pick(8) == 0 ? 600 : 30); count > 0; --count)
    text += kPieces[pick(kPieces.size())];
  return text;
}

std::string FrameGenerator::token() {
  std::string raw(1 + pick(12), '\0');
  for (char& c : raw) c = static_cast<char>(pick(4) == 0 ? pick(256) : 0x21 + pick(0x5E));
  return escape(raw);
}

RandomFrame FrameGenerator::frame() {
  RandomFrame frame;
  frame.verb = static_cast<Verb>(1 + pick(static_cast<std::size_t>(Verb::file)));
  for (std::size_t count = pick(pick(6) == 0 ? kTokenCountMax + 1 : 5); count > 0; --count) {
    const bool is_parameter = pick(2) == 0;
    frame.tokens.push_back(is_parameter ? "k" + std::to_string(pick(4)) + '=' + (pick(4) ? token() : "")
                                        : token());
  }
  const std::size_t kind = pick(3);
  frame.has_body = kind != 0;
  if (kind == 1) frame.body = text();
  if (kind == 2) frame.body = bytes();
  return frame;
}

std::string FrameGenerator::mutate(std::string stream) {
  constexpr std::string_view kMarks("\n\r :{}%=\0\xFF\x16", 11);
  for (std::size_t round = 1 + pick(6); round > 0 && !stream.empty(); --round) {
    const std::size_t at = pick(stream.size());
    switch (pick(4)) {
      case 0: stream[at] = kMarks[pick(kMarks.size())]; break;
      case 1: stream.insert(at, 1, kMarks[pick(kMarks.size())]); break;
      case 2: stream.erase(at, 1 + pick(20)); break;
      default: stream[at] = static_cast<char>(pick(256));
    }
  }
  return stream;
}

std::string encode(const RandomFrame& frame) {
  std::string out;
  FrameWriter writer(out, frame.verb);
  for (const std::string& token : frame.tokens) writer.token(token);
  if (frame.has_body) {
    writer.body(frame.body);
  } else {
    writer.end();
  }
  return out;
}

}  // namespace plaintalk::testing
