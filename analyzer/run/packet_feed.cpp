#include "analyzer/run/packet_feed.hpp"

#include <algorithm>
#include <cstring>
#include <functional>
#include <utility>

#include "base/worker_thread.hpp"

namespace plaintalk::analyzer {

PacketFeed::PacketFeed(MergedCapture& capture, PacketDecoder& decoder, std::function<bool()> keep_reading)
    : capture_(capture), decoder_(decoder), keep_reading_(std::move(keep_reading)) {
  for (std::size_t count = 0; count < kBlockCount; ++count) empty_.push_back(std::make_unique<Block>());
  thread_ = start_worker([this] { read_all(); });
}

PacketFeed::~PacketFeed() {
  {
    const std::lock_guard lock(mutex_);
    is_unwanted_ = true;
  }
  changed_.notify_all();
  thread_.join();
}

std::span<const DecodedPacket> PacketFeed::next() {
  std::unique_lock lock(mutex_);
  if (current_) {
    empty_.push_back(std::move(current_));
    if (empty_.size() == kBlocksToGoOn) changed_.notify_all();
  }
  changed_.wait(lock, [&] { return !full_.empty() || has_ended_; });
  if (full_.empty()) {
    if (failure_) std::rethrow_exception(std::exchange(failure_, nullptr));
    return {};
  }
  current_ = std::move(full_.front());
  full_.pop_front();
  return current_->packets;
}

// In the feed's thread, like all that follow.
void PacketFeed::read_all() {
  std::exception_ptr failure;
  try {
    while (auto block = wait_for_empty()) {
      const bool goes_on = fill(*block);
      block->is_synthetic = capture_.is_synthetic();
      if (!block->packets.empty()) hand_over(std::move(block));
      if (!keep_reading_() || !goes_on) break;
    }
  } catch (...) {
    failure = std::current_exception();
  }
  const std::lock_guard lock(mutex_);
  failure_ = failure;
  has_ended_ = true;
  changed_.notify_all();
}

// nullptr when nobody wants more.
std::unique_ptr<PacketFeed::Block> PacketFeed::wait_for_empty() {
  std::unique_lock lock(mutex_);
  if (empty_.empty()) changed_.wait(lock, [&] { return empty_.size() >= kBlocksToGoOn || is_unwanted_; });
  if (is_unwanted_) return nullptr;
  auto block = std::move(empty_.back());
  empty_.pop_back();
  return block;
}

void PacketFeed::hand_over(std::unique_ptr<Block> block) {
  const std::lock_guard lock(mutex_);
  full_.push_back(std::move(block));
  if (full_.size() == 1) changed_.notify_all();
}

// False at the end of the capture.
bool PacketFeed::fill(Block& block) {
  block.packets.clear();
  block.used = 0;
  block.datagrams.clear();
  while (block.packets.size() < kPacketsPerBlock) {
    if (!waiting_) waiting_ = capture_.next();
    if (!waiting_) return false;
    const std::size_t size = waiting_->bytes.size();
    if (!block.packets.empty() && block.used + size > block.capacity) return true;
    take(block, *waiting_);
    waiting_.reset();
  }
  return true;
}

void PacketFeed::take(Block& block, const PacketRecord& record) {
  if (block.packets.empty() && record.bytes.size() > block.capacity) {
    block.capacity = std::max(kBytesPerBlock, record.bytes.size());
    block.bytes = std::make_unique_for_overwrite<std::uint8_t[]>(block.capacity);
  }
  DecodedPacket& packet = block.packets.emplace_back();
  packet.record = record;
  packet.record.bytes = keep(block, record.bytes);
  packet.segment = decoder_.decode(packet.record);
  packet.skip = decoder_.last_skip();
  if (!packet.segment || packet.segment->payload.empty()) return;
  // Of fragments it is in the decoder's memory, and only until the next packet.
  Bytes& payload = packet.segment->payload;
  const std::less_equal<> in_order;
  const Bytes own = packet.record.bytes;
  if (!own.empty() && in_order(own.data(), payload.data()) &&
      in_order(payload.data() + payload.size(), own.data() + own.size()))
    return;
  payload = block.datagrams.emplace_back(payload.begin(), payload.end());
}

Bytes PacketFeed::keep(Block& block, Bytes bytes) {
  std::uint8_t* const target = block.bytes.get() + block.used;
  if (!bytes.empty()) std::memcpy(target, bytes.data(), bytes.size());
  block.used += bytes.size();
  return {target, bytes.size()};
}

}  // namespace plaintalk::analyzer
