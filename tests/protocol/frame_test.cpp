#include "protocol/frame.hpp"

#include <gtest/gtest.h>

#include "tests/protocol/decoded.hpp"

namespace plaintalk {
namespace {

using testing::summaries;
using Lines = std::vector<std::string>;
using Step = FrameDecoder::Step;

TEST(Frame, ReadsTheThreeForms) {
  EXPECT_EQ(summaries("ROOMS\n"), Lines({"0+6 ROOMS"}));
  EXPECT_EQ(summaries("SAY #lab id=1 :hi there\n"), Lines({"0+24 SAY #lab id=1 :hi there"}));
  EXPECT_EQ(summaries("SAY #lab {5}\na\nb\r\n\n"), Lines({"0+19 SAY #lab {5}a\\nb\\r\\n"}));
}

TEST(Frame, ReadsFramesOneAfterAnotherWithTheirOffsets) {
  EXPECT_EQ(summaries("PING\nSAY #a {0}\n\nPING :x\n"),
            Lines({"0+5 PING", "5+12 SAY #a {0}", "17+8 PING :x"}));
}

TEST(Frame, SkipsBlankLines) { EXPECT_EQ(summaries("\n  \r\n\r\nPING\n \n"), Lines({"7+5 PING"})); }

TEST(Frame, ToleratesCrBeforeEveryLf) {
  EXPECT_EQ(summaries("PING :x\r\nSAY #a {2}\r\nab\r\nROOMS \r\n"),
            Lines({"0+9 PING :x", "9+16 SAY #a {2}ab", "25+8 ROOMS"}));
}

TEST(Frame, TellsArgumentsFromParameters) {
  FrameDecoder decoder;
  decoder.feed("say  a k=v  =b=c k=w k2=x=y e= b\n");
  ASSERT_EQ(decoder.next(), Step::frame);
  const Frame& frame = decoder.frame();
  EXPECT_EQ(frame.verb, Verb::say);
  EXPECT_EQ(frame.verb_text, "say");
  EXPECT_EQ(frame.line, "say  a k=v  =b=c k=w k2=x=y e= b");
  ASSERT_EQ(frame.argument_count(), 3u);
  EXPECT_EQ(frame.argument(0), "a");
  EXPECT_EQ(frame.argument(1), "=b=c");
  EXPECT_EQ(frame.argument(2), "b");
  EXPECT_EQ(frame.argument(3), "");
  EXPECT_EQ(frame.parameter("k"), "v");
  EXPECT_EQ(frame.parameter("k2"), "x=y");
  EXPECT_EQ(frame.parameter("e"), "");
  EXPECT_EQ(frame.parameter("K"), std::nullopt);
  EXPECT_EQ(frame.parameter(""), std::nullopt);
  EXPECT_EQ(frame.parameter("a"), std::nullopt);
}

TEST(Frame, ForgetsTheParametersOfTheFrameBefore) {
  FrameDecoder decoder;
  decoder.feed("A k=v\nB x\n");
  ASSERT_EQ(decoder.next(), Step::frame);
  ASSERT_EQ(decoder.next(), Step::frame);
  EXPECT_EQ(decoder.frame().parameter("k"), std::nullopt);
  EXPECT_EQ(decoder.frame().argument(0), "x");
  EXPECT_EQ(decoder.frame().argument_count(), 1u);
}

TEST(Frame, TakesTheRestOfTheLineAfterTheFirstTokenThatStartsWithAColon) {
  EXPECT_EQ(summaries("SAY #a :: x  {5} \n"), Lines({"0+18 SAY #a :: x  {5} "}));
  EXPECT_EQ(summaries("SAY #a:b :\n"), Lines({"0+11 SAY #a:b :"}));
}

TEST(Frame, TakesACountOnlyFromTheLastToken) {
  EXPECT_EQ(summaries("SAY {5} x\nSAY {5 \nSAY 5}\nSAY x={5}\nSAY {1}  \nz\n"),
            Lines({"0+10 SAY {5} x", "10+8 SAY {5", "18+7 SAY 5}", "25+10 SAY x={5}", "35+12 SAY {1}z"}));
}

TEST(Frame, DecodesUnknownVerbsLikeAnyOther) {
  FrameDecoder decoder;
  decoder.feed("X-NEW/2 a {3}\n\n\n\n\nPING\n");
  ASSERT_EQ(decoder.next(), Step::frame);
  EXPECT_EQ(decoder.frame().verb, Verb::unknown);
  EXPECT_EQ(decoder.frame().body, "\n\n\n");
  ASSERT_EQ(decoder.next(), Step::frame);
  EXPECT_EQ(decoder.frame().verb, Verb::ping);
}

TEST(Frame, TakesExactlyThirtyTwoTokensBesideVerbAndBody) {
  std::string line = "SAY";
  for (int index = 0; index < 32; ++index) line += " t";
  EXPECT_EQ(summaries(line + "\n").front().substr(0, 8), "0+68 SAY");
  EXPECT_EQ(summaries(line + " :x\n").front().substr(0, 8), "0+71 SAY");
  EXPECT_EQ(summaries(line + " {1}\nx\n").front().substr(0, 8), "0+74 SAY");
  EXPECT_EQ(summaries(line + " t\n"), Lines({"0@68 too_many_tokens"}));
}

TEST(Frame, TakesALineOfExactlyTheLimitLfIncluded) {
  const std::string fits = "SAY #a :" + std::string(4096 - 9, 'x');
  EXPECT_EQ(summaries(fits + "\n").front().substr(0, 10), "0+4096 SAY");
  EXPECT_EQ(summaries(fits + "x\nPING\n"), Lines({"0@4095 line_too_long", "4097+5 PING"}));
  EXPECT_EQ(summaries(fits + "\r\nPING\n"), Lines({"0@4095 line_too_long", "4097+5 PING"}));
}

TEST(Frame, TakesABodyOfExactlyTheLimit) {
  const DecoderLimits limits{.body_size_max = 4};
  EXPECT_EQ(summaries("SAY {4}\nabcd\n", limits), Lines({"0+13 SAY {4}abcd"}));
  EXPECT_EQ(summaries("SAY {5}\nPING\n\nPING\n", limits), Lines({"0@4 body_too_large", "14+5 PING"}));
  EXPECT_EQ(summaries("SAY :abcd\nSAY :abcde\n", limits), Lines({"0+10 SAY :abcd", "10@19 body_too_large"}));
}

TEST(FrameDecoder, GivesViewsIntoTheFedBytesWhenAFrameIsWhole) {
  const std::string stream = "SAY #lab :hi\nSAY #lab {3}\nabc\n";
  FrameDecoder decoder;
  decoder.feed(stream);
  ASSERT_EQ(decoder.next(), Step::frame);
  EXPECT_EQ(decoder.frame().body.data(), stream.data() + 10);
  ASSERT_EQ(decoder.next(), Step::frame);
  EXPECT_EQ(decoder.frame().body.data(), stream.data() + 26);
}

TEST(FrameDecoder, SaysWhatItHoldsBackAndUpToWhereItHasRead) {
  FrameDecoder decoder;
  decoder.feed("PING\nSAY #lab {3}\nab");
  ASSERT_EQ(decoder.next(), Step::frame);
  EXPECT_EQ(decoder.stream_offset(), 5u);
  EXPECT_EQ(decoder.next(), Step::need_more);
  EXPECT_EQ(decoder.pending_size(), 15u);
  EXPECT_EQ(decoder.stream_offset(), 5u);
  decoder.feed("c\n");
  ASSERT_EQ(decoder.next(), Step::frame);
  EXPECT_EQ(decoder.frame().body, "abc");
  EXPECT_EQ(decoder.pending_size(), 0u);
  EXPECT_EQ(decoder.stream_offset(), 22u);
  EXPECT_EQ(decoder.next(), Step::need_more);
}

// Goal: a reader that stops early (a rate limit) and goes on later sees the same frames.
// Method: read one frame after each feed, park the rest in a buffer that dies, feed more in between.
TEST(FrameDecoder, GoesOnFromWhatWasParked) {
  FrameDecoder decoder;
  std::vector<std::string> seen;
  const auto read_one = [&] {
    if (decoder.next() == Step::frame) seen.push_back(summary(testing::decoded_frame(decoder.frame())));
    decoder.park();
  };
  const auto feed = [&](std::string_view bytes) {
    const std::string piece(bytes);
    decoder.feed(piece);
    read_one();
  };
  feed("A\nB\nC :x");
  feed("y\nD\n");
  feed("E {2}\n");
  feed("ab");
  feed("\nF\n");
  for (int index = 0; index < 4; ++index) read_one();
  EXPECT_EQ(seen, Lines({"0+2 A", "2+2 B", "4+6 C :xy", "10+2 D", "12+9 E {2}ab", "21+2 F"}));
}

TEST(FrameDecoder, AcceptsEmptyFeeds) {
  FrameDecoder decoder;
  EXPECT_EQ(decoder.next(), Step::need_more);
  decoder.feed("");
  EXPECT_EQ(decoder.next(), Step::need_more);
  decoder.park();
  EXPECT_EQ(decoder.next(), Step::need_more);
}

TEST(FrameDecoderDeathTest, RefusesToBeFedBeforeTheLastBytesWereRead) {
  EXPECT_DEATH(
      {
        FrameDecoder decoder;
        decoder.feed("A\n");
        decoder.feed("B\n");
      },
      "fed before");
}

}  // namespace
}  // namespace plaintalk
