#include "protocol/frame_writer.hpp"

#include <gtest/gtest.h>

#include "protocol/frame.hpp"
#include "protocol/limits.hpp"

namespace plaintalk {
namespace {

std::string with_body(std::string_view body) {
  std::string out;
  FrameWriter(out, Verb::say).argument("#lab").body(body);
  return out;
}

TEST(FrameWriter, WritesArgumentsAndParametersInOrder) {
  std::string out = "X\n";
  FrameWriter(out, Verb::ok).parameter("id", "x1").parameter("seq", 42u).argument("a").argument(0u).end();
  FrameWriter(out, Verb::greeting).argument("lab").end();
  EXPECT_EQ(out, "X\nOK id=x1 seq=42 a 0\nPLAINTALK/1 lab\n");
}

// A string grows while part of it is copied: the sizes go over several steps of it.
TEST(FrameWriter, RepeatsPartsOfEarlierFrames) {
  std::string out;
  FrameWriter first(out, Verb::msg);
  first.argument("#lab");
  const WrittenPart head{0, out.size()};
  first.argument(9u);
  const std::size_t at = out.size();
  first.argument("alice").argument(1789201500000u);
  const WrittenPart tail{at, out.size() - at};
  first.body("m9");
  std::string expected = "MSG #lab 9 alice 1789201500000 :m9\n";
  for (std::uint64_t n = 10; n < 200; ++n) {
    const std::string body = "m" + std::to_string(n);
    FrameWriter(out, head).argument(n).repeat(tail).body(body);
    expected += "MSG #lab " + std::to_string(n) + " alice 1789201500000 :" + body + "\n";
  }
  EXPECT_EQ(out, expected);
}

TEST(FrameWriter, WritesABodyInlineWhenThatIsLegal) {
  EXPECT_EQ(with_body("hi  there: {5} "), "SAY #lab :hi  there: {5} \n");
  EXPECT_EQ(with_body(""), "SAY #lab :\n");
  EXPECT_EQ(with_body("gr\xC3\xBC\xC3\x9F"), "SAY #lab :gr\xC3\xBC\xC3\x9F\n");
}

TEST(FrameWriter, CountsABodyThatIsNotInlineText) {
  EXPECT_EQ(with_body("a\nb"), "SAY #lab {3}\na\nb\n");
  EXPECT_EQ(with_body("a\rb"), "SAY #lab {3}\na\rb\n");
  EXPECT_EQ(with_body(std::string_view("a\0b", 3)), std::string("SAY #lab {3}\na\0b\n", 17));
  EXPECT_EQ(with_body("\xFF"), "SAY #lab {1}\n\xFF\n");
}

TEST(FrameWriter, CountsALongBody) {
  const std::string longest(kInlineBodySizeMax, 'x');
  EXPECT_EQ(with_body(longest), "SAY #lab :" + longest + "\n");
  EXPECT_EQ(with_body(longest + "x"), "SAY #lab {1025}\n" + longest + "x\n");
}

TEST(FrameWriter, CountsABodyThatWouldMakeTheLineTooLong) {
  const std::string token(kLineSizeMax - 1000, 't');
  const std::string body(1000 - 7, 'x');  // "SAY ", " :" and the LF are seven bytes
  std::string out;
  FrameWriter(out, Verb::say).argument(token).body(body.substr(1));
  EXPECT_EQ(out.size(), kLineSizeMax - 1);
  out.clear();
  FrameWriter(out, Verb::say).argument(token).body(body);
  EXPECT_EQ(out.size(), kLineSizeMax);
  EXPECT_EQ(out.find("{"), out.npos);
  out.clear();
  FrameWriter(out, Verb::say).argument(token).body(body + "x");
  EXPECT_NE(out.find("{994}\n"), out.npos);
}

TEST(FrameWriter, WritesOnlyTheHeadWhenTheCallerSendsTheBody) {
  std::string out;
  FrameWriter(out, Verb::data).argument("f").argument(16384u).counted_head(512);
  EXPECT_EQ(out, "DATA f 16384 {512}\n");
}

TEST(FrameWriter, EscapesWhatWouldReadAsSomethingElse) {
  std::string out;
  FrameWriter(out, Verb::say).argument("{5}").end();
  FrameWriter(out, Verb::get).argument("x").argument("HTTP/1.1").end();
  FrameWriter(out, Verb::say).token("{k={5}").token("HTTP/1=2").parameter("k", "{5}").end();
  EXPECT_EQ(out, "SAY %7B5}\nGET x %48TTP/1.1\nSAY %7Bk={5} HTTP/1=2 k={5}\n");
}

// Long and short pieces are copied in different ways, and looked at eight bytes at a time: each size, with
// the odd byte at each place.
TEST(FrameWriter, WritesTokensOfEachSize) {
  for (std::size_t size = 1; size <= 40; ++size) {
    const std::string token = std::string(size - 1, 'a') + 'z';
    std::string out;
    FrameWriter(out, Verb::say).argument(token).parameter("display", token).body(token);
    EXPECT_EQ(out, "SAY " + token + " display=" + token + " :" + token + "\n");
    for (std::size_t at = 1; at < size; ++at) {
      std::string with_equals = token;
      with_equals[at] = '=';
      out.clear();
      FrameWriter(out, Verb::say).parameter("id", with_equals).token(with_equals).end();
      EXPECT_EQ(out, "SAY id=" + with_equals + " " + with_equals + "\n");
      FrameDecoder decoder;
      decoder.feed(out);
      ASSERT_EQ(decoder.next(), FrameDecoder::Step::frame) << out;
      EXPECT_EQ(decoder.frame().parameter_bits, 3u) << out;
    }
  }
}

TEST(FrameWriterDeathTest, StopsAtATokenThatIsNoToken) {
  std::string out;
  for (const char* token : {"", "a b", ":a", "a\n", "100%", "\xC3\xA9", "k=v"})
    EXPECT_DEATH(FrameWriter(out, Verb::say).argument(token), "escape") << token;
  EXPECT_DEATH(FrameWriter(out, Verb::say).parameter("k", "a b"), "escape");
  EXPECT_DEATH(FrameWriter(out, Verb::say).token(":k=v"), "escape");
  EXPECT_DEATH(FrameWriter(out, Verb::unknown), "verb");
}

}  // namespace
}  // namespace plaintalk
