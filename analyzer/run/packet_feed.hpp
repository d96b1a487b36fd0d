// Packets read and taken apart in a thread of their own, some blocks ahead of whoever wants them. They come
// out as they went in, in the same order.
//
// Only for captures that cannot keep a reader waiting: what comes through a pipe is read by the analysis
// itself.
#pragma once

#include <cstddef>
#include <functional>
#include <memory>
#include <optional>
#include <thread>

#include "analyzer/run/hand_over.hpp"
#include "analyzer/run/merged_capture.hpp"
#include "analyzer/run/packet_block.hpp"
#include "analyzer/wire/packet_decoder.hpp"

namespace plaintalk::analyzer {

class PacketFeed {
 public:
  static constexpr std::size_t kBlockCount = 8;
  static constexpr std::size_t kPacketsPerBlock = 256;
  static constexpr std::size_t kBytesPerBlock = 256 << 10;  // a block with a larger packet holds nothing else

  // Both belong to the feed until it has gone. `keep_reading` is asked after each block and at the end, in
  // the feed's thread; false ends the reading, and what it throws comes out of next().
  PacketFeed(MergedCapture& capture, PacketDecoder& decoder, std::function<bool()> keep_reading);
  ~PacketFeed();
  PacketFeed(const PacketFeed&) = delete;
  PacketFeed& operator=(const PacketFeed&) = delete;

  // Nothing is read before. Throws std::system_error when there is no thread to be had.
  void start();

  // The next packets; nullptr at the end. Each block must be given back, by any thread, when nobody looks at
  // it any more; some may be kept meanwhile.
  std::unique_ptr<PacketBlock> next() { return blocks_.take_full(); }
  void give_back(std::unique_ptr<PacketBlock> block) { blocks_.give_back(std::move(block)); }
  // Nobody wants more: next() gives nothing from here on, and whoever waits in it goes home.
  void stop() { blocks_.stop(); }

 private:
  void read_all();
  bool fill(PacketBlock& block);
  void take(PacketBlock& block, const PacketRecord& record);
  static Bytes keep(PacketBlock& block, Bytes bytes);
  static void keep_payload(PacketBlock& block, DecodedPacket& packet);

  MergedCapture& capture_;
  PacketDecoder& decoder_;
  std::function<bool()> keep_reading_;
  std::optional<PacketRecord> waiting_;  // did not fit the last block any more
  HandOver<PacketBlock> blocks_{kBlockCount};
  std::thread thread_;
};

}  // namespace plaintalk::analyzer
