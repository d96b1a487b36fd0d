#include "analyzer/talk/talk_analyzer.hpp"

#include <algorithm>
#include <utility>

#include "analyzer/talk/protocol_guess.hpp"
#include "base/text.hpp"

namespace plaintalk::analyzer {
namespace {

std::uint64_t number_of(ConnectionId id) { return static_cast<std::uint64_t>(id); }

std::string_view words_of(Direction direction) {
  return direction == Direction::client_to_server ? "from the client" : "from the server";
}

// A capture that begins inside a connection usually begins between two frames; a line that starts like one is
// taken for one.
bool starts_like_a_frame(std::string_view octets) {
  const std::size_t end = octets.find_first_of(" \r\n");
  if (end == octets.npos || end == 0) return false;
  const Verb verb = find_verb(octets.substr(0, end));
  return verb != Verb::unknown && octets.substr(0, end) == verb_text(verb);
}

constexpr DecoderLimits limits_for(std::size_t line_size_max) {
  // Whatever the server's own limit, a body up to this size is legal somewhere; a refused one is answered
  // with an error.
  return {line_size_max, kSkippedBodySizeMax, kSkippedBodySizeMax};
}

}  // namespace

TalkAnalyzer::TalkAnalyzer(TalkOptions options, TalkSink& sink, ContentStore& store)
    : options_(options),
      sink_(sink),
      timeline_(findings_),
      interpreter_(sink, store, findings_, timeline_, options.show_secrets) {}

TalkAnalyzer::Line* TalkAnalyzer::find(ConnectionId id) {
  const auto found = lines_.find(number_of(id));
  return found == lines_.end() ? nullptr : found->second.get();
}

void TalkAnalyzer::advance(WallTime now) {
  seen(now);
  interpreter_.advance(now_);
}

void TalkAnalyzer::seen(WallTime time) { now_ = std::max(now_, time); }

void TalkAnalyzer::packet(WallTime time, std::uint32_t size) {
  TimelineResult& row = timeline_.at(time);
  ++row.packets;
  row.packet_bytes += size;
}

void TalkAnalyzer::opened(const Connection& connection) {
  auto line = std::make_unique<Line>();
  line->id = connection.id;
  line->on_server_port = connection.server.endpoint.port == options_.server_port;
  line->midstream = connection.midstream;
  line->client.start_lost = connection.midstream;
  line->server.start_lost = connection.midstream;
  line->opened_as = connection;
  lines_[number_of(connection.id)] = std::move(line);
  ++timeline_.at(connection.start).connections_opened;
}

void TalkAnalyzer::data(const StreamData& data) {
  seen(data.time);
  TimelineResult& row = timeline_.at(data.time);
  (data.direction == Direction::client_to_server ? row.client_bytes : row.server_bytes) += data.bytes.size();
  Line* line = find(data.connection);
  if (!line || data.bytes.empty()) return;
  Lane& lane = line->lane(data.direction);
  const Moment moment{data.packet, data.time};
  if (line->talker) {
    lane.packets.add(data.offset, data.bytes.size(), moment);
    return feed(*line, data.direction, as_text(data.bytes), moment);
  }
  if (!line->protocol.empty()) return;
  lane.packets.add(data.offset, data.bytes.size(), moment);
  line->held.push_back({data.direction, false, 0, std::string(as_text(data.bytes)), moment});
  if (lane.first.size() < kGuessSizeMax)
    lane.first += as_text(data.bytes).substr(0, kGuessSizeMax - lane.first.size());
  guess(*line, false, data.time);
}

void TalkAnalyzer::gap(const StreamGap& gap) {
  seen(gap.time);
  Line* line = find(gap.connection);
  if (!line) return;
  const Moment moment{gap.packet, gap.time};
  if (gap.cause != GapCause::before_start)
    findings_.add("capture-gap", gap.time, gap.connection, {gap.packet},
                  std::to_string(gap.size) + " octets " + std::string(words_of(gap.direction)) +
                      " at offset " + std::to_string(gap.offset) + " of connection " +
                      std::to_string(number_of(gap.connection)) + " are not in the capture (" +
                      std::string(name_of(gap.cause)) + ")");
  if (line->talker) return skip(*line, gap.direction, gap.size, moment);
  if (!line->protocol.empty()) return;
  Lane& lane = line->lane(gap.direction);
  if (lane.first.empty()) lane.start_lost = true;
  line->held.push_back({gap.direction, true, gap.size, {}, moment});
  // Whatever follows cannot be told by its first octets; a few more gaps than that and nobody needs them.
  if (line->held.size() > kGuessSizeMax) guess(*line, true, gap.time);
}

void TalkAnalyzer::acknowledged(const StreamAck& ack) {
  seen(ack.time);
  Line* line = find(ack.connection);
  if (!line || (!line->talker && !line->protocol.empty())) return;
  line->lane(ack.direction).packets.acknowledged(ack.offset, ack.time);
  if (line->talker && ack.direction == Direction::server_to_client)
    interpreter_.acknowledged(*line->talker, ack.offset, ack.time);
}

void TalkAnalyzer::event(const TcpEvent& event) {
  seen(event.time);
  ++timeline_.at(event.time).tcp_events;
  sink_.tcp_event(event);
  if (event.rule == 20)
    findings_.add("conflicting-octets", event.time, event.connection, {event.packet},
                  std::to_string(event.length) + " octets at offset " + std::to_string(event.offset) +
                      " of connection " + std::to_string(number_of(event.connection)) +
                      " came with two contents: " + terminal_safe(event.evidence));
}

void TalkAnalyzer::closed(const Connection& connection) {
  seen(connection.end);
  ++timeline_.at(connection.end).connections_closed;
  Ended ended{connection, {}, {}, {}};
  if (connection.evicted)
    findings_.add("connection-evicted", connection.end, connection.id, {},
                  "connection " + std::to_string(number_of(connection.id)) +
                      " was given up before its end to save memory");
  if (Line* line = find(connection.id)) {
    if (line->protocol.empty() && !line->held.empty()) guess(*line, true, connection.end);
    ended.protocol = line->protocol;
    if (line->talker) {
      interpreter_.closed(*line->talker, connection);
      ended.user = line->talker->session->account;
      ended.device = line->talker->session->device;
    }
    lines_.erase(number_of(connection.id));
  }
  ended_.emplace(number_of(connection.id), std::move(ended));
  give_out_connections(false);
}

void TalkAnalyzer::give_out_connections(bool all) {
  while (!ended_.empty()) {
    const auto first = ended_.begin();
    if (!all && first->first > next_ended_ && ended_.size() <= kWaitingConnectionCountMax) return;
    next_ended_ = std::max(next_ended_, first->first + 1);
    const Ended& ended = first->second;
    sink_.connection({&ended.connection, ended.protocol, ended.user, ended.device});
    ended_.erase(first);
  }
}

void TalkAnalyzer::finish() {
  interpreter_.finish(now_);
  give_out_connections(true);
  timeline_.finish(sink_);
  findings_.finish(sink_);
}

void TalkAnalyzer::guess(Line& line, bool at_end, WallTime when) {
  const auto protocol = guess_protocol({line.client.first, line.server.first, line.client.start_lost,
                                        line.server.start_lost, line.on_server_port, at_end});
  if (!protocol) return;
  line.protocol = *protocol;
  if (line.protocol == "plaintalk") return start(line);
  line.held.clear();
  line.held.shrink_to_fit();
  line.client = {};
  line.server = {};
  if (line.on_server_port)
    findings_.add("not-plaintalk", when, line.id, {},
                  "connection " + std::to_string(number_of(line.id)) +
                      " on the messenger's port speaks something else (" + std::string(line.protocol) + ")");
}

void TalkAnalyzer::start(Line& line) {
  line.client.decoder = std::make_unique<FrameDecoder>(limits_for(kLineSizeMax));
  line.server.decoder = std::make_unique<FrameDecoder>(limits_for(kLineSizeMax));
  line.talker = interpreter_.opened(line.opened_as);
  const std::vector<Held> held = std::exchange(line.held, {});
  // The greeting says how long a line may be, so what the server said first is read first.
  for (const Direction direction : {Direction::server_to_client, Direction::client_to_server})
    std::string().swap(line.lane(direction).first);
  std::vector<const Held*> order;
  for (const Held& piece : held) order.push_back(&piece);
  std::stable_partition(order.begin(), order.end(), [&, first = true](const Held* piece) mutable {
    return piece->direction == Direction::server_to_client && std::exchange(first, false);
  });
  for (const Held* piece : order) {
    if (piece->is_gap) {
      skip(line, piece->direction, piece->gap_size, piece->moment);
    } else {
      feed(line, piece->direction, piece->octets, piece->moment);
    }
  }
}

void TalkAnalyzer::feed(Line& line, Direction direction, std::string_view octets, Moment moment) {
  Lane& lane = line.lane(direction);
  if (lane.dead) return;
  if (!std::exchange(lane.started, true) && line.midstream && !starts_like_a_frame(octets)) {
    lane.decoder->gap(0);
    read(line, direction, moment);
  }
  lane.decoder->feed(octets);
  read(line, direction, moment);
}

void TalkAnalyzer::skip(Line& line, Direction direction, std::uint64_t size, Moment moment) {
  Lane& lane = line.lane(direction);
  lane.started = true;
  interpreter_.lost(*line.talker, direction, moment);
  if (lane.dead) return;
  lane.decoder->gap(size);
  read(line, direction, moment);
}

void TalkAnalyzer::read(Line& line, Direction direction, Moment moment) {
  Lane& lane = line.lane(direction);
  for (auto step = lane.decoder->next(); step != FrameDecoder::Step::need_more; step = lane.decoder->next()) {
    if (step == FrameDecoder::Step::frame) {
      frame(line, direction);
    } else {
      error(line, direction, moment);
    }
    if (lane.dead) return;
    lane.packets.forget_below(lane.decoder->stream_offset());
  }
}

void TalkAnalyzer::frame(Line& line, Direction direction) {
  Lane& lane = line.lane(direction);
  const Frame& frame = lane.decoder->frame();
  const std::uint64_t end = frame.stream_offset + frame.size;
  const PacketMap::Span span = lane.packets.span(frame.stream_offset, end);
  ++lane.frame_count;
  PduResult row;
  row.connection = line.id;
  row.direction = direction;
  row.first = span.first;
  row.last = span.last;
  row.packets = span.packets;
  row.stream_offset = frame.stream_offset;
  row.length = frame.size;
  row.verb = verb_of(frame);
  row.arguments = render_arguments(frame, options_.show_secrets);
  row.body_length = frame.body.size();
  for (const BodyHole& hole : frame.holes) row.hole_bytes += hole.size;
  row.status = "ok";
  sink_.pdu(row);
  if (frame.verb == Verb::greeting && direction == Direction::server_to_client) adopt_limits(line, frame);
  const PlacedFrame placed{frame, span.first, span.last, end, lane.packets.acknowledged_at(end)};
  if (direction == Direction::client_to_server) {
    interpreter_.client_frame(*line.talker, placed);
  } else {
    interpreter_.server_frame(*line.talker, placed);
  }
}

void TalkAnalyzer::adopt_limits(Line& line, const Frame& greeting) {
  const auto size = number_parameter(greeting, "line");
  if (!size || *size == kLineSizeMax || *size < 64 || *size > kSkippedBodySizeMax) return;
  Lane& client = line.client;
  if (client.frame_count == 0 && client.decoder->stream_offset() == 0 &&
      client.decoder->pending_size() == 0 && !client.started)
    client.decoder = std::make_unique<FrameDecoder>(limits_for(static_cast<std::size_t>(*size)));
}

void TalkAnalyzer::error(Line& line, Direction direction, Moment moment) {
  Lane& lane = line.lane(direction);
  const DecodeError error = lane.decoder->error();
  const std::uint64_t end = std::max(lane.decoder->stream_offset(), error.at + 1);
  const PacketMap::Span span = lane.packets.span(error.stream_offset, end);
  const bool is_gap = error.code == DecodeError::Code::gap;
  PduResult row;
  row.connection = line.id;
  row.direction = direction;
  row.first = span.packets == 0 ? moment : span.first;
  row.last = span.packets == 0 ? moment : span.last;
  row.packets = span.packets;
  row.stream_offset = error.stream_offset;
  row.length = is_gap ? 0 : end - error.stream_offset;
  row.status = name_of(error.code);
  sink_.pdu(row);
  if (!is_gap) {
    const bool foreign = error.code == DecodeError::Code::not_plaintalk;
    findings_.add(foreign ? "not-plaintalk" : "undecodable", row.first.time, line.id, {row.first.packet},
                  std::string(name_of(error.code)) + ' ' + std::string(words_of(direction)) + " at offset " +
                      std::to_string(error.at) + " of connection " + std::to_string(number_of(line.id)) +
                      (error.fatal ? ": that direction cannot be followed any further" : ""));
    const bool cut_by_start = line.midstream && lane.frame_count == 0;
    if (direction == Direction::client_to_server && !cut_by_start)
      interpreter_.client_error(*line.talker, row.last);
  }
  if (!error.fatal) return;
  lane.dead = true;
  lane.packets = {};
  if (direction == Direction::server_to_client) interpreter_.lost(*line.talker, direction, moment);
}

}  // namespace plaintalk::analyzer
