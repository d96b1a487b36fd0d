#include "analyzer/talk/described/described_talk.hpp"

#include <algorithm>
#include <utility>

#include "base/text.hpp"

namespace plaintalk::analyzer::described {
namespace {

std::string connection_text(ConnectionId id) {
  return "connection " + std::to_string(static_cast<std::uint64_t>(id));
}

}  // namespace

DescribedTalk::DescribedTalk(std::shared_ptr<const Description> description, SharedTables tables,
                             std::uint64_t& pdu_count)
    : description_(std::move(description)),
      tables_(tables),
      pdu_count_(pdu_count),
      interpreter_(*description_, tables) {}

bool DescribedTalk::claims(const ConnectionRecord& connection) const {
  return std::ranges::find(description_->ports, connection.server.endpoint.port) != description_->ports.end();
}

void DescribedTalk::opened(const ConnectionRecord& connection, Moment when) {
  auto line = std::make_unique<Line>(description_->framing, connection);
  line->session = interpreter_.opened(connection, when);
  lines_.insert_or_assign(connection.id, std::move(line));
}

void DescribedTalk::data(const StreamData& data) {
  const auto found = lines_.find(data.connection);
  if (found == lines_.end()) return;
  Line& line = *found->second;
  Half& half = line.half(data.direction);
  const Moment moment{data.packet, data.time};
  half.packets.add(data.offset, data.bytes.size(), moment);
  half.framer.feed(as_text(data.bytes), data.time);
  read(line, data.direction, moment);
}

void DescribedTalk::gap(const StreamGap& gap) {
  const auto found = lines_.find(gap.connection);
  if (found == lines_.end()) return;
  Line& line = *found->second;
  const Moment moment{gap.packet, gap.time};
  line.gaps.gap(gap, tables_.findings);
  Half& half = line.half(gap.direction);
  half.number_known = false;
  half.framer.gap(gap.size);
  read(line, gap.direction, moment);
  interpreter_.lost(*line.session, gap.direction, moment);
}

void DescribedTalk::acknowledged(const StreamAck& ack) {
  const auto found = lines_.find(ack.connection);
  if (found == lines_.end()) return;
  Line& line = *found->second;
  line.half(ack.direction).packets.acknowledged(ack.offset, ack.time);
  if (ack.direction == Direction::server_to_client)
    interpreter_.acknowledged(*line.session, ack.offset, ack.time);
}

void DescribedTalk::event(const TcpEvent& event) {
  if (const auto found = lines_.find(event.connection); found != lines_.end())
    found->second->gaps.event(event, tables_.findings);
}

std::string DescribedTalk::closed(const ConnectionRecord& connection) {
  const auto found = lines_.find(connection.id);
  if (found == lines_.end()) return {};
  Line& line = *found->second;
  for (const Direction direction : {Direction::client_to_server, Direction::server_to_client}) {
    line.half(direction).framer.end();
    read(line, direction, {0, connection.end});
    held_size_ -= line.half(direction).accounted;
  }
  interpreter_.closed(line.session, connection);
  const auto tell = [&](std::string_view kind, std::uint64_t packet, const std::string& text) {
    tables_.findings.add(kind, connection.end, line.id, {packet}, text);
  };
  if (line.strange > 0)
    tell("unexplained-unit", line.first_strange,
         plural(line.strange, "unit") + " of " + connection_text(line.id) + " fit no rule of " +
             description_->name + ", the first in packet " + std::to_string(line.first_strange));
  if (line.strange_left_out > 0)
    tell("limit-reached", 0,
         "pdus.csv leaves out " + std::to_string(line.strange_left_out) + " units of " +
             connection_text(line.id) + " that fit no rule");
  if (line.merged > 0)
    tell("merged-messages", line.first_merged,
         plural(line.merged, "segment") + " of " + connection_text(line.id) +
             " carried several messages, the first in packet " + std::to_string(line.first_merged) +
             ": whoever takes what recv() gives for one message reads them as one");
  if (line.pieces > 0)
    tell("split-message", line.first_piece,
         plural(line.pieces, "segment") + " of " + connection_text(line.id) +
             " went on with a message that another had begun, the first in packet " +
             std::to_string(line.first_piece) +
             ": whoever takes what recv() gives for one message reads it "
             "in pieces");
  std::string user = line.session->user;
  lines_.erase(found);
  return user;
}

void DescribedTalk::read(Line& line, Direction direction, Moment moment) {
  Half& half = line.half(direction);
  while (const auto next = half.framer.next()) {
    unit(line, direction, *next, moment);
    half.packets.forget_below(half.framer.offset());
  }
  half.framer.trim();
  // What is passed over gives no unit.
  half.packets.forget_below(half.framer.offset());
  account(half, line, moment);
}

void DescribedTalk::account(Half& half, Line& line, Moment moment) {
  held_size_ -= half.accounted;
  half.accounted = half.framer.held_size() + half.packets.held_size();
  held_size_ += half.accounted;
  if (held_size_ <= kHeldSizeMax) return;
  if (!std::exchange(limit_reported_, true))
    tables_.findings.add("limit-reached", moment.time, line.id, {},
                         "too many units are unfinished at once: some are not read");
  half.framer.drop();
  half.packets = {};
  half.number_known = false;
  held_size_ -= half.accounted;
  half.accounted = half.framer.held_size() + half.packets.held_size();
  held_size_ += half.accounted;
}

void DescribedTalk::unit(Line& line, Direction direction, const Unit& unit, Moment moment) {
  Half& half = line.half(direction);
  const std::uint64_t end = unit.offset + unit.size;
  const PacketMap::Span span = half.packets.span(unit.offset, end);
  ++half.number;
  PduResult row;
  row.number = ++pdu_count_;
  row.connection = line.id;
  row.direction = direction;
  row.first = span.packets == 0 ? moment : span.first;
  row.last = span.packets == 0 ? moment : span.last;
  row.packets = span.packets;
  row.stream_offset = unit.offset;
  row.length = unit.size - unit.hole_bytes;
  row.body_length = unit.body.size();
  row.hole_bytes = unit.hole_bytes;
  row.status = unit.status;
  if (unit.status == "ok" || unit.status == "cut") {
    const UnitPlace place{row.first, row.last, end, half.packets.acknowledged_at(end)};
    if (description_->framing.kind == Framing::Kind::none && description_->framing.begins)
      return segment(line, direction, unit, place, std::move(row));
    return message(line, direction, unit, place, std::move(row));
  }
  if (unit.status == "gap") return tables_.sink.pdu(row);
  tables_.findings.add("undecodable", row.first.time, line.id, {row.first.packet},
                       std::string(unit.status) + " at offset " + std::to_string(unit.offset) + " of " +
                           connection_text(line.id) + " (" + description_->name + ")" +
                           (unit.ends_reading ? ": that direction cannot be followed any further" : ""));
  strange_row(line, row);
}

void DescribedTalk::message(Line& line, Direction direction, const Unit& unit, const UnitPlace& place,
                            PduResult row) {
  const Half& half = line.half(direction);
  const UnitFields fields(*description_, unit, half.number_known ? half.number : 0);
  const Rule* const rule = fields.rule(direction);
  std::string verb;
  if (description_->verb) verb = fields.field(*description_->verb).value_or(std::string());
  if (verb.empty() && rule != nullptr) verb = name_of(rule->meaning);
  row.verb = std::string_view(verb).substr(0, UnitFields::kShownSizeMax);
  if (tables_.sink.wants_arguments()) {
    std::string secret;
    if (rule != nullptr && !tables_.show_secrets) secret = fields.value(*rule, Role::secret).value_or("");
    row.arguments = fields.render(secret);
  }
  if (rule != nullptr) {
    tables_.sink.pdu(row);
    return interpreter_.unit(line.session, direction, *rule, fields, place);
  }
  row.is_explained = false;
  if (row.status == "ok") row.status = "unexplained";
  if (line.strange++ == 0) line.first_strange = row.first.packet;
  strange_row(line, row);
}

void DescribedTalk::strange_row(Line& line, const PduResult& row) {
  const bool is_full = line.strange_rows >= kStrangeRowCountMax || strange_rows_ >= kStrangeRowSumMax;
  if (is_full && !tables_.sink.wants_every_row()) {
    ++line.strange_left_out;
    return;
  }
  ++line.strange_rows;
  ++strange_rows_;
  tables_.sink.pdu(row);
}

std::size_t DescribedTalk::begins_at(const Line& line, std::string_view content, std::size_t from) const {
  while (from < content.size()) {
    const auto match = description_->framing.begins->find(content, from);
    if (!match) break;
    if (!match->has_group) return match->begin;
    // "hibob: yes": whatever stands before the name belongs to the message before.
    const std::size_t name = interpreter_.name_at_end(*line.session, match->group);
    const auto group_end =
        static_cast<std::size_t>(match->group.data() - content.data()) + match->group.size();
    if (name > 0 && group_end - name >= from) return group_end - name;
    from = std::max(match->end, from + 1);
  }
  return content.npos;
}

std::size_t DescribedTalk::goes_on(Line& line, Direction direction, const Unit& unit) {
  if (begins_at(line, unit.content, 0) == 0) return 0;
  const Half& half = line.half(direction);
  const Rule* const rule =
      UnitFields(*description_, unit, half.number_known ? half.number : 0).rule(direction);
  const bool is_other =
      rule != nullptr && rule->meaning != Meaning::message && rule->meaning != Meaning::delivery;
  return is_other ? 0 : interpreter_.goes_on(*line.session, direction, unit.content);
}

void DescribedTalk::segment(Line& line, Direction direction, const Unit& unit, const UnitPlace& place,
                            PduResult row) {
  const std::string_view content = unit.content;
  Half& half = line.half(direction);
  Unit part = unit;
  std::size_t begin = 0;
  std::size_t count = 0;
  const auto next_row = [&](std::size_t size, std::string_view status) {
    if (count++ > 0) row.number = ++pdu_count_;
    row.stream_offset = unit.offset + begin;
    row.length = size;
    row.status = status;
    begin += size;
  };
  while (begin < content.size()) {
    // Beyond so many in one segment the rest is taken for one message.
    const std::size_t end = count + 1 < kPartCountMax ? begins_at(line, content, begin + 1) : content.npos;
    part.content = content.substr(begin, end == content.npos ? end : end - begin);
    if (count == 0) {
      const std::size_t size = goes_on(line, direction, part);
      if (size > 0) {
        next_row(size, "continued");
        if (line.pieces++ == 0) line.first_piece = row.first.packet;
        tables_.sink.pdu(row);
        continue;
      }
    }
    if (count > 0) ++half.number;
    const bool is_alone = count == 0 && end == content.npos;
    if (count == 0 && !is_alone && line.merged++ == 0) line.first_merged = row.first.packet;
    next_row(part.content.size(), is_alone ? "ok" : "merged");
    message(line, direction, part, place, row);
  }
}

}  // namespace plaintalk::analyzer::described
