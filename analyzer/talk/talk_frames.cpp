// Of the connections that speak PLAINTALK: their streams taken apart into frames.
#include <algorithm>
#include <utility>

#include "analyzer/talk/talk_analyzer.hpp"

namespace plaintalk::analyzer {
namespace {

std::string_view direction_text(Direction direction) {
  return direction == Direction::client_to_server ? "from the client" : "from the server";
}

// A capture that begins inside a connection usually begins between two frames; a line that starts like one is
// taken for one.
bool starts_like_a_frame(std::string_view bytes) {
  const std::size_t end = bytes.find_first_of(" \r\n");
  if (end == bytes.npos || end == 0) return false;
  const Verb verb = find_verb(bytes.substr(0, end));
  return verb != Verb::unknown && bytes.substr(0, end) == verb_text(verb);
}

constexpr DecoderLimits limits_for(std::size_t line_size_max) {
  // Whatever the server's own limit, a body up to this size is legal somewhere; a refused one is answered
  // with an error.
  return {line_size_max, kSkippedBodySizeMax, kSkippedBodySizeMax};
}

}  // namespace

void TalkAnalyzer::start(ConnectionDecoder& decoder) {
  decoder.client.frames = std::make_unique<FrameDecoder>(limits_for(kLineSizeMax));
  decoder.server.frames = std::make_unique<FrameDecoder>(limits_for(kLineSizeMax));
  decoder.context = interpreter_.opened(opened_as(decoder), {decoder.opened_in, decoder.start});
  const std::vector<Held> held = std::exchange(decoder.held, {});
  // The greeting says how long a line may be, so what the server said first is read first.
  for (const Direction direction : {Direction::server_to_client, Direction::client_to_server})
    std::string().swap(decoder.stream(direction).first);
  std::vector<const Held*> order;
  for (const Held& piece : held) order.push_back(&piece);
  std::stable_partition(order.begin(), order.end(), [&, first = true](const Held* piece) mutable {
    return piece->direction == Direction::server_to_client && std::exchange(first, false);
  });
  for (const Held* piece : order) {
    if (piece->is_gap) {
      skip(decoder, piece->direction, piece->gap_size, piece->moment);
    } else {
      feed(decoder, piece->direction, piece->bytes, piece->moment);
    }
  }
}

void TalkAnalyzer::feed(ConnectionDecoder& decoder, Direction direction, std::string_view bytes,
                        Moment moment) {
  StreamDecoder& stream = decoder.stream(direction);
  if (stream.dead) return;
  if (!std::exchange(stream.started, true) && decoder.midstream && !starts_like_a_frame(bytes)) {
    stream.frames->gap(0);
    read(decoder, direction, moment);
  }
  stream.frames->feed(bytes);
  read(decoder, direction, moment);
}

void TalkAnalyzer::skip(ConnectionDecoder& decoder, Direction direction, std::uint64_t size, Moment moment) {
  StreamDecoder& stream = decoder.stream(direction);
  stream.started = true;
  interpreter_.lost(*decoder.context, direction, moment);
  if (stream.dead) return;
  stream.frames->gap(size);
  read(decoder, direction, moment);
}

void TalkAnalyzer::read(ConnectionDecoder& decoder, Direction direction, Moment moment) {
  StreamDecoder& stream = decoder.stream(direction);
  for (auto step = stream.frames->next(); step != FrameDecoder::Step::need_more;
       step = stream.frames->next()) {
    if (step == FrameDecoder::Step::frame) {
      frame(decoder, direction);
    } else {
      error(decoder, direction, moment);
    }
    if (stream.dead) return;
    stream.packets.forget_below(stream.frames->stream_offset());
  }
}

void TalkAnalyzer::frame(ConnectionDecoder& decoder, Direction direction) {
  StreamDecoder& stream = decoder.stream(direction);
  const Frame& frame = stream.frames->frame();
  const std::uint64_t end = frame.stream_offset + frame.size;
  const PacketMap::Span span = stream.packets.span(frame.stream_offset, end);
  ++stream.frame_count;
  PduResult row;
  row.number = ++pdu_count_;
  row.connection = decoder.id;
  row.direction = direction;
  row.first = span.first;
  row.last = span.last;
  row.packets = span.packets;
  row.stream_offset = frame.stream_offset;
  row.length = frame.size;
  row.verb = verb_of(frame);
  if (sink_.wants_arguments()) row.arguments = render_arguments(frame, options_.show_secrets);
  row.body_length = frame.body.size();
  for (const BodyHole& hole : frame.holes) row.hole_bytes += hole.size;
  row.status = "ok";
  if (frame.verb == Verb::unknown) {
    strange_row(decoder, row);
  } else {
    sink_.pdu(row);
  }
  if (frame.verb == Verb::greeting && direction == Direction::server_to_client) adopt_limits(decoder, frame);
  const CapturedFrame captured{frame, span.first, span.last, end, stream.packets.acknowledged_at(end)};
  if (direction == Direction::client_to_server) {
    interpreter_.client_frame(*decoder.context, captured);
  } else {
    interpreter_.server_frame(*decoder.context, captured);
  }
}

void TalkAnalyzer::strange_row(ConnectionDecoder& decoder, const PduResult& row) {
  if (decoder.strange_rows >= kStrangeRowCountMax || strange_rows_ >= kStrangeRowSumMax) {
    ++decoder.strange_left_out;
    return;
  }
  ++decoder.strange_rows;
  ++strange_rows_;
  sink_.pdu(row);
}

void TalkAnalyzer::adopt_limits(ConnectionDecoder& decoder, const Frame& greeting) {
  const auto size = number_parameter(greeting, "line");
  if (!size || *size == kLineSizeMax || *size < 64 || *size > kSkippedBodySizeMax) return;
  StreamDecoder& client = decoder.client;
  if (client.frame_count == 0 && client.frames->stream_offset() == 0 && client.frames->pending_size() == 0 &&
      !client.started)
    client.frames = std::make_unique<FrameDecoder>(limits_for(static_cast<std::size_t>(*size)));
}

void TalkAnalyzer::error(ConnectionDecoder& decoder, Direction direction, Moment moment) {
  StreamDecoder& stream = decoder.stream(direction);
  const DecodeError error = stream.frames->error();
  const std::uint64_t end = std::max(stream.frames->stream_offset(), error.at + 1);
  const PacketMap::Span span = stream.packets.span(error.stream_offset, end);
  const bool is_gap = error.code == DecodeError::Code::gap;
  PduResult row;
  row.number = ++pdu_count_;
  row.connection = decoder.id;
  row.direction = direction;
  row.first = span.packets == 0 ? moment : span.first;
  row.last = span.packets == 0 ? moment : span.last;
  row.packets = span.packets;
  row.stream_offset = error.stream_offset;
  row.length = is_gap ? 0 : end - error.stream_offset;
  row.status = name_of(error.code);
  if (is_gap) {
    sink_.pdu(row);
  } else {
    strange_row(decoder, row);
  }
  if (!is_gap) {
    const bool foreign = error.code == DecodeError::Code::not_plaintalk;
    findings_.add(foreign ? "not-plaintalk" : "undecodable", row.first.time, decoder.id, {row.first.packet},
                  std::string(name_of(error.code)) + ' ' + std::string(direction_text(direction)) +
                      " at offset " + std::to_string(error.at) + " of connection " +
                      std::to_string(static_cast<std::uint64_t>(decoder.id)) +
                      (error.fatal ? ": that direction cannot be followed any further" : ""));
    const bool cut_by_start = decoder.midstream && stream.frame_count == 0;
    if (direction == Direction::client_to_server && !cut_by_start)
      interpreter_.client_error(*decoder.context, row.last);
  }
  if (!error.fatal) return;
  stream.dead = true;
  stream.packets = {};
  if (direction == Direction::server_to_client) interpreter_.lost(*decoder.context, direction, moment);
}

}  // namespace plaintalk::analyzer
