#include "messenger/core/decoder_pool.hpp"

#include <utility>

#include "base/check.hpp"

namespace plaintalk::messenger::core {
namespace {

constexpr std::size_t kFreeCountMax = 64;

}  // namespace

FrameDecoder::Step PooledDecoder::next() {
  const FrameDecoder::Step step = decoder.next();
  if (step == FrameDecoder::Step::frame) frame_end = decoder.frame().stream_offset + decoder.frame().size;
  return step;
}

void PooledDecoder::count_held(bool is_parked, Instant now) {
  std::size_t held = 2 * decoder.pending_size();
  if (is_parked) held += static_cast<std::size_t>(fed - frame_end);
  if (held_bytes == 0) held_since = now;
  all_held_bytes_ += held - held_bytes;
  held_bytes = held;
}

std::unique_ptr<PooledDecoder> DecoderPool::lend() {
  if (!free_.empty()) {
    auto decoder = std::move(free_.back());
    free_.pop_back();
    return decoder;
  }
  // One frame makes it what a decoder in the middle of a stream is.
  auto decoder = fresh();
  decoder->feed("PONG\n");
  check(decoder->next() == FrameDecoder::Step::frame && decoder->next() == FrameDecoder::Step::need_more,
        "a decoder refuses PONG");
  return decoder;
}

void DecoderPool::give_back(std::unique_ptr<PooledDecoder> decoder) {
  if (free_.size() < kFreeCountMax) free_.push_back(std::move(decoder));
}

}  // namespace plaintalk::messenger::core
