// How fast frames are read and written. Reports, never gates: `ninja frame_bench && bin/frame_bench` with
// -DPLAINTALK_BENCH=ON.
#include <string>

#include <benchmark/benchmark.h>

#include "protocol/frame.hpp"
#include "protocol/frame_writer.hpp"

namespace plaintalk {
namespace {

constexpr std::size_t kReadSize = 64 * 1024;  // what a server reads from a socket at once

// A SAY of 64 bytes on the wire.
std::string say_frame() {
  std::string frame;
  FrameWriter(frame, Verb::say)
      .argument("#lab")
      .parameter("id", "c00017")
      .body("hello, who has the image of the router now?");
  return frame;
}

std::string repeat(const std::string& frame, std::size_t size) {
  std::string stream;
  while (stream.size() + frame.size() <= size) stream += frame;
  return stream;
}

void read_stream(benchmark::State& state, const std::string& stream, std::size_t piece_size) {
  FrameDecoder decoder;
  std::int64_t frame_count = 0;
  for (auto _ : state) {
    for (std::size_t at = 0; at < stream.size(); at += piece_size) {
      decoder.feed(std::string_view(stream).substr(at, piece_size));
      while (decoder.next() == FrameDecoder::Step::frame) {
        benchmark::DoNotOptimize(decoder.frame().parameter("id"));
        ++frame_count;
      }
    }
  }
  state.SetItemsProcessed(frame_count);
  state.SetBytesProcessed(state.iterations() * static_cast<std::int64_t>(stream.size()));
}

void ReadsChat(benchmark::State& state) { read_stream(state, repeat(say_frame(), kReadSize), kReadSize); }
BENCHMARK(ReadsChat);

void ReadsChatCutIntoSegments(benchmark::State& state) {
  read_stream(state, repeat(say_frame(), kReadSize), 1447);  // no multiple of the frame
}
BENCHMARK(ReadsChatCutIntoSegments);

void ReadsChatByteByByte(benchmark::State& state) { read_stream(state, repeat(say_frame(), 4096), 1); }
BENCHMARK(ReadsChatByteByByte);

void ReadsFileChunks(benchmark::State& state) {
  std::string chunk;
  FrameWriter(chunk, Verb::data).argument("fq7").argument(65536u).counted_body(std::string(16384, 'x'));
  read_stream(state, repeat(chunk, 4 * kReadSize), kReadSize);
}
BENCHMARK(ReadsFileChunks);

void WritesChat(benchmark::State& state) {
  std::string out;
  std::uint64_t seq = 0;
  for (auto _ : state) {
    if (out.size() > kReadSize) out.clear();
    FrameWriter(out, Verb::msg)
        .argument("#lab")
        .argument(++seq)
        .argument("alice")
        .argument(1789201502123u)
        .body("hello, who has the image of the router now?");
    benchmark::DoNotOptimize(out.data());
  }
  state.SetItemsProcessed(state.iterations());
}
BENCHMARK(WritesChat);

}  // namespace
}  // namespace plaintalk
