#include "analyzer/talk/talk_analyzer.hpp"

#include <algorithm>
#include <utility>

#include "analyzer/talk/protocol_guess.hpp"
#include "base/text.hpp"

namespace plaintalk::analyzer {
namespace {

std::uint64_t number_of(ConnectionId id) { return static_cast<std::uint64_t>(id); }

}  // namespace

TalkAnalyzer::TalkAnalyzer(TalkOptions options, TalkSink& sink, ContentStore& store)
    : options_(options),
      sink_(sink),
      timeline_(findings_),
      interpreter_(sink, store, findings_, timeline_, options.show_secrets),
      foreign_(sink, findings_, options.show_secrets) {
  if (options_.description)
    described_ = std::make_unique<described::DescribedTalk>(
        options_.description,
        described::SharedTables{sink, findings_, timeline_, interpreter_.users(), interpreter_.files(),
                                options_.show_secrets},
        pdu_count_);
}

void TalkAnalyzer::give_way() {
  interpreter_.give_way();
  if (described_) described_->give_way(now_);
}

void TalkAnalyzer::allow_growth(bool is_allowed) {
  interpreter_.allow_growth(is_allowed);
  if (described_) described_->allow_growth(is_allowed);
  timeline_.allow_growth(is_allowed);
}

TalkAnalyzer::ConnectionDecoder* TalkAnalyzer::find(ConnectionId id) {
  const Open* const open = open_.find(id);
  return open == nullptr ? nullptr : open->decoder.get();
}

void TalkAnalyzer::advance(WallTime now) {
  seen(now);
  interpreter_.advance(now_);
  if (described_) described_->advance(now_);
}

void TalkAnalyzer::seen(WallTime time) { now_ = std::max(now_, time); }

void TalkAnalyzer::packet(WallTime time, std::uint32_t size) {
  ++captured_count_;
  TimelineResult& row = timeline_.at(time);
  ++row.packets;
  row.packet_bytes += size;
}

void TalkAnalyzer::opened(const ConnectionRecord& connection) {
  ++timeline_.at(connection.start).connections_opened;
  if (described_ && described_->claims(connection)) {
    Open& open = open_.add(connection.id);
    open.is_described = true;
    open.protocol = described_->name();
    return described_->opened(connection, {connection.midstream ? 0 : captured_count_, connection.start});
  }
  auto decoder = std::make_unique<ConnectionDecoder>();
  decoder->id = connection.id;
  decoder->on_server_port = connection.server.endpoint.port == options_.server_port;
  decoder->midstream = connection.midstream;
  decoder->client.start_lost = connection.midstream;
  decoder->server.start_lost = connection.midstream;
  decoder->client_endpoint = connection.client.endpoint;
  decoder->server_endpoint = connection.server.endpoint;
  decoder->start = connection.start;
  if (!connection.midstream) decoder->opened_in = captured_count_;
  open_.add(connection.id).decoder = std::move(decoder);
}

void TalkAnalyzer::data(const StreamData& data) {
  seen(data.time);
  TimelineResult& row = timeline_.at(data.time);
  (data.direction == Direction::client_to_server ? row.client_bytes : row.server_bytes) += data.bytes.size();
  Open* const open = open_.find(data.connection);
  if (open == nullptr || data.bytes.empty()) return;
  if (open->is_described) return described_->data(data);
  const Moment moment{data.packet, data.time};
  if (!open->protocol.empty()) {
    if (open->is_watched)
      open->is_watched = foreign_.data(data.connection, data.direction, as_text(data.bytes), moment);
    return;
  }
  ConnectionDecoder* const decoder = open->decoder.get();
  StreamDecoder& stream = decoder->stream(data.direction);
  if (decoder->context) {
    stream.packets.add(data.offset, data.bytes.size(), moment);
    return feed(*decoder, data.direction, as_text(data.bytes), moment);
  }
  stream.packets.add(data.offset, data.bytes.size(), moment);
  decoder->held.push_back({data.direction, false, 0, std::string(as_text(data.bytes)), moment});
  if (stream.first.size() < kGuessSizeMax)
    stream.first += as_text(data.bytes).substr(0, kGuessSizeMax - stream.first.size());
  guess(*decoder, false, data.time);
  forget_if_foreign(data.connection);
}

void TalkAnalyzer::gap(const StreamGap& gap) {
  seen(gap.time);
  Open* const open = open_.find(gap.connection);
  if (open == nullptr) return;
  if (open->is_described) return described_->gap(gap);
  if (!open->decoder) {
    open->decoder = std::make_unique<ConnectionDecoder>();
    open->decoder->id = gap.connection;
    open->decoder->protocol = open->protocol;
  }
  ConnectionDecoder* const decoder = open->decoder.get();
  const Moment moment{gap.packet, gap.time};
  decoder->gaps.gap(gap, findings_);
  if (decoder->context) return skip(*decoder, gap.direction, gap.size, moment);
  if (!open->protocol.empty()) {
    if (open->is_watched) open->is_watched = foreign_.lost(gap.connection, gap.direction, gap.size, moment);
    return;
  }
  StreamDecoder& stream = decoder->stream(gap.direction);
  if (stream.first.empty()) stream.start_lost = true;
  decoder->held.push_back({gap.direction, true, gap.size, {}, moment});
  // Whatever follows cannot be told by its first bytes; a few more gaps than that and nobody needs them.
  if (decoder->held.size() <= kGuessSizeMax) return;
  guess(*decoder, true, gap.time);
  forget_if_foreign(gap.connection);
}

void TalkAnalyzer::acknowledged(const StreamAck& ack) {
  seen(ack.time);
  if (described_) described_->acknowledged(ack);
  ConnectionDecoder* decoder = find(ack.connection);
  if (!decoder || (!decoder->context && !decoder->protocol.empty())) return;
  decoder->stream(ack.direction).packets.acknowledged(ack.offset, ack.time);
  if (decoder->context && ack.direction == Direction::server_to_client)
    interpreter_.acknowledged(*decoder->context, ack.offset, ack.time);
}

void TalkAnalyzer::event(const TcpEvent& event) {
  seen(event.time);
  ++timeline_.at(event.time).tcp_events;
  sink_.tcp_event(event);
  if (described_) described_->event(event);
  if (ConnectionDecoder* decoder = find(event.connection)) decoder->gaps.event(event, findings_);
  if (event.rule == 20)
    findings_.add("conflicting-bytes", event.time, event.connection, {event.packet},
                  std::to_string(event.length) + " bytes at offset " + std::to_string(event.offset) +
                      " of connection " + std::to_string(number_of(event.connection)) +
                      " came with two contents: " + terminal_safe(event.evidence));
}

bool TalkAnalyzer::wants_evidence(unsigned rule) const { return rule == 20 || sink_.wants_evidence(); }

void TalkAnalyzer::closed(const ConnectionRecord& connection) {
  seen(connection.end);
  ++timeline_.at(connection.end).connections_closed;
  packet_count_ += connection.client.packets + connection.server.packets;
  copy_count_ += connection.duplicate_capture_packets;
  if (connection.evicted)
    findings_.add("connection-evicted", connection.end, connection.id, {},
                  "connection " + std::to_string(number_of(connection.id)) +
                      " was given up before its end to save memory");
  Ended ended;
  if (Open* const open = open_.find(connection.id)) {
    ended.protocol = open->protocol;
    if (ConnectionDecoder* const decoder = open->decoder.get()) {
      if (decoder->protocol.empty() && !decoder->held.empty()) guess(*decoder, true, connection.end);
      ended.protocol = decoder->protocol;
      if (decoder->context) {
        interpreter_.closed(*decoder->context, connection);
        if (decoder->strange_left_out > 0)
          findings_.add("limit-reached", connection.end, connection.id, {},
                        "pdus.csv leaves out " + std::to_string(decoder->strange_left_out) +
                            " lines of connection " + std::to_string(number_of(connection.id)) +
                            " that are no commands, after the first " +
                            std::to_string(decoder->strange_rows));
        ended.user = decoder->context->session->account;
        ended.device = decoder->context->session->device;
      }
    }
    if (open->is_described) {
      ended.user = described_->closed(connection);
      ended.is_described = true;
    } else {
      ended.protocol = foreign_.close(connection.id, ended.protocol);
    }
    open_.erase(connection.id);
  }
  if (number_of(connection.id) == next_ended_ && ended_.empty()) {
    ++next_ended_;
    sink_.connection(
        {&connection, ended.protocol, std::move(ended.user), std::move(ended.device), ended.is_described});
    return;
  }
  ended.connection = connection;
  ended_.emplace(number_of(connection.id), std::move(ended));
  emit_connections(false);
}

void TalkAnalyzer::emit_connections(bool all) {
  while (!ended_.empty()) {
    const auto first = ended_.begin();
    if (!all && first->first > next_ended_ && ended_.size() <= kWaitingConnectionCountMax) return;
    next_ended_ = std::max(next_ended_, first->first + 1);
    const Ended& ended = first->second;
    sink_.connection({&ended.connection, ended.protocol, ended.user, ended.device, ended.is_described});
    ended_.erase(first);
  }
}

void TalkAnalyzer::finish() {
  if (described_) described_->finish(now_);
  interpreter_.finish(now_);
  emit_connections(true);
  if (copy_count_ > 0)
    findings_.add("captured-twice", now_, {}, {},
                  std::to_string(copy_count_) + " copies of the " + std::to_string(packet_count_) +
                      " packets of all connections are in the capture" +
                      (copy_count_ >= packet_count_ ? ": each was recorded more than once" : ""));
  timeline_.finish(sink_);
  findings_.finish(sink_);
}

void TalkAnalyzer::guess(ConnectionDecoder& decoder, bool at_end, WallTime when) {
  const auto protocol = guess_protocol({decoder.client.first, decoder.server.first, decoder.client.start_lost,
                                        decoder.server.start_lost, decoder.on_server_port, at_end});
  if (!protocol) return;
  decoder.protocol = *protocol;
  if (decoder.protocol == "plaintalk") return start(decoder);
  if (decoder.protocol == "http" || decoder.protocol == "other") start_foreign(decoder);
  decoder.held.clear();
  decoder.held.shrink_to_fit();
  decoder.client = {};
  decoder.server = {};
  if (decoder.on_server_port)
    findings_.add("not-plaintalk", when, decoder.id, {},
                  "connection " + std::to_string(number_of(decoder.id)) +
                      " on the messenger's port speaks something else (" + std::string(decoder.protocol) +
                      ")");
}

ConnectionRecord TalkAnalyzer::opened_as(const ConnectionDecoder& decoder) {
  ConnectionRecord opened;
  opened.id = decoder.id;
  opened.start = decoder.start;
  opened.client.endpoint = decoder.client_endpoint;
  opened.server.endpoint = decoder.server_endpoint;
  opened.midstream = decoder.midstream;
  return opened;
}

void TalkAnalyzer::start_foreign(const ConnectionDecoder& decoder) {
  foreign_.open(opened_as(decoder));
  for (const Held& piece : decoder.held) {
    if (piece.is_gap) {
      foreign_.lost(decoder.id, piece.direction, piece.gap_size, piece.moment);
    } else {
      foreign_.data(decoder.id, piece.direction, piece.bytes, piece.moment);
    }
  }
}

// Of a connection that speaks something else only the name is kept here, unless a gap may still fill.
void TalkAnalyzer::forget_if_foreign(ConnectionId id) {
  Open* const open = open_.find(id);
  if (open == nullptr || open->decoder->protocol.empty() || open->decoder->context) return;
  open->protocol = open->decoder->protocol;
  open->is_watched = foreign_.follows(id);
  if (open->decoder->gaps.empty()) open->decoder.reset();
}

}  // namespace plaintalk::analyzer
