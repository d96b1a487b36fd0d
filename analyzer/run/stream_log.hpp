// What the stream layer tells while some packets are followed, written down to be told again in another
// thread: the same calls in the same order.
#pragma once

#include <cstddef>
#include <cstdint>
#include <deque>
#include <memory>
#include <vector>

#include "analyzer/run/packet_block.hpp"
#include "analyzer/stream/segment_sink.hpp"
#include "analyzer/stream/stream_sink.hpp"

namespace plaintalk::analyzer {

class StreamLog {
 public:
  // A single packet can close every connection that ever was: a log that is full goes on in another one.
  static constexpr std::size_t kCountMax = 4096;
  static constexpr std::size_t kBytesMax = 1 << 20;  // of connections, copies and evidence

  // What follows is told about the packets of `block`, whose memory need not be copied.
  void begin(const PacketBlock& block);
  // It was the last of the block, which is kept until the log is told again.
  void end(std::unique_ptr<PacketBlock> block) { finished_ = std::move(block); }
  std::unique_ptr<PacketBlock> take_finished() { return std::move(finished_); }
  bool is_full() const { return order_.size() >= kCountMax || bytes_ >= kBytesMax; }
  bool is_synthetic() const { return is_synthetic_; }

  void packet(const DecodedPacket& packet);
  void packet_done() { order_.push_back(Kind::packet_done); }
  void opened(const ConnectionRecord& connection);
  void data(const StreamData& data);
  void gap(const StreamGap& gap);
  void acknowledged(const StreamAck& ack);
  void event(const TcpEvent& event);
  void closed(const ConnectionRecord& connection);
  void segment(const JudgedSegment& segment);

  // `packet` and `packet_done` are called with each DecodedPacket, before and after what was told about it.
  template <typename OnPacket, typename OnPacketDone>
  void tell(StreamSink& sink, SegmentSink* segments, const OnPacket& on_packet,
            const OnPacketDone& on_packet_done) const;

 private:
  enum class Kind : std::uint8_t {
    packet,
    packet_done,
    opened,
    data,
    gap,
    acknowledged,
    event,
    closed,
    segment,
  };

  Bytes lasting(Bytes bytes);

  const PacketBlock* block_ = nullptr;  // not told of it: it may be gone
  std::unique_ptr<PacketBlock> finished_;
  bool is_synthetic_ = false;
  std::vector<Kind> order_;
  // Of each kind, in their order.
  std::vector<const DecodedPacket*> packets_;
  std::vector<ConnectionRecord> connections_;
  std::vector<StreamData> data_;
  std::vector<StreamGap> gaps_;
  std::vector<StreamAck> acks_;
  std::vector<TcpEvent> events_;
  std::vector<JudgedSegment> segments_;
  // What does not lie in the block.
  std::deque<std::vector<std::uint8_t>> copies_;
  std::deque<TcpSegment> copied_segments_;
  std::size_t bytes_ = 0;
};

template <typename OnPacket, typename OnPacketDone>
void StreamLog::tell(StreamSink& sink, SegmentSink* segments, const OnPacket& on_packet,
                     const OnPacketDone& on_packet_done) const {
  auto packet = packets_.begin();
  auto connection = connections_.begin();
  auto data = data_.begin();
  auto gap = gaps_.begin();
  auto ack = acks_.begin();
  auto event = events_.begin();
  auto segment = segments_.begin();
  for (const Kind kind : order_) {
    switch (kind) {
      case Kind::packet: on_packet(**packet++); break;
      case Kind::packet_done: on_packet_done(); break;
      case Kind::opened: sink.opened(*connection++); break;
      case Kind::data: sink.data(*data++); break;
      case Kind::gap: sink.gap(*gap++); break;
      case Kind::acknowledged: sink.acknowledged(*ack++); break;
      case Kind::event: sink.event(*event++); break;
      case Kind::closed: sink.closed(*connection++); break;
      case Kind::segment: segments->segment(*segment++); break;
    }
  }
}

}  // namespace plaintalk::analyzer
