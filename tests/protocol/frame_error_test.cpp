// Every row of the table "When a frame is wrong" in docs/PROTOCOL.md, section 2.
#include <gtest/gtest.h>

#include "protocol/frame.hpp"
#include "tests/protocol/decoded.hpp"

namespace plaintalk {
namespace {

using testing::summaries;
using Lines = std::vector<std::string>;
using Step = FrameDecoder::Step;

TEST(FrameError, ReportsALineThatIsTooLongBeforeItEnds) {
  FrameDecoder decoder({.line_size_max = 16});
  decoder.feed("AAAAAAAAAAAAAAA");
  EXPECT_EQ(decoder.next(), Step::need_more);
  decoder.feed("A");
  ASSERT_EQ(decoder.next(), Step::error);
  EXPECT_EQ(decoder.error().code, DecodeError::Code::line_too_long);
  EXPECT_EQ(decoder.error().at, 15u);
  EXPECT_FALSE(decoder.error().fatal);
  decoder.feed("BBBB");
  EXPECT_EQ(decoder.next(), Step::need_more);
  EXPECT_EQ(decoder.pending_size(), 0u);
  EXPECT_EQ(decoder.stream_offset(), 20u);
}

TEST(FrameError, SkipsTheBodyThatATooLongLineAnnounces) {
  const DecoderLimits limits{.line_size_max = 16};
  EXPECT_EQ(summaries("SAY #a pppppppppppppppppp {5}\nQUIT\n\nPING\n", limits),
            Lines({"0@15 line_too_long", "36+5 PING"}));
  EXPECT_EQ(summaries("SAY #a pppppppppppppppppp {5} \r\nQUIT\n\r\nPING\n", limits),
            Lines({"0@15 line_too_long", "39+5 PING"}));
  EXPECT_EQ(summaries("SAY #a :ppppppppppppppppp {5}\nPING\n", limits),
            Lines({"0@15 line_too_long", "30+5 PING"}));
  EXPECT_EQ(summaries("SAY #a pppppppppppppppppp {5}\r\r\nPING\n", limits),
            Lines({"0@15 line_too_long", "32+5 PING"}));
  EXPECT_EQ(summaries("SAY #a pppppppppppppppppp {5x}\nPING\n", limits),
            Lines({"0@15 line_too_long", "0@26 bad_count fatal"}));
  EXPECT_EQ(summaries("SAY #a pppppppppppppppppp {9999999}\n", limits),
            Lines({"0@15 line_too_long", "0@26 body_too_large fatal"}));
  EXPECT_EQ(summaries("SAY #a pppppppppppppppppp {000000000000001}\n", limits),
            Lines({"0@15 line_too_long", "0@26 bad_count fatal"}));
}

TEST(FrameError, ReportsAFirstTokenThatIsNotAVerb) {
  EXPECT_EQ(summaries("9A\n"), Lines({"0@0 bad_verb"}));
  EXPECT_EQ(summaries(" PING\nPING\n"), Lines({"0@0 bad_verb", "6+5 PING"}));
  EXPECT_EQ(summaries("SA.Y x\nPING\n"), Lines({"0@2 bad_verb", "7+5 PING"}));
  EXPECT_EQ(summaries(std::string(32, 'V') + "\n"), Lines({"0+33 " + std::string(32, 'V')}));
  EXPECT_EQ(summaries(std::string(33, 'V') + "\n"), Lines({"0@32 bad_verb"}));
  EXPECT_EQ(summaries(":-) {5}\nPING\n"), Lines({"0@0 bad_verb", "8+5 PING"}));
  EXPECT_EQ(summaries("\xC3\xA9t\xC3\xA9\nPING\n"), Lines({"0@0 bad_verb", "6+5 PING"}));
}

TEST(FrameError, ReportsATokenThatIsNotPrintableAscii) {
  EXPECT_EQ(summaries("SAY #\xC3\xA9 x\nPING\n"), Lines({"0@5 bad_token", "10+5 PING"}));
  EXPECT_EQ(summaries("SAY a\tb\n"), Lines({"0@5 bad_token"}));
  EXPECT_EQ(summaries(std::string_view("SAY a\0b\n", 8)), Lines({"0@5 bad_token"}));
  EXPECT_EQ(summaries("SAY a\x7F\n"), Lines({"0@5 bad_token"}));
  EXPECT_EQ(summaries("SAY a\rb\n"), Lines({"0@5 bad_token"}));
}

TEST(FrameError, ReportsAPercentSignWithoutTwoDigits) {
  EXPECT_EQ(summaries("SAY %4a%4A%00\n"), Lines({"0+14 SAY %4a%4A%00"}));
  EXPECT_EQ(summaries("SAY 100%\n"), Lines({"0@7 bad_token"}));
  EXPECT_EQ(summaries("SAY %4\n"), Lines({"0@4 bad_token"}));
  EXPECT_EQ(summaries("SAY %4 1\n"), Lines({"0@4 bad_token"}));
  EXPECT_EQ(summaries("SAY %g0\n"), Lines({"0@4 bad_token"}));
  EXPECT_EQ(summaries("SAY %0\r\n"), Lines({"0@4 bad_token"}));
}

TEST(FrameError, ReportsCrAndNulInInlineText) {
  EXPECT_EQ(summaries("SAY :a\rb\nPING\n"), Lines({"0@6 bad_text", "9+5 PING"}));
  EXPECT_EQ(summaries(std::string_view("SAY :a\0b\n", 9)), Lines({"0@6 bad_text"}));
  EXPECT_EQ(summaries("SAY :a\r\r\n"), Lines({"0@6 bad_text"}));
}

TEST(FrameError, ReportsInlineTextThatIsNotUtf8) {
  EXPECT_EQ(summaries("SAY :gr\xC3\xBC\xC3\x9F\n"), Lines({"0+12 SAY :gr\xC3\xBC\xC3\x9F"}));
  EXPECT_EQ(summaries("SAY :a\xFF\nPING\n"), Lines({"0@6 not_utf8", "8+5 PING"}));
  EXPECT_EQ(summaries("SAY :a\xED\xA0\x80\n"), Lines({"0@6 not_utf8"}));
  EXPECT_EQ(summaries("SAY :\xC3\n"), Lines({"0@5 not_utf8"}));
  // The first fault from the left is the one that is reported.
  EXPECT_EQ(summaries("SAY :\xFF\r.\n"), Lines({"0@5 not_utf8"}));
  EXPECT_EQ(summaries("SAY :.\r\xFF\n"), Lines({"0@6 bad_text"}));
}

TEST(FrameError, LeavesTheBytesOfACountedBodyAlone) {
  EXPECT_EQ(summaries(std::string_view("SAY {3}\n\xFF\0\r\n", 12)), Lines({"0+12 SAY {3}\\xff\\x00\\r"}));
}

TEST(FrameError, EndsTheStreamAtABadCount) {
  for (const char* count : {"{}", "{x}", "{-1}", "{+1}", "{01}", "{1 }", "{12345678901}", "{0x5}", "{1.}"}) {
    const std::string line = std::string("SAY #a ") + count + "\nPING\n";
    if (std::string_view(count) == "{1 }") {
      EXPECT_EQ(summaries(line), Lines({"0+12 SAY #a {1 }", "12+5 PING"}));
    } else {
      EXPECT_EQ(summaries(line), Lines({"0@7 bad_count fatal"})) << count;
    }
  }
}

TEST(FrameError, EndsTheStreamWhenABodyDoesNotEndInLf) {
  EXPECT_EQ(summaries("SAY {2}\nabc\nPING\n"), Lines({"0@10 bad_body_end fatal"}));
  EXPECT_EQ(summaries("SAY {2}\nab\rc\n"), Lines({"0@11 bad_body_end fatal"}));
  EXPECT_EQ(summaries("SAY {2}\nab\r\r\n"), Lines({"0@11 bad_body_end fatal"}));
}

TEST(FrameError, SkipsABodyOverTheLimitWithoutStoringIt) {
  FrameDecoder decoder;
  decoder.feed("DATA f 0 {1048576}\n");
  ASSERT_EQ(decoder.next(), Step::error);
  EXPECT_EQ(decoder.error().code, DecodeError::Code::body_too_large);
  EXPECT_FALSE(decoder.error().fatal);
  EXPECT_EQ(decoder.error().at, 9u);
  const std::string block(65536, 'z');
  for (int index = 0; index < 16; ++index) {
    decoder.feed(block);
    ASSERT_EQ(decoder.next(), Step::need_more);
    ASSERT_EQ(decoder.pending_size(), 0u);
  }
  decoder.feed("\nPING\n");
  ASSERT_EQ(decoder.next(), Step::frame);
  EXPECT_EQ(decoder.frame().verb, Verb::ping);
  EXPECT_EQ(decoder.frame().stream_offset, 19u + 1048576 + 1);
}

TEST(FrameError, EndsTheStreamAtAnAnnouncementThatIsTooLargeToSkip) {
  EXPECT_EQ(summaries("DATA f 0 {1048577}\n"), Lines({"0@9 body_too_large fatal"}));
  EXPECT_EQ(summaries("DATA f 0 {9999999999}\n"), Lines({"0@9 body_too_large fatal"}));
}

TEST(FrameError, EndsTheStreamWhenASkippedBodyDoesNotEndInLf) {
  EXPECT_EQ(summaries("SAY % {4}\nQUITx\n"), Lines({"0@4 bad_token", "0@14 bad_body_end fatal"}));
}

// Goal: nobody's text is run as commands because the line before it had a fault.
// Method: hide QUIT in the body of lines with each kind of fault.
TEST(FrameError, SkipsTheBodyOfALineWithAFault) {
  EXPECT_EQ(summaries("SA.Y {5}\nQUIT\n\nPING\n"), Lines({"0@2 bad_verb", "15+5 PING"}));
  EXPECT_EQ(summaries("SAY % {5}\nQUIT\n\nPING\n"), Lines({"0@4 bad_token", "16+5 PING"}));
  EXPECT_EQ(summaries("SAY \xFF {5}  \r\nQUIT\n\r\nPING\n"), Lines({"0@4 bad_token", "20+5 PING"}));
  std::string line = "SAY";
  for (int index = 0; index < 33; ++index) line += " t";
  EXPECT_EQ(summaries(line + " {5}\nQUIT\n\nPING\n"), Lines({"0@68 too_many_tokens", "80+5 PING"}));
  EXPECT_EQ(summaries("{5}\nQUIT\n\nPING\n"), Lines({"0@0 bad_verb", "10+5 PING"}));
  EXPECT_EQ(summaries("SAY % {0}\n\nPING\n"), Lines({"0@4 bad_token", "11+5 PING"}));
  EXPECT_EQ(summaries("SAY % {70000}\n" + std::string(70000, '\n') + "\nPING\n"),
            Lines({"0@4 bad_token", "70015+5 PING"}));
}

TEST(FrameError, DoesNotTakeInlineTextForACountAfterAFault) {
  EXPECT_EQ(summaries("SAY % :x {5}\nPING\n"), Lines({"0@4 bad_token", "13+5 PING"}));
}

TEST(FrameError, PrefersAFaultThatEndsTheStream) {
  EXPECT_EQ(summaries("SAY % {5x}\n"), Lines({"0@6 bad_count fatal"}));
  EXPECT_EQ(summaries("SAY % {2000000}\n"), Lines({"0@6 body_too_large fatal"}));
  EXPECT_EQ(summaries("{\"a\":1}\n"), Lines({"0@0 bad_count fatal"}));
}

TEST(FrameError, RecognisesTlsFromItsFirstByte) {
  EXPECT_EQ(summaries("\x16\x03\x01"), Lines({"0@0 not_plaintalk fatal"}));
  EXPECT_EQ(summaries("\x80"), Lines({"0@0 not_plaintalk fatal"}));
  EXPECT_EQ(summaries("PING\n\x16\n"), Lines({"0+5 PING", "5@5 bad_verb"}));
}

TEST(FrameError, RecognisesAByteOrderMark) {
  EXPECT_EQ(summaries("\xEF\xBB\xBFPING"), Lines({"0@0 not_plaintalk fatal"}));
  EXPECT_EQ(summaries("\xFF\xFEP"), Lines({"0@0 not_plaintalk fatal"}));
  EXPECT_EQ(summaries("\xFE\xFFP"), Lines({"0@0 not_plaintalk fatal"}));
  EXPECT_EQ(summaries("\xEF\xBB"), Lines());
  EXPECT_EQ(summaries("\xEF\nPING\n"), Lines({"0@0 bad_verb", "2+5 PING"}));
  EXPECT_EQ(summaries("\n\xEF\xBB\xBF\n"), Lines({"1@1 bad_verb"}));
}

TEST(FrameError, RecognisesHttp) {
  EXPECT_EQ(summaries("GET / HTTP/1.1\r\n"), Lines({"0@0 not_plaintalk fatal"}));
  EXPECT_EQ(summaries("POST /x%zz HTTP/1.0\n"), Lines({"0@0 not_plaintalk fatal"}));
  EXPECT_EQ(summaries("PRI * HTTP/2.0\r\n"), Lines({"0@0 not_plaintalk fatal"}));
  EXPECT_EQ(summaries("OPTIONS * HTTP/2\r\n"), Lines({"0@0 not_plaintalk fatal"}));
  EXPECT_EQ(summaries("get / HTTP/1.1\r\n"), Lines({"0@0 not_plaintalk fatal"}));
  EXPECT_EQ(summaries("PING\nPUT /f HTTP/1.1\n"), Lines({"0+5 PING", "5@5 not_plaintalk fatal"}));
  EXPECT_EQ(summaries("GET /" + std::string(5000, 'a') + " HTTP/1.1\r\nhost: x\r\n"),
            Lines({"0@4095 line_too_long", "5016@5016 not_plaintalk fatal"}));
}

TEST(FrameError, DoesNotTakeOurOwnVerbsForHttp) {
  EXPECT_EQ(summaries("GET fq7 from=0\n"), Lines({"0+15 GET fq7 from=0"}));
  EXPECT_EQ(summaries("GET fq7\n"), Lines({"0+8 GET fq7"}));
  EXPECT_EQ(summaries("GET / HTTP/x\n"), Lines({"0+13 GET / HTTP/x"}));
  EXPECT_EQ(summaries("PUT a 1 HTTP/1.1\n"), Lines({"0+17 PUT a 1 HTTP/1.1"}));
  EXPECT_EQ(summaries("SAY #a :GET / HTTP/1.1\n"), Lines({"0+23 SAY #a :GET / HTTP/1.1"}));
  EXPECT_EQ(summaries("AWAY :reading HTTP/2\n"), Lines({"0+21 AWAY :reading HTTP/2"}));
  EXPECT_EQ(summaries("SAY #a {15}\nGET / HTTP/1.1\n\n"), Lines({"0+28 SAY #a {15}GET / HTTP/1.1\\n"}));
}

TEST(FrameError, RepeatsAFatalErrorWhateverIsFed) {
  FrameDecoder decoder;
  decoder.feed("SAY {x}\nPING\n");
  for (int index = 0; index < 3; ++index) {
    ASSERT_EQ(decoder.next(), Step::error);
    EXPECT_EQ(decoder.error().code, DecodeError::Code::bad_count);
    EXPECT_TRUE(decoder.error().fatal);
    EXPECT_EQ(decoder.stream_offset(), 0u);
    decoder.feed("PING\n");
    decoder.gap(3);
    decoder.park();
  }
  EXPECT_EQ(decoder.pending_size(), 0u);
}

TEST(FrameError, NamesEveryCodeAsTheDocumentDoes) {
  using Code = DecodeError::Code;
  EXPECT_EQ(name_of(Code::line_too_long), "line_too_long");
  EXPECT_EQ(name_of(Code::gap), "gap");
  for (int code = 0; code <= static_cast<int>(Code::gap); ++code)
    EXPECT_NE(name_of(static_cast<Code>(code)), "?") << code;
}

}  // namespace
}  // namespace plaintalk
