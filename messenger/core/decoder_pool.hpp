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

#include "protocol/frame.hpp"

namespace plaintalk::messenger::core {

struct PooledDecoder {
  explicit PooledDecoder(DecoderLimits limits) : decoder(limits) {}
  void feed(std::string_view bytes) {
    fed += bytes.size();
    decoder.feed(bytes);
  }
  FrameDecoder::Step next();
  // REQUIRES: next() answered need_more. True when the last byte fed was the last one of a whole frame.
  bool is_between_frames() const { return fed == frame_end; }

  FrameDecoder decoder;
  std::uint64_t fed = 0;
  std::uint64_t frame_end = 0;
};

class DecoderPool {
 public:
  explicit DecoderPool(DecoderLimits limits) : limits_(limits) {}
  // For a new connection.
  std::unique_ptr<PooledDecoder> fresh() const { return std::make_unique<PooledDecoder>(limits_); }
  // For one that has given a decoder back before.
  std::unique_ptr<PooledDecoder> lend();
  // REQUIRES: decoder->is_between_frames()
  void give_back(std::unique_ptr<PooledDecoder> decoder);

 private:
  DecoderLimits limits_;
  std::vector<std::unique_ptr<PooledDecoder>> free_;
};

}  // namespace plaintalk::messenger::core
