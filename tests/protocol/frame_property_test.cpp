// What must hold for all frames and all streams, tried on many that a fixed seed makes.
#include <algorithm>

#include <gtest/gtest.h>

#include "protocol/frame_writer.hpp"
#include "tests/protocol/decoded.hpp"
#include "tests/protocol/random_frame.hpp"

namespace plaintalk {
namespace {

using testing::Decoded;
using testing::FrameGenerator;
using testing::RandomFrame;

// Goal: what is written is what is read.
// Method: encode random frames, bodies of text and of any bytes among them; decode; compare every part.
TEST(FrameProperty, ADecodedFrameIsTheEncodedOne) {
  FrameGenerator generator(1);
  int inline_count = 0;
  int counted_count = 0;
  for (int round = 0; round < 3000; ++round) {
    const RandomFrame frame = generator.frame();
    const std::string bytes = encode(frame);
    SCOPED_TRACE(bytes);
    const auto decoded = testing::decode_whole(bytes);
    ASSERT_EQ(decoded.size(), 1u);
    const Decoded& again = decoded.front();
    ASSERT_FALSE(again.is_error);
    EXPECT_EQ(again.what, verb_text(frame.verb));
    EXPECT_EQ(again.tokens, frame.tokens);
    EXPECT_EQ(again.body, frame.body);
    EXPECT_EQ(again.body_kind != BodyKind::none, frame.has_body);
    EXPECT_EQ(again.size_or_at, bytes.size());
    inline_count += again.body_kind == BodyKind::inline_text;
    counted_count += again.body_kind == BodyKind::counted;
    if (again.body_kind == BodyKind::counted && bytes.find('\n') + 1 + frame.body.size() < 4096) {
      EXPECT_TRUE(frame.body.size() > kInlineBodySizeMax || !is_inline_text(frame.body));
    }
  }
  EXPECT_GT(inline_count, 500);
  EXPECT_GT(counted_count, 500);
}

std::string random_stream(FrameGenerator& generator) {
  std::string stream;
  for (std::size_t count = 1 + generator.pick(12); count > 0; --count) stream += encode(generator.frame());
  return stream;
}

// Goal: TCP may cut a stream anywhere, and that changes nothing: frames, errors, offsets.
// Method: the same stream whole, byte by byte, and in two random cuts.
void expect_same_however_cut(const std::string& stream, FrameGenerator& generator) {
  const DecoderLimits limits{.line_size_max = 600, .body_size_max = 2000, .skipped_body_size_max = 4000};
  const auto whole = testing::decode_whole(stream, limits);
  ASSERT_EQ(whole, testing::decode_by_byte(stream, limits));
  for (const std::size_t size_max : {8u, 700u}) {
    ASSERT_EQ(whole, testing::decode(
                         stream, [&] { return 1 + generator.pick(size_max); }, limits));
  }
}

TEST(FrameProperty, CutsDoNotChangeWhatIsDecoded) {
  FrameGenerator generator(2);
  for (int round = 0; round < 150; ++round) {
    SCOPED_TRACE(round);
    expect_same_however_cut(random_stream(generator), generator);
  }
}

TEST(FrameProperty, CutsDoNotChangeWhatIsDecodedOfADamagedStream) {
  FrameGenerator generator(3);
  std::size_t error_count = 0;
  for (int round = 0; round < 300; ++round) {
    SCOPED_TRACE(round);
    const std::string stream = generator.mutate(random_stream(generator));
    expect_same_however_cut(stream, generator);
    for (const Decoded& decoded : testing::decode_whole(stream)) error_count += decoded.is_error;
  }
  EXPECT_GT(error_count, 100u);
}

// Goal: a reader that stops after each frame and parks the rest sees what a greedy reader sees.
TEST(FrameProperty, ParkingDoesNotChangeWhatIsDecoded) {
  FrameGenerator generator(4);
  for (int round = 0; round < 150; ++round) {
    SCOPED_TRACE(round);
    const std::string stream = generator.mutate(random_stream(generator));
    FrameDecoder decoder;
    std::vector<Decoded> seen;
    const auto read = [&](std::size_t count_max) {
      for (; count_max > 0; --count_max) {
        if (!seen.empty() && seen.back().fatal) return false;
        const auto step = decoder.next();
        if (step == FrameDecoder::Step::need_more) return false;
        seen.push_back(step == FrameDecoder::Step::frame ? testing::decoded_frame(decoder.frame())
                                                         : testing::decoded_error(decoder.error()));
      }
      return true;
    };
    for (std::size_t at = 0; at < stream.size();) {
      const std::string piece = stream.substr(at, 1 + generator.pick(200));
      at += piece.size();
      decoder.feed(piece);
      read(generator.pick(3));
      decoder.park();
    }
    while (read(1)) {
    }
    ASSERT_EQ(seen, testing::decode_whole(stream));
  }
}

// Goal: however hostile a stream is, no more than one frame within the limits is held back.
TEST(FrameProperty, HoldsBackAtMostOneFrame) {
  const DecoderLimits limits{.line_size_max = 100, .body_size_max = 300, .skipped_body_size_max = 1000};
  FrameGenerator generator(5);
  for (int round = 0; round < 200; ++round) {
    const std::string stream = generator.mutate(random_stream(generator));
    FrameDecoder decoder(limits);
    std::vector<Decoded> seen;
    for (std::size_t at = 0; at < stream.size();) {
      const std::string piece = stream.substr(at, 1 + generator.pick(50));
      at += piece.size();
      decoder.feed(piece);
      testing::drain(decoder, seen);
      if (!seen.empty() && seen.back().fatal) break;
      ASSERT_LE(decoder.pending_size(), limits.line_size_max + limits.body_size_max);
    }
  }
}

// Goal: lost bytes never make the decoder invent bytes, only drop some; frames that lie whole between
// losses and after a complete line are still found, at their true offsets.
TEST(FrameProperty, LossesLeaveOffsetsTrue) {
  FrameGenerator generator(6);
  std::size_t found_count = 0;
  for (int round = 0; round < 200; ++round) {
    SCOPED_TRACE(round);
    const std::string stream = random_stream(generator) + random_stream(generator);
    const auto whole = testing::decode_whole(stream);
    const std::size_t lost_at = generator.pick(stream.size());
    const std::size_t lost_size = std::min(1 + generator.pick(60), stream.size() - lost_at);
    FrameDecoder decoder;
    std::vector<Decoded> seen;
    decoder.feed(std::string_view(stream).substr(0, lost_at));
    testing::drain(decoder, seen);
    decoder.gap(lost_size);
    testing::drain(decoder, seen);
    decoder.feed(std::string_view(stream).substr(lost_at + lost_size));
    testing::drain(decoder, seen);
    for (const Decoded& decoded : seen) {
      if (decoded.is_error) continue;
      const bool before = decoded.stream_offset + decoded.size_or_at <= lost_at;
      const bool found = std::find(whole.begin(), whole.end(), decoded) != whole.end();
      ASSERT_TRUE(found || !before) << decoded;
      found_count += found;
    }
    if (decoder.error().fatal) continue;
    ASSERT_EQ(decoder.stream_offset() + decoder.pending_size(), stream.size());
  }
  EXPECT_GT(found_count, 1000u);
}

}  // namespace
}  // namespace plaintalk
