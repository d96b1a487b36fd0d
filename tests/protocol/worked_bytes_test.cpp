// The examples of docs/PROTOCOL.md, section 10, read out of the document and run, so that it cannot rot.
//
//   ```session   lines "C: ..." and "S: ...", each without its LF; \r stands for CR
//   ```bytes    hexadecimal pairs; what stands behind two or more spaces is a comment
//   ```decoded   what the bytes above decode to, as testing::summary() writes it
#include <fstream>
#include <map>
#include <sstream>

#include <gtest/gtest.h>

#include "base/crypto/digest.hpp"
#include "base/text.hpp"
#include "protocol/frame_writer.hpp"
#include "protocol/limits.hpp"
#include "tests/protocol/decoded.hpp"

namespace plaintalk {
namespace {

struct CodeBlock {
  std::string language;
  std::size_t line = 0;
  std::vector<std::string> lines;
};

std::vector<CodeBlock> read_blocks() {
  std::ifstream file(PLAINTALK_PROTOCOL_DOCUMENT);
  std::vector<CodeBlock> blocks;
  bool in_section = false;
  bool inside = false;
  std::size_t number = 0;
  for (std::string line; std::getline(file, line);) {
    ++number;
    if (line.starts_with("## ")) in_section = line.starts_with("## 10. ");
    if (!in_section) continue;
    if (line.starts_with("```")) {
      inside = !inside;
      if (inside) blocks.push_back({line.substr(3), number, {}});
    } else if (inside) {
      blocks.back().lines.push_back(line);
    }
  }
  return blocks;
}

std::string bytes_of(const CodeBlock& block) {
  std::string bytes;
  for (const std::string& line : block.lines) {
    std::istringstream pairs(line.substr(0, line.find("  ")));
    for (std::string pair; pairs >> pair;) bytes += static_cast<char>(std::stoul(pair, nullptr, 16));
  }
  return bytes;
}

// What one side ('C' or 'S') sent.
std::string stream_of(const CodeBlock& block, char side) {
  std::string stream;
  for (const std::string& line : block.lines) {
    EXPECT_TRUE(line.starts_with("C:") || line.starts_with("S:")) << line;
    if (line.front() != side) continue;
    std::string text = line.size() > 3 ? line.substr(3) : "";
    if (text.ends_with("\\r")) text.replace(text.size() - 2, 2, "\r");
    stream += text + '\n';
  }
  return stream;
}

std::string encode_again(const Frame& frame) {
  std::string bytes;
  FrameWriter writer(bytes, frame.verb);
  for (std::size_t index = 0; index < frame.token_count; ++index) writer.token(frame.tokens[index]);
  if (frame.body_kind == BodyKind::none) {
    writer.end();
  } else if (frame.verb == Verb::data) {
    writer.counted_body(frame.body);
  } else {
    writer.body(frame.body);
  }
  return bytes;
}

// Checks one side of a session; the frames go to `check`.
template <typename Check>
void read_side(const CodeBlock& block, char side, Check check) {
  const std::string stream = stream_of(block, side);
  FrameDecoder decoder;
  decoder.feed(stream);
  for (auto step = decoder.next(); step != FrameDecoder::Step::need_more; step = decoder.next()) {
    ASSERT_EQ(step, FrameDecoder::Step::frame) << side << ": " << name_of(decoder.error().code);
    const Frame& frame = decoder.frame();
    EXPECT_NE(frame.verb, Verb::unknown) << frame.line;
    check(frame);
    if (side != 'S') continue;
    EXPECT_EQ(encode_again(frame), stream.substr(frame.stream_offset, frame.size));
  }
  EXPECT_EQ(decoder.pending_size(), 0u) << side << " ends in the middle of a frame";
}

TEST(WorkedBytes, ShowEveryFormAndEnoughOfThem) {
  std::map<std::string, int> counts;
  for (const CodeBlock& block : read_blocks()) ++counts[block.language];
  EXPECT_GE(counts["session"], 3);
  EXPECT_GE(counts["bytes"], 6);
  EXPECT_EQ(counts["bytes"], counts["decoded"]);
  EXPECT_EQ(counts.size(), 3u) << "a kind of block that nobody checks";
}

TEST(WorkedBytes, DecodeToWhatStandsBelowThem) {
  const auto blocks = read_blocks();
  for (std::size_t index = 0; index < blocks.size(); ++index) {
    if (blocks[index].language != "bytes") continue;
    SCOPED_TRACE("PROTOCOL.md:" + std::to_string(blocks[index].line));
    ASSERT_LT(index + 1, blocks.size());
    ASSERT_EQ(blocks[index + 1].language, "decoded");
    EXPECT_EQ(testing::summaries(bytes_of(blocks[index])), blocks[index + 1].lines);
  }
}

TEST(WorkedBytes, OfSessionsDecodeAndAreWhatWeWouldWrite) {
  for (const CodeBlock& block : read_blocks()) {
    if (block.language != "session") continue;
    SCOPED_TRACE("PROTOCOL.md:" + std::to_string(block.line));
    read_side(block, 'C', [](const Frame&) {});
    read_side(block, 'S', [](const Frame&) {});
  }
}

TEST(WorkedBytes, OfTheFileHashToWhatIsAnnounced) {
  int upload_count = 0;
  for (const CodeBlock& block : read_blocks()) {
    if (block.language != "session") continue;
    std::string announced;
    std::string content;
    read_side(block, 'C', [&](const Frame& frame) {
      if (frame.verb == Verb::put) announced = frame.parameter("sha256").value_or("");
      if (frame.verb == Verb::data) content += frame.body;
    });
    if (announced.empty()) continue;
    ++upload_count;
    EXPECT_EQ(hex(sha256(content)), announced);
  }
  EXPECT_EQ(upload_count, 1);
}

TEST(WorkedBytes, OfTheGreetingNameTheLimitsOfTheCode) {
  bool greeted = false;
  for (const CodeBlock& block : read_blocks()) {
    if (block.language != "session") continue;
    read_side(block, 'S', [&](const Frame& frame) {
      if (frame.verb != Verb::greeting) return;
      greeted = true;
      EXPECT_EQ(frame.parameter("line"), std::to_string(kLineSizeMax));
      EXPECT_EQ(frame.parameter("body"), std::to_string(kChatBodySizeMax));
      EXPECT_EQ(frame.parameter("chunk"), std::to_string(kChunkSizeMax));
    });
  }
  EXPECT_TRUE(greeted);
}

}  // namespace
}  // namespace plaintalk
