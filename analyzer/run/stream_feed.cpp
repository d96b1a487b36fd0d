#include "analyzer/run/stream_feed.hpp"

#include <exception>
#include <optional>
#include <utility>

#include "base/worker_thread.hpp"

namespace plaintalk::analyzer {
namespace {

// Nobody wants to know more.
struct Unwanted {};

}  // namespace

StreamFeed::StreamFeed(PacketFeed& packets, ConnectionTracker& tracker, StreamRelay& relay,
                       std::function<void()> after_segment)
    : packets_(packets), tracker_(tracker), relay_(relay), after_segment_(std::move(after_segment)) {
  relay_.when_full([this] {
    logs_.hand_over(std::move(log_));
    return begin_log();
  });
  thread_ = start_worker([this] { follow_all(); });
}

StreamFeed::~StreamFeed() {
  logs_.stop();
  packets_.stop();
  thread_.join();
  relay_.write_into(nullptr);
  relay_.when_full({});
}

const StreamLog* StreamFeed::next() {
  if (current_) {
    if (auto block = current_->take_finished()) packets_.give_back(std::move(block));
    logs_.give_back(std::move(current_));
  }
  current_ = logs_.take_full();
  return current_.get();
}

// In the feed's thread, like all that follow.
void StreamFeed::follow_all() {
  std::exception_ptr failure;
  try {
    while (auto block = packets_.next()) {
      block_ = block.get();
      relay_.write_into(begin_log());
      follow(*block);
      log_->end(std::move(block));
      logs_.hand_over(std::move(log_));
    }
  } catch (const Unwanted&) {
  } catch (...) {
    failure = std::current_exception();
  }
  logs_.end(failure);
}

void StreamFeed::follow(const PacketBlock& block) {
  constexpr std::size_t kAhead = 24;
  const auto& packets = block.packets;
  const auto expect = [&](std::size_t index) {
    if (index < packets.size() && packets[index].segment && !packets[index].is_further)
      tracker_.expect(*packets[index].segment);
  };
  for (std::size_t index = 0; index < kAhead; ++index) expect(index);
  for (std::size_t index = 0; index < packets.size(); ++index) {
    expect(index + kAhead);
    const DecodedPacket& packet = packets[index];
    if (!packet.is_further) log_->packet(packet);
    if (packet.segment) {
      tracker_.segment(*packet.segment);
      after_segment_();
    }
    if (!packet.is_further) log_->packet_done();
  }
}

StreamLog* StreamFeed::begin_log() {
  log_ = logs_.take_empty();
  if (!log_) throw Unwanted();
  log_->begin(*block_);
  return log_.get();
}

}  // namespace plaintalk::analyzer
