// The entry point of the talk layer: takes what the stream layer tells, finds out which connections speak
// PLAINTALK, decodes their frames, and has them understood. No I/O and no clock: rows go to a TalkSink,
// contents of files to a ContentStore, times come from the packets.
//
// State is kept for open connections and for what is still to be joined; everything else has been handed
// over.
#pragma once

#include <cstddef>
#include <cstdint>
#include <map>
#include <memory>
#include <string>
#include <vector>

#include "analyzer/stream/stream_sink.hpp"
#include "analyzer/talk/connection_map.hpp"
#include "analyzer/talk/described/described_talk.hpp"
#include "analyzer/talk/findings.hpp"
#include "analyzer/talk/foreign/foreign_talk.hpp"
#include "analyzer/talk/gap_findings.hpp"
#include "analyzer/talk/interpreter.hpp"
#include "analyzer/talk/packet_map.hpp"
#include "analyzer/talk/talk_sink.hpp"
#include "analyzer/talk/timeline.hpp"
#include "protocol/frame.hpp"

namespace plaintalk::analyzer {

struct TalkOptions {
  std::uint16_t server_port = kDefaultPort;
  bool show_secrets = false;
  // Of another protocol; connections to its ports are taken for it. nullptr: none.
  std::shared_ptr<const described::Description> description{};
};

class TalkAnalyzer : public StreamSink {
 public:
  // Connections that end are emitted in the order of their numbers, as far as this many of them can wait
  // for an earlier one.
  static constexpr std::size_t kWaitingConnectionCountMax = 10'000;
  // Rows of pdus for what is no command of the protocol: two bytes of it are enough for one. Further ones are
  // counted, and a finding tells how many.
  static constexpr std::uint64_t kStrangeRowCountMax = 1'000;  // of one connection
  static constexpr std::uint64_t kStrangeRowSumMax = 100'000;  // of all

  TalkAnalyzer(TalkOptions options, TalkSink& sink, ContentStore& store);

  // Every packet of the capture, whatever is in it: for the timeline.
  void packet(WallTime time, std::uint32_t size);
  // Capture time has come to `now`, and the tracker has been given every segment up to it: what is old enough
  // is counted and emitted.
  void advance(WallTime now);

  void opened(const ConnectionRecord& connection) override;
  void data(const StreamData& data) override;
  void gap(const StreamGap& gap) override;
  void acknowledged(const StreamAck& ack) override;
  void event(const TcpEvent& event) override;
  bool wants_evidence(unsigned rule) const override;
  void closed(const ConnectionRecord& connection) override;

  // After the tracker's finish(): emits everything that is left.
  void finish();

  // For whoever minds the memory: how many frames there were (each can make rows that are kept); to give up
  // what waits for something that is still to come; and whether the tables that are kept to the end may get
  // rows for what is new. Findings tell of both.
  std::uint64_t frame_count() const { return pdu_count_; }
  void give_way();
  void allow_growth(bool is_allowed);

  // For what the readers below know, such as drops. Must come before finish().
  Findings& findings() { return findings_; }

 private:
  struct Held {  // what came before the protocol was known
    Direction direction{};
    bool is_gap = false;
    std::uint64_t gap_size = 0;
    std::string bytes;
    Moment moment;
  };
  struct StreamDecoder {  // one direction
    PacketMap packets;
    std::unique_ptr<FrameDecoder> frames;
    std::string first;  // bytes for guessing
    bool start_lost = false;
    bool started = false;
    bool dead = false;
    std::uint64_t frame_count = 0;
  };
  struct ConnectionDecoder {  // one connection
    ConnectionId id{};
    bool on_server_port = false;
    bool midstream = false;
    Endpoint client_endpoint;
    Endpoint server_endpoint;
    WallTime start;
    std::uint64_t opened_in = 0;  // the packet; not known of a connection that began before the capture
    std::string_view protocol;    // empty while it is not known
    StreamDecoder client;
    StreamDecoder server;
    std::vector<Held> held;
    GapFindings gaps;
    std::unique_ptr<Interpreter::ConnectionContext> context;
    std::uint64_t strange_rows = 0;
    std::uint64_t strange_left_out = 0;
    StreamDecoder& stream(Direction direction) {
      return direction == Direction::client_to_server ? client : server;
    }
  };
  // An open connection. What speaks another protocol needs no decoder any more.
  struct Open {
    std::string_view protocol;  // when it is another one than ours
    bool is_watched = false;    // by foreign_
    bool is_described = false;
    std::unique_ptr<ConnectionDecoder> decoder;
  };
  struct Ended {
    ConnectionRecord connection;
    std::string_view protocol;
    std::string user;
    std::string device;
    bool is_described = false;
  };

  ConnectionDecoder* find(ConnectionId id);
  void forget_if_foreign(ConnectionId id);
  static ConnectionRecord opened_as(const ConnectionDecoder& decoder);
  void seen(WallTime time);
  void guess(ConnectionDecoder& decoder, bool at_end, WallTime when);
  void start(ConnectionDecoder& decoder);
  void start_foreign(const ConnectionDecoder& decoder);
  void feed(ConnectionDecoder& decoder, Direction direction, std::string_view bytes, Moment moment);
  void skip(ConnectionDecoder& decoder, Direction direction, std::uint64_t size, Moment moment);
  void read(ConnectionDecoder& decoder, Direction direction, Moment moment);
  void frame(ConnectionDecoder& decoder, Direction direction);
  void strange_row(ConnectionDecoder& decoder, const PduResult& row);
  void error(ConnectionDecoder& decoder, Direction direction, Moment moment);
  void adopt_limits(ConnectionDecoder& decoder, const Frame& greeting);
  void emit_connections(bool all);

  TalkOptions options_;
  TalkSink& sink_;
  Findings findings_;
  Timeline timeline_;
  Interpreter interpreter_;
  foreign::ForeignTalk foreign_;
  std::unique_ptr<described::DescribedTalk> described_;
  ConnectionMap<Open> open_;
  std::map<std::uint64_t, Ended> ended_;
  std::uint64_t next_ended_ = 1;
  // Of all connections: packets once, and their copies (rule 1).
  std::uint64_t captured_count_ = 0;  // by packet()
  std::uint64_t packet_count_ = 0;
  std::uint64_t copy_count_ = 0;
  std::uint64_t pdu_count_ = 0;
  std::uint64_t strange_rows_ = 0;
  WallTime now_{};
};

}  // namespace plaintalk::analyzer
