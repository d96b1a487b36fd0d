// One TCP connection as a network and a tap see it: cuts what is sent into segments, lets go wrong what the
// plan says, repairs it as a sender does, and keeps the truth.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "base/endpoint.hpp"
#include "base/time.hpp"
#include "capture/synthetic/tcp_packet.hpp"
#include "tests/generated/conversation.hpp"
#include "tests/generated/truth.hpp"

namespace plaintalk::generated {

struct CapturedPacket {
  WallTime time;
  std::string bytes;  // from the IP header on
  std::size_t connection = 0;
  Nanoseconds clock_step{0};  // of the capture, just before it
};

class Wire {
 public:
  Wire(const Plan& plan, std::size_t index, const Conversation& conversation, Generated& generated,
       std::vector<CapturedPacket>& packets);

  // All move `now` on to when it is over.
  void open(WallTime& now);
  void send(WallTime& now, const Burst& burst, const std::vector<Fault>& faults);
  void close(WallTime& now);

 private:
  struct Side {
    Endpoint endpoint;
    std::uint32_t first = 0;     // sequence number of its SYN
    std::uint64_t sent = 0;      // bytes
    std::uint64_t received = 0;  // by this side, in order
    std::uint64_t captured_high = 0;
    bool fin_sent = false;
    bool fin_received = false;
    std::uint16_t ip_id = 1;
    std::uint32_t last_stamp = 0;  // received
  };
  struct Block {  // of the other side's stream
    std::uint64_t begin = 0;
    std::uint64_t end = 0;
  };
  struct Segment {
    std::uint64_t begin = 0;
    std::string_view bytes;
    std::vector<FaultKind> faults;
    std::uint64_t end() const { return begin + bytes.size(); }
    bool has(FaultKind kind) const;
    bool is_lost() const;
  };

  SideTruth& truth(std::size_t side) { return generated_.connections[index_].sides[side]; }
  // `sent`: when its sender sends it, for the time stamp.
  std::string packet(WallTime sent, std::size_t from, std::uint64_t at, std::uint8_t flags,
                     std::string_view bytes, const std::vector<Block>& blocks = {});
  void capture(WallTime time, std::string bytes) {
    packets_.push_back({time, std::move(bytes), index_, step_}), step_ = {};
  }
  void acknowledge(WallTime time, std::size_t from, bool is_missed, const std::vector<Block>& blocks = {});
  void transmit(WallTime time, std::size_t from, const Segment& segment);
  void repair(WallTime time, std::size_t from, const Segment& segment, const Segment* next);
  std::vector<Block> blocks_of(const std::vector<Segment>& segments, const std::vector<bool>& arrived,
                               std::size_t latest, std::uint64_t received) const;
  std::vector<Segment> cut(const Burst& burst, std::uint64_t begin, const std::vector<Fault>& faults);
  void stay_silent(WallTime& now);
  void finish_first(WallTime& now, std::size_t first);

  const Plan& plan_;
  std::size_t index_;
  Generated& generated_;
  std::vector<CapturedPacket>& packets_;
  Side sides_[2];
  Nanoseconds step_{0};
};

}  // namespace plaintalk::generated
