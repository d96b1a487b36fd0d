// The inside of ConnectionTracker: the table of connections, and the queues of those that wait for something.
// Each queue has a constant delay, so it is in order of time by itself; entries of connections that are gone
// are told by their generation.
#pragma once

#include <deque>
#include <memory>
#include <optional>

#include "analyzer/stream/flow_slab.hpp"
#include "analyzer/stream/flow_table.hpp"
#include "analyzer/stream/half_open.hpp"
#include "analyzer/stream/idle_queue.hpp"
#include "analyzer/stream/lookahead.hpp"
#include "analyzer/stream/tracker_context.hpp"

namespace plaintalk::analyzer {

class TrackerState {
 public:
  TrackerState(const TrackerLimits& limits, StreamSink& sink, SegmentSink* segments)
      : context(limits, sink, segments) {}

  void expect(const TcpSegment& segment);
  void segment(const TcpSegment& segment);
  void finish();
  bool give_up_longest_idle();
  std::size_t flow_count() const { return flows.size() + attempts.size(); }
  std::size_t spare_bytes() const { return flows.spare_bytes() + attempts.spare_bytes(); }
  std::uint64_t opened_count() const { return next_id - 1; }

 private:
  struct Reference {
    std::uint32_t index = 0;
    std::uint32_t generation = 0;
  };
  struct Timer {
    WallTime deadline;
    Reference flow;
    Direction direction{};
  };

  Flow* resolve(Reference reference);
  Reference reference_to(std::uint32_t index) const { return {index, flows[index].generation}; }

  std::uint32_t create(const FlowKey& key, const TcpSegment& first, std::uint32_t wireshark_stream);
  void open(Flow& flow, const Endpoint& client, const Endpoint& server, RoleReason reason);
  void close(std::uint32_t index);

  // A connection of which only a SYN is known: the table holds its place among the attempts, marked.
  static constexpr std::uint32_t kAttemptMark = std::uint32_t{1} << 31;
  static bool is_attempt(std::uint32_t index) { return (index & kAttemptMark) != 0; }
  void attempt(const FlowKey& key, bool source_is_lower, const TcpSegment& syn);
  std::uint32_t follow_attempt(std::uint32_t place);
  void give_up_attempt(std::uint32_t place, bool is_evicted);
  const FlowKey& key_at(std::uint32_t index) const {
    return is_attempt(index) ? attempts.at(index & ~kAttemptMark).key : flows[index].key;
  }
  bool opens_next_incarnation(Flow& flow, const TcpSegment& segment);

  // Several connections of the same endpoints (tracker_generations.cpp).
  std::uint32_t choose_of_chain(std::uint32_t head, const TcpSegment& segment) const;
  bool opens_beside(const Flow& flow, const TcpSegment& segment, bool has_ended) const;
  bool is_foreign(const Flow& flow, const TcpSegment& segment) const;
  void link(const FlowKey& key, std::uint32_t index);
  void unlink(std::uint32_t index);
  bool keep_for_proof(std::uint32_t index, const TcpSegment& segment);
  bool proves_next_connection(const Flow& flow, const TcpSegment& segment) const;
  void settle_waiting_syns(std::uint32_t index);
  std::uint32_t wireshark_stream_of_next(const Flow& newest, const TcpSegment& segment, bool source_is_lower);

  // Connections that began before the capture wait a moment, so that their lowest bytes are known (rule 35).
  void hold(std::uint32_t index, const TcpSegment& segment);
  void decide_roles(std::uint32_t index);

  void process(std::uint32_t index, const TcpSegment& segment);
  void follow_up(std::uint32_t index);
  void run_timers();
  void fire_hole_timer(const Timer& timer);
  void keep_within_limits();
  void make_room_for_one_more();
  std::optional<WallTime> activity_of(const IdleQueue::Entry& entry);

  TrackerContext context;
  FlowTable table;
  FlowSlab flows;
  HalfOpen attempts;
  std::uint64_t next_id = 1;
  std::uint32_t next_wireshark_stream = 0;

  std::deque<Timer> hole_timers;
  std::deque<Timer> held_flows;
  std::deque<Timer> closing_flows;
  std::deque<Timer>
      waiting_directions;  // in the order in which they began to wait; the deadline means nothing
  IdleQueue idle_queue;
  Lookahead lookahead;
};

}  // namespace plaintalk::analyzer
