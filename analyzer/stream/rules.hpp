// The TCP rules (docs/TCP_RULES.md), one function a group. apply_rules() runs them over one segment of a
// connection whose roles are known.
#pragma once

#include <optional>

#include "analyzer/stream/tracker_context.hpp"

namespace plaintalk::analyzer {

// Rule 1. True when the packet was captured before; it must then be ignored. `place` is where the memory of
// packets keeps it.
bool is_duplicate_capture(TrackerContext& context, Flow& flow, Direction direction, const TcpSegment& segment,
                          const SeenPacket& now, std::uint64_t place);
// Rule 39: the receiver has told in `answer` that it got these bytes of `direction` twice. What was taken for
// copies that the capture made were two packets.
void settle_copies(TrackerContext& context, Flow& flow, Direction direction, StreamRange twice,
                   const TcpSegment& answer);
// The same for the first packet of a direction, which cannot be a copy.
void note_first(DirectionState& state, const TcpSegment& segment);

// Rules 2, 18, 33, 34: a SYN or SYN-ACK sets where the stream begins.
void apply_syn(TrackerContext& context, Flow& flow, Direction direction, const TcpSegment& segment);
// Rule 22: the round trip that a handshake shows, now that its third packet has come.
std::optional<Nanoseconds> handshake_trip(const Flow& flow, const TcpSegment& answer);
// Rule 19.
void apply_rst(TrackerContext& context, Flow& flow, Direction direction, const TcpSegment& segment);
// Rules 3 to 9, 11 and 22: what the segment says as an answer to the other direction.
void apply_ack(TrackerContext& context, Flow& flow, Direction direction, const TcpSegment& segment);
// Rule 11: bytes above all that was captured are acknowledged.
void check_unseen_ack(TrackerContext& context, Flow& flow, Direction direction, const TcpSegment& segment,
                      std::int64_t offset);
// Rule 37: what this acknowledgement says about an earlier one that is doubtful. REQUIRES that there is one.
void settle_doubtful_ack(TrackerContext& context, Flow& flow, Direction direction, const TcpSegment& segment,
                         std::int64_t offset);
// Rule 30: new data that had been acknowledged before.
void note_late(TrackerContext& context, Flow& flow, Direction direction, const TcpSegment& segment,
               std::int64_t begin, std::int64_t end);
// The capture is over: what still depends on a doubtful acknowledgement is told as likely.
void flush_undecided(TrackerContext& context, Flow& flow, Direction direction);
// Rules 3, 6, 8, 10, 12 to 17, 20, 30, 31: the bytes it carries, and its FIN.
void apply_data(TrackerContext& context, Flow& flow, Direction direction, const TcpSegment& segment);
// Rules 12 to 17 for data below the highest sent: what kind of repeat or reordering it is, and its count.
void classify_repeat(TrackerContext& context, Flow& flow, Direction direction, const TcpSegment& segment,
                     std::int64_t begin, std::int64_t end, std::int64_t seen);
// Rule 29: true when the segment is held back because it seems damaged.
bool hold_unverified(TrackerContext& context, Flow& flow, Direction direction, const TcpSegment& segment);
// The other side has confirmed everything below `confirmed`: the unverified segments there were good after
// all.
void accept_confirmed_segments(TrackerContext& context, Flow& flow, Direction direction,
                               std::int64_t confirmed);
// The capture is over: unverified segments that the receiver had no time to judge are kept, for nothing
// contradicts them.
void accept_unjudged_segments(TrackerContext& context, Flow& flow, Direction direction);

// All of them, in order. True when it was a copy of a packet that was seen before (rule 1).
bool apply_rules(TrackerContext& context, Flow& flow, Direction direction, const TcpSegment& segment);
// The same for a first packet that was remembered when it came and is understood only now.
void repeat_first(TrackerContext& context, Flow& flow, Direction direction, const TcpSegment& segment);

// What the segment turned out to be, for those who want to hear about each.
void tell_segment(SegmentSink& sink, const Flow& flow, Direction direction, const TcpSegment& segment,
                  bool is_copy);

// Rule 26: state, history and completeness.
void note_history(Flow& flow, Direction direction, const TcpSegment& segment);
// A letter that comes again at the 10th, 100th ... time.
void note_counted(Flow& flow, Direction direction, char letter, std::uint64_t count);
// Rule 25.
Vantage vantage_of(const Flow& flow);
// With the state and the totals of both sides, when the connection is given up.
ConnectionRecord summarise(const Flow& flow, std::uint16_t server_port);

// Rule 22, when the SYN was sent once or we know which: 0 if there was no handshake.
Nanoseconds initial_rtt(const Flow& flow);

}  // namespace plaintalk::analyzer
