// Frame decoders, lent to a connection only while a frame of it is incomplete or has to wait.
//
// A decoder holds the views of a whole frame (over half a KiB) and most connections are idle between frames,
// so decoders are shared: one that stands between two frames is as good as any other. Only the first one of a
// connection is its own, because the decoder looks for HTTP, TLS and byte-order marks at the start of a
// stream.
#pragma once

#include <cstdint>
#include <memory>
#include <vector>

#include "base/time.hpp"
#include "protocol/frame.hpp"

namespace plaintalk::messenger::core {

struct PooledDecoder {
  // What it holds is counted in `all_held_bytes`, which outlives it.
  PooledDecoder(DecoderLimits limits, std::size_t& all_held_bytes)
      : decoder(limits), all_held_bytes_(all_held_bytes) {}
  ~PooledDecoder() { all_held_bytes_ -= held_bytes; }
  PooledDecoder(const PooledDecoder&) = delete;
  PooledDecoder& operator=(const PooledDecoder&) = delete;
  void feed(std::string_view bytes) {
    fed += bytes.size();
    decoder.feed(bytes);
  }
  FrameDecoder::Step next();
  // REQUIRES: next() answered need_more. True when the last byte fed was the last one of a whole frame.
  bool is_between_frames() const { return fed == frame_end; }
  // Counts what is held of a frame that is not complete, or of frames that have to wait (`is_parked`): the
  // buffers, which may be half empty.
  void count_held(bool is_parked, Instant now);

  FrameDecoder decoder;
  std::uint64_t fed = 0;
  std::uint64_t frame_end = 0;
  std::size_t held_bytes = 0;
  Instant held_since{};  // while it holds anything

 private:
  std::size_t& all_held_bytes_;
};

class DecoderPool {
 public:
  explicit DecoderPool(DecoderLimits limits) : limits_(limits) {}
  // For a new connection.
  std::unique_ptr<PooledDecoder> fresh() { return std::make_unique<PooledDecoder>(limits_, held_bytes_); }
  // For one that has given a decoder back before.
  std::unique_ptr<PooledDecoder> lend();
  // REQUIRES: decoder->is_between_frames()
  void give_back(std::unique_ptr<PooledDecoder> decoder);
  // By all decoders together.
  std::size_t held_bytes() const { return held_bytes_; }

 private:
  DecoderLimits limits_;
  std::size_t held_bytes_ = 0;
  std::vector<std::unique_ptr<PooledDecoder>> free_;
};

}  // namespace plaintalk::messenger::core
