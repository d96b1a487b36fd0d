// Packets read and taken apart in a thread of their own, a few hundred ahead of whoever wants them: half of
// an analysis of a file on a second processor. They come out as they went in, in the same order.
//
// Blocks of packets go round between two queues, the full and the empty ones, so memory is bounded and
// nothing is allocated while it runs. Only for captures that cannot keep a reader waiting: what comes through
// a pipe is read by the analysis itself.
#pragma once

#include <condition_variable>
#include <cstddef>
#include <cstdint>
#include <deque>
#include <exception>
#include <functional>
#include <memory>
#include <mutex>
#include <optional>
#include <span>
#include <thread>
#include <vector>

#include "analyzer/run/merged_capture.hpp"
#include "analyzer/wire/packet_decoder.hpp"
#include "analyzer/wire/skip_reason.hpp"

namespace plaintalk::analyzer {

struct DecodedPacket {
  PacketRecord record;
  std::optional<TcpSegment> segment;
  SkipReason skip{};  // why there is none
};

class PacketFeed {
 public:
  static constexpr std::size_t kBlockCount = 8;
  // To wake a thread costs more than to fill a block: the reader goes on only when there is room for some.
  static constexpr std::size_t kBlocksToGoOn = 4;
  static constexpr std::size_t kPacketsPerBlock = 256;
  static constexpr std::size_t kBytesPerBlock = 256 << 10;  // a block with a larger packet holds nothing else

  // Both belong to the feed until it has ended. `keep_reading` is asked after each block and at the end, in
  // the feed's thread; false ends the reading, and what it throws comes out of next(). Throws
  // std::system_error when there is no thread to be had.
  PacketFeed(MergedCapture& capture, PacketDecoder& decoder, std::function<bool()> keep_reading);
  ~PacketFeed();
  PacketFeed(const PacketFeed&) = delete;
  PacketFeed& operator=(const PacketFeed&) = delete;

  // The next few packets, valid until the next call; none at the end.
  std::span<const DecodedPacket> next();
  // What the capture said of itself up to about there. REQUIRES: next() gave packets.
  bool is_synthetic() const { return current_->is_synthetic; }

 private:
  struct Block {
    std::vector<DecodedPacket> packets;
    std::unique_ptr<std::uint8_t[]> bytes;
    std::size_t capacity = 0;
    std::size_t used = 0;
    bool is_synthetic = false;
    std::vector<std::vector<std::uint8_t>> datagrams;  // put together of fragments
  };

  void read_all();
  bool fill(Block& block);
  void take(Block& block, const PacketRecord& record);
  static Bytes keep(Block& block, Bytes bytes);
  std::unique_ptr<Block> wait_for_empty();
  void hand_over(std::unique_ptr<Block> block);

  MergedCapture& capture_;
  PacketDecoder& decoder_;
  std::function<bool()> keep_reading_;
  std::optional<PacketRecord> waiting_;  // did not fit the last block any more

  // What follows is shared.
  std::mutex mutex_;
  std::condition_variable changed_;
  std::deque<std::unique_ptr<Block>> full_;
  std::vector<std::unique_ptr<Block>> empty_;
  std::exception_ptr failure_;
  bool has_ended_ = false;
  bool is_unwanted_ = false;

  std::unique_ptr<Block> current_;
  std::thread thread_;
};

}  // namespace plaintalk::analyzer
