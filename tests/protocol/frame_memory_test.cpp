// The hot path allocates nothing for a frame. Counted by replacing the global operator new, hence a program
// of its own.
#include <cstdlib>
#include <memory>
#include <new>

#include <gtest/gtest.h>

#include "protocol/frame.hpp"
#include "protocol/frame_writer.hpp"

namespace {

std::size_t allocation_count = 0;

void* counted_allocation_or_null(std::size_t size) noexcept {
  ++allocation_count;
  return std::malloc(size == 0 ? 1 : size);
}

void* counted_allocation(std::size_t size) {
  if (void* const memory = counted_allocation_or_null(size)) return memory;
  throw std::bad_alloc();
}

}  // namespace

void* operator new(std::size_t size) { return counted_allocation(size); }
void* operator new[](std::size_t size) { return counted_allocation(size); }
void* operator new(std::size_t size, const std::nothrow_t&) noexcept {
  return counted_allocation_or_null(size);
}
void* operator new[](std::size_t size, const std::nothrow_t&) noexcept {
  return counted_allocation_or_null(size);
}
void operator delete(void* memory) noexcept { std::free(memory); }
void operator delete[](void* memory) noexcept { std::free(memory); }
void operator delete(void* memory, std::size_t) noexcept { std::free(memory); }
void operator delete[](void* memory, std::size_t) noexcept { std::free(memory); }
void operator delete(void* memory, const std::nothrow_t&) noexcept { std::free(memory); }
void operator delete[](void* memory, const std::nothrow_t&) noexcept { std::free(memory); }

namespace plaintalk {
namespace {

using Step = FrameDecoder::Step;

std::size_t read_all(FrameDecoder& decoder) {
  std::size_t count = 0;
  for (auto step = decoder.next(); step != Step::need_more; step = decoder.next()) ++count;
  return count;
}

std::string mixed_stream() {
  std::string stream;
  for (unsigned index = 0; index < 100; ++index) {
    FrameWriter(stream, Verb::say)
        .argument("#lab")
        .parameter("id", index)
        .body("hello to everybody in this room");
    FrameWriter(stream, Verb::data)
        .argument("fq7")
        .argument(index * 512)
        .counted_body(std::string(512, '\n'));
    stream += "SAY % {5}\nQUIT\n\n\n";  // faults and blank lines are on the hot path of an attacked server
  }
  return stream;
}

TEST(FrameMemory, AllocatesNothingForFramesThatAreFedWhole) {
  const std::string stream = mixed_stream();
  FrameDecoder decoder;
  const std::size_t before = allocation_count;
  for (int round = 0; round < 10; ++round) {
    decoder.feed(stream);
    ASSERT_EQ(read_all(decoder), 300u);
  }
  EXPECT_EQ(allocation_count, before);
}

TEST(FrameMemory, AllocatesNothingForSmallFramesInPiecesOnceItHasABuffer) {
  const std::string stream = mixed_stream();
  FrameDecoder decoder;
  const auto feed_in_pieces = [&] {
    std::size_t count = 0;
    for (std::size_t at = 0; at < stream.size(); at += 7) {
      decoder.feed(std::string_view(stream).substr(at, 7));
      count += read_all(decoder);
    }
    return count;
  };
  ASSERT_EQ(feed_in_pieces(), 300u);
  const std::size_t before = allocation_count;
  ASSERT_EQ(feed_in_pieces(), 300u);
  EXPECT_EQ(allocation_count, before);
}

TEST(FrameMemory, AllocatesNothingToWriteIntoAReusedString) {
  std::string out;
  out.reserve(4096);
  const std::size_t before = allocation_count;
  for (unsigned index = 0; index < 100; ++index) {
    out.clear();
    FrameWriter(out, Verb::msg)
        .argument("#lab")
        .argument(index)
        .argument("alice")
        .argument(1789201502123u)
        .body("hi");
    FrameWriter(out, Verb::data).argument("fq7").argument(0u).counted_body("bytes\n");
  }
  EXPECT_EQ(allocation_count, before);
}

TEST(FrameMemory, CountsAtAll) {
  const std::size_t before = allocation_count;
  const auto probe = std::make_unique<std::string>(100, 'x');
  EXPECT_EQ(allocation_count, before + 2);
}

}  // namespace
}  // namespace plaintalk
