// Lost bytes, which only the analyzer has to live with (docs/PROTOCOL.md, section 2, "When bytes are
// missing").
#include <gtest/gtest.h>

#include "protocol/frame.hpp"
#include "tests/protocol/decoded.hpp"

namespace plaintalk {
namespace {

using testing::Decoded;
using Lines = std::vector<std::string>;

// A stream as a story: what was seen and what was lost.
class Story {
 public:
  Story& seen(std::string_view bytes) {
    decoder_.feed(bytes);
    testing::drain(decoder_, decoded_);
    return *this;
  }
  Story& lost(std::uint64_t size) {
    decoder_.gap(size);
    testing::drain(decoder_, decoded_);
    return *this;
  }
  Lines told() const {
    Lines lines;
    for (const Decoded& decoded : decoded_) lines.push_back(summary(decoded));
    return lines;
  }
  FrameDecoder& decoder() { return decoder_; }

 private:
  FrameDecoder decoder_;
  std::vector<Decoded> decoded_;
};

TEST(FrameGap, BecomesAHoleInACountedBody) {
  EXPECT_EQ(Story().seen("DATA f 0 {6}\na").lost(3).seen("bc\nPING\n").told(),
            Lines({"0+20 DATA f 0 {6}a\\x00\\x00\\x00bc hole 1+3", "20+5 PING"}));
}

TEST(FrameGap, MayCoverAWholeBodyOrItsEnds) {
  EXPECT_EQ(Story().seen("DATA f 0 {3}\n").lost(3).seen("\n").told(),
            Lines({"0+17 DATA f 0 {3}\\x00\\x00\\x00 hole 0+3"}));
  EXPECT_EQ(Story().seen("DATA f 0 {3}\n").lost(1).seen("b").lost(1).seen("\n").told(),
            Lines({"0+17 DATA f 0 {3}\\x00b\\x00 hole 0+1 hole 2+1"}));
  EXPECT_EQ(Story().seen("DATA f 0 {3}\n").lost(1).lost(1).seen("c\n").told(),
            Lines({"0+17 DATA f 0 {3}\\x00\\x00c hole 0+2"}));
}

TEST(FrameGap, OfOneByteBehindABodyIsTakenToBeItsLf) {
  EXPECT_EQ(Story().seen("DATA f 0 {3}\nabc").lost(1).seen("PING\n").told(),
            Lines({"0+17 DATA f 0 {3}abc", "17+5 PING"}));
  EXPECT_EQ(Story().seen("DATA f 0 {3}\nab").lost(2).seen("PING\n").told(),
            Lines({"0+17 DATA f 0 {3}ab\\x00 hole 2+1", "17+5 PING"}));
  EXPECT_EQ(Story().seen("DATA f 0 {3}\nabc\r").lost(1).seen("PING\n").told(),
            Lines({"0+18 DATA f 0 {3}abc", "18+5 PING"}));
}

TEST(FrameGap, ThatReachesBeyondABodyGivesTheFrameFirst) {
  EXPECT_EQ(Story().seen("DATA f 0 {3}\nab").lost(10).seen("xx\nPING\n").told(),
            Lines({"0+17 DATA f 0 {3}ab\\x00 hole 2+1", "17@17 gap", "28+5 PING"}));
}

TEST(FrameGap, InALineGivesThatFrameUpAndGoesOnAfterTheNextLf) {
  EXPECT_EQ(Story().seen("PING\nSAY #l").lost(4).seen(":ab\nPING\n").told(),
            Lines({"0+5 PING", "5@11 gap", "19+5 PING"}));
}

TEST(FrameGap, BetweenFramesGivesUpTheLineItEndsIn) {
  EXPECT_EQ(Story().seen("PING\n").lost(7).seen("PING\nPONG\n").told(),
            Lines({"0+5 PING", "5@5 gap", "17+5 PONG"}));
}

TEST(FrameGap, OfUnknownSizeResynchronisesAStreamThatStartsInTheMiddle) {
  EXPECT_EQ(Story().lost(0).seen("\x16 lo\nPING\n").told(), Lines({"0@0 gap", "5+5 PING"}));
}

TEST(FrameGap, InALineThatIsBeingSkippedForgetsWhatItAnnounced) {
  Story story;
  story.seen(std::string(5000, 'A') + " {5}").lost(3).seen("\nPING\n");
  EXPECT_EQ(story.told(), Lines({"0@4095 line_too_long", "5004@5004 gap", "5008+5 PING"}));
}

TEST(FrameGap, InASkippedBodyIsSkippedToo) {
  EXPECT_EQ(Story().seen("SAY % {9}\na").lost(5).seen("xyz\nPING\n").told(),
            Lines({"0@4 bad_token", "20+5 PING"}));
  EXPECT_EQ(Story().seen("SAY % {9}\na").lost(9).seen("PING\n").told(),
            Lines({"0@4 bad_token", "20+5 PING"}));
  EXPECT_EQ(Story().seen("SAY % {9}\na").lost(11).seen("x\nPING\n").told(),
            Lines({"0@4 bad_token", "20@20 gap", "24+5 PING"}));
}

// Goal: an accident inside what was really a lost body must not blind the reader for the rest of the stream.
TEST(FrameGap, MakesErrorsHarmlessUntilAFrameCanBeTrusted) {
  EXPECT_EQ(Story().lost(9).seen("x\nbad {count}\nhuge {9999999999}\nGET / HTTP/1.1\nHost: x\nPING\n").told(),
            Lines({"0@0 gap", "11@15 bad_count", "23@28 body_too_large", "41@41 bad_verb", "56@56 bad_verb",
                   "64+5 PING"}));
  EXPECT_EQ(Story().lost(9).seen("x\nfoo {5}\nPING\n").told(),
            Lines({"0@0 gap", "11@11 bad_verb", "19+5 PING"}));
  EXPECT_EQ(Story().lost(9).seen("x\nsay {5}\nPONG\nPING\nPING\n").told(),
            Lines({"0@0 gap", "11@24 bad_body_end", "29+5 PING"}));
  // Once a frame as senders write them was read, errors count again.
  EXPECT_EQ(Story().lost(9).seen("x\nPING\nbad {count}\n").told(),
            Lines({"0@0 gap", "11+5 PING", "16@20 bad_count fatal"}));
  EXPECT_EQ(Story().lost(9).seen("x\nping\nbad {count}\nPING\n").told(),
            Lines({"0@0 gap", "11+5 ping", "16@20 bad_count", "28+5 PING"}));
}

TEST(FrameGap, WidensTheLastHoleWhenABodyHasTooMany) {
  Story story;
  story.seen("DATA f 0 {400}\n");
  for (int index = 0; index < 200; ++index) story.lost(1).seen("x");
  story.seen("\n");
  ASSERT_EQ(story.told().size(), 1u);
  const std::string told = story.told().front();
  EXPECT_TRUE(told.ends_with(" hole 124+1 hole 126+273")) << told;
  EXPECT_EQ(std::count(told.begin(), told.end(), '+'), 1 + 64);
}

TEST(FrameGap, KeepsOffsetsOfSixtyFourBits) {
  Story story;
  story.lost(std::uint64_t{1} << 40).seen("\nPING\n");
  EXPECT_EQ(story.told(), Lines({"0@0 gap", "1099511627777+5 PING"}));
  EXPECT_EQ(story.decoder().stream_offset(), (std::uint64_t{1} << 40) + 6);
}

TEST(FrameGap, TakesTwoLossesInARowAsOne) {
  FrameDecoder decoder;
  decoder.feed("PI");
  ASSERT_EQ(decoder.next(), FrameDecoder::Step::need_more);
  decoder.gap(2);
  decoder.gap(3);
  std::vector<Decoded> decoded;
  testing::drain(decoder, decoded);
  decoder.feed("x\nPING\n");
  testing::drain(decoder, decoded);
  ASSERT_EQ(decoded.size(), 2u);
  EXPECT_EQ(summary(decoded[0]), "0@2 gap");
  EXPECT_EQ(summary(decoded[1]), "9+5 PING");
}

}  // namespace
}  // namespace plaintalk
