#include "analyzer/run/stream_log.hpp"

namespace plaintalk::analyzer {

void StreamLog::begin(const PacketBlock& block) {
  block_ = &block;
  is_synthetic_ = block.is_synthetic;
  order_.clear();
  packets_.clear();
  connections_.clear();
  data_.clear();
  gaps_.clear();
  acks_.clear();
  events_.clear();
  segments_.clear();
  copies_.clear();
  copied_segments_.clear();
  bytes_ = 0;
}

Bytes StreamLog::lasting(Bytes bytes) {
  if (bytes.empty() || block_->holds(bytes)) return bytes;
  bytes_ += bytes.size();
  return copies_.emplace_back(bytes.begin(), bytes.end());
}

void StreamLog::packet(const DecodedPacket& packet) {
  order_.push_back(Kind::packet);
  packets_.push_back(&packet);
}

void StreamLog::opened(const ConnectionRecord& connection) {
  order_.push_back(Kind::opened);
  connections_.push_back(connection);
  bytes_ += sizeof connection;
}

void StreamLog::data(const StreamData& data) {
  order_.push_back(Kind::data);
  data_.push_back(data);
  data_.back().bytes = lasting(data.bytes);
}

void StreamLog::gap(const StreamGap& gap) {
  order_.push_back(Kind::gap);
  gaps_.push_back(gap);
}

void StreamLog::acknowledged(const StreamAck& ack) {
  order_.push_back(Kind::acknowledged);
  acks_.push_back(ack);
}

void StreamLog::event(const TcpEvent& event) {
  order_.push_back(Kind::event);
  events_.push_back(event);
  bytes_ += event.evidence.size();
}

void StreamLog::closed(const ConnectionRecord& connection) {
  order_.push_back(Kind::closed);
  connections_.push_back(connection);
  bytes_ += sizeof connection;
}

void StreamLog::segment(const JudgedSegment& judged) {
  order_.push_back(Kind::segment);
  if (block_->holds(judged.segment)) {
    segments_.push_back(judged);
    return;
  }
  // It waited for its connection, in memory that is given up now.
  TcpSegment& copy = copied_segments_.emplace_back(judged.segment);
  bytes_ += sizeof copy;
  copy.payload = lasting(copy.payload);
  segments_.push_back({.segment = copy,
                       .connection = judged.connection,
                       .direction = judged.direction,
                       .is_copy = judged.is_copy,
                       .sequence = judged.sequence,
                       .acknowledgement = judged.acknowledgement,
                       .first_byte = judged.first_byte,
                       .window_shift = judged.window_shift,
                       .confirmed = judged.confirmed});
}

}  // namespace plaintalk::analyzer
