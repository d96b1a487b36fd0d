#include "analyzer/run/packet_feed.hpp"

#include <algorithm>
#include <cstring>
#include <exception>
#include <utility>

#include "base/worker_thread.hpp"

namespace plaintalk::analyzer {

PacketFeed::PacketFeed(MergedCapture& capture, PacketDecoder& decoder, std::function<bool()> keep_reading)
    : capture_(capture), decoder_(decoder), keep_reading_(std::move(keep_reading)) {}

void PacketFeed::start() {
  thread_ = start_worker([this] { read_all(); });
}

PacketFeed::~PacketFeed() {
  blocks_.stop();
  if (thread_.joinable()) thread_.join();
}

// In the feed's thread, like all that follow.
void PacketFeed::read_all() {
  std::exception_ptr failure;
  try {
    while (auto block = blocks_.take_empty()) {
      const bool goes_on = fill(*block);
      block->is_synthetic = capture_.is_synthetic();
      if (!block->packets.empty()) blocks_.hand_over(std::move(block));
      if (!keep_reading_() || !goes_on) break;
    }
  } catch (...) {
    failure = std::current_exception();
  }
  blocks_.end(failure);
}

// False at the end of the capture.
bool PacketFeed::fill(PacketBlock& block) {
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

void PacketFeed::take(PacketBlock& block, const PacketRecord& record) {
  if (block.packets.empty() && record.bytes.size() > block.capacity) {
    block.capacity = std::max(kBytesPerBlock, record.bytes.size());
    block.bytes = std::make_unique_for_overwrite<std::uint8_t[]>(block.capacity);
  }
  DecodedPacket& packet = block.packets.emplace_back();
  packet.record = record;
  packet.record.bytes = keep(block, record.bytes);
  packet.segment = decoder_.decode(packet.record);
  packet.skip = decoder_.last_skip();
  keep_payload(block, packet);
  if (!packet.segment) return;
  const PacketRecord kept = packet.record;  // the block may be moved by what is added
  while (auto further = decoder_.decode_further()) {
    DecodedPacket& next = block.packets.emplace_back();
    next.record = kept;
    next.segment = std::move(further);
    next.is_further = true;
    keep_payload(block, next);
  }
}

void PacketFeed::keep_payload(PacketBlock& block, DecodedPacket& packet) {
  if (!packet.segment || packet.segment->payload.empty() || block.holds(packet.segment->payload)) return;
  // Of fragments it is in the decoder's memory, and only until the next packet.
  Bytes& payload = packet.segment->payload;
  payload = block.datagrams.emplace_back(payload.begin(), payload.end());
}

Bytes PacketFeed::keep(PacketBlock& block, Bytes bytes) {
  std::uint8_t* const target = block.bytes.get() + block.used;
  if (!bytes.empty()) std::memcpy(target, bytes.data(), bytes.size());
  block.used += bytes.size();
  return {target, bytes.size()};
}

}  // namespace plaintalk::analyzer
