// The inside of ConnectionTracker: the table of connections, and the queues of those that wait for something.
// Each queue has a constant delay, so it is in order of time by itself; entries of connections that are gone
// are told by their generation.
#pragma once

#include <deque>
#include <memory>
#include <optional>
#include <vector>

#include "analyzer/stream/flow_table.hpp"
#include "analyzer/stream/idle_queue.hpp"
#include "analyzer/stream/tracker_context.hpp"

namespace plaintalk::analyzer {

class TrackerState {
 public:
  TrackerState(const TrackerLimits& limits, StreamSink& sink, SegmentSink* segments)
      : context(limits, sink, segments) {}

  void segment(const TcpSegment& segment);
  void finish();

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
  Reference reference_to(std::uint32_t index) const { return {index, flows[index]->generation}; }

  std::uint32_t create(const FlowKey& key, const TcpSegment& first, std::uint32_t wireshark_stream);
  void open(Flow& flow, const Endpoint& client, const Endpoint& server, std::string reason);
  void close(std::uint32_t index);
  bool opens_next_incarnation(Flow& flow, const TcpSegment& segment);
  std::size_t flow_count() const { return flows.size() - free_slots.size(); }

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

  TrackerContext context;
  FlowTable table;
  std::vector<std::unique_ptr<Flow>> flows;
  std::vector<std::uint32_t> free_slots;
  std::uint64_t next_id = 1;
  std::uint32_t next_wireshark_stream = 0;

  std::deque<Timer> hole_timers;
  std::deque<Timer> held_flows;
  std::deque<Timer> closing_flows;
  std::deque<Timer>
      waiting_directions;  // in the order in which they began to wait; the deadline means nothing
  IdleQueue idle_queue;
};

}  // namespace plaintalk::analyzer
