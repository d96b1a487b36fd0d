// The beginnings of the conversations in a capture, by the port of the server: what a guess at their protocol
// is made from. Bounded, however large the capture is.
#pragma once

#include <cstddef>
#include <cstdint>
#include <map>
#include <string>
#include <vector>

#include "analyzer/stream/stream_sink.hpp"

namespace plaintalk::analyzer {

struct StreamSample {
  std::string bytes;
  std::vector<std::size_t> segment_ends;  // in `bytes`
  bool is_cut = false;                    // there was more
  bool is_broken = false;                 // its beginning, or something in it, was not captured
};

struct ConversationSample {
  StreamSample client;
  StreamSample server;
};

class SampleCollector : public StreamSink {
 public:
  static constexpr std::size_t kPortCountMax = 64;
  static constexpr std::size_t kConversationCountMax = 32;  // of one port
  static constexpr std::size_t kSampleSizeMax = 64 << 10;   // of one direction

  void opened(const ConnectionRecord& connection) override;
  void data(const StreamData& data) override;
  void gap(const StreamGap& gap) override;
  void acknowledged(const StreamAck&) override {}
  void event(const TcpEvent&) override {}
  bool wants_evidence(unsigned) const override { return false; }
  void closed(const ConnectionRecord&) override {}

  struct Port {
    std::vector<ConversationSample> conversations;
    std::uint64_t connection_count = 0;
  };
  const std::map<std::uint16_t, Port>& ports() const { return ports_; }

 private:
  StreamSample* sample(ConnectionId connection, Direction direction);

  std::map<std::uint16_t, Port> ports_;
  struct Place {
    std::uint16_t port = 0;
    std::size_t index = 0;
  };
  std::map<ConnectionId, Place> places_;
};

}  // namespace plaintalk::analyzer
