#include "analyzer/talk/message_table.hpp"

#include <algorithm>
#include <utility>

#include "base/text.hpp"
#include "protocol/names.hpp"

namespace plaintalk::analyzer {

Message* MessageTable::open(ObservedRoom& room, std::uint64_t seq, Moment seen) {
  if (const auto serial = serial_of(room, seq)) return by_serial(*serial);
  if (room.emitted.contains(seq)) return nullptr;
  if (messages_.size() == kMessageCountMax || delivery_count_ >= kDeliveryCountMax)
    finalize_oldest(Why::over_bound);
  Message& message = messages_.emplace_back();
  message.room = &room;
  message.seq = seq;
  message.since = seen.time;
  serials_.emplace(Key{&room, seq}, base_ + messages_.size() - 1);
  if (room.known.empty() || seq > room.known.highest()) room.high_seen = seen;
  room.known.add(seq, seq + 1);
  return &message;
}

std::optional<std::uint64_t> MessageTable::serial_of(const ObservedRoom& room, std::uint64_t seq) const {
  const auto found = serials_.find({&room, seq});
  return found == serials_.end() ? std::nullopt : std::optional(found->second);
}

Message* MessageTable::by_serial(std::uint64_t serial) {
  if (serial < base_ || serial - base_ >= messages_.size()) return nullptr;
  return &messages_[serial - base_];
}

void MessageTable::set_text(Message& message, std::string_view text, std::uint64_t body_length,
                            std::uint64_t hole_bytes) {
  // A copy without holes is better than one with them.
  if (message.has_text && message.hole_bytes <= hole_bytes) return;
  text_bytes_ -= message.text.size();
  message.has_text = true;
  message.body_length = body_length;
  message.hole_bytes = hole_bytes;
  message.text = text;
  text_bytes_ += message.text.size();
}

std::size_t MessageTable::add_delivery(Message& message, Delivery delivery) {
  ++delivery_count_;
  message.deliveries.push_back(std::move(delivery));
  return message.deliveries.size() - 1;
}

void MessageTable::finalize_older(WallTime now) {
  now_ = std::max(now_, now);
  while (!messages_.empty() && messages_.front().since + kFinalizeAfter < now_)
    finalize_oldest(Why::old_enough);
  while (text_bytes_ > kTextBytesMax && messages_.size() > 1) finalize_oldest(Why::over_bound);
}

void MessageTable::finalize_all(WallTime now) {
  now_ = std::max(now_, now);
  while (!messages_.empty()) finalize_oldest(Why::at_end);
}

void MessageTable::finalize_early() {
  while (!messages_.empty()) finalize_oldest(Why::over_bound);
}

void MessageTable::report(std::string_view kind, const Message& message, ConnectionId connection,
                          std::uint64_t packet, const std::string& what) {
  std::string text = "message " + std::to_string(message.seq) + " of " + terminal_safe(message.room->name);
  if (!message.sender.empty()) text += " from " + terminal_safe(message.sender);
  const std::uint64_t source = message.in.known() ? message.in.packet : message.first_out.packet;
  findings_.add(kind, message.since, connection, {source, packet}, text + ": " + what);
}

MessageTable::Expected MessageTable::expected(const Membership& membership, const Message& message) {
  using enum Expected;
  if (!membership.joined) return membership.session->lossy ? maybe : no;
  const bool in_known = message.in.known();
  const bool out_known = message.first_out.known();
  Expected verdict = yes;
  if (membership.exact_from) {
    if (message.seq <= membership.from_seq) return no;
  } else if (out_known && message.first_out < membership.from_earliest) {
    return no;
  } else if (!in_known || !(membership.from_latest < message.in)) {
    verdict = maybe;
  }
  // Whoever got a later number was still there; only behind that the end of the stay has to be weighed.
  const bool before_last = membership.live_known && message.seq <= membership.live_high;
  if (membership.ended && !before_last && !(out_known && message.first_out < membership.end_earliest)) {
    if (in_known && membership.end_latest < message.in) return no;
    // Without the command, a number seen long after the end cannot be from before it.
    if (!in_known && out_known && membership.end_latest.time + kTailGrace < message.first_out.time) return no;
    verdict = maybe;
  }
  if (membership.doubtful) verdict = maybe;
  return verdict;
}

void MessageTable::decide_copies(const Message& message, MessageResult& row) {
  const std::uint64_t mark = base_ + 1;
  for (const Delivery& copy : message.deliveries) {
    Membership& member = *copy.membership;
    if (copy.state == Delivery::State::replay) {
      ++message.room->result.replays;
      continue;
    }
    const bool again = member.counted_message == mark;
    const bool allowed = expected(member, message) != Expected::no;
    const std::string where =
        "connection " + std::to_string(static_cast<std::uint64_t>(copy.session->id)) +
        (copy.session->account.empty() ? "" : " (" + terminal_safe(copy.session->account) + ")");
    std::string_view status = "delivered";
    if (again || (!allowed && member.joined && member.session->lossy)) {
      // The END that would tell a history page apart may be in the missing part.
      if (member.session->lossy) {
        ++message.room->result.replays;
        continue;
      }
      status = "duplicate";
      ++row.balance.duplicates;
      report("duplicate-delivery", message, copy.session->id, copy.out.packet, "came twice on " + where);
    } else if (!allowed) {
      status = "leaked";
      ++row.balance.leaked;
      report("leaked-message", message, copy.session->id, copy.out.packet,
             "went to " + where + ", which was not in it");
    } else {
      member.counted_message = mark;
      ++row.balance.members;
      ++row.balance.deliveries;
      if (copy.state == Delivery::State::undecided) {
        if (copy.after_later && !member.session->lossy)
          report("reordered-delivery", message, copy.session->id, copy.out.packet,
                 "came on " + where + " after a later number");
        member.live_high = std::max(member.live_high, message.seq);
        member.live_known = true;
      }
    }
    std::optional<Nanoseconds> latency;
    if (message.in.known() && status == "delivered") latency = copy.out.time - message.in.time;
    row.deliveries.push_back({copy.session->account, copy.session->device, copy.session->id, copy.out,
                              latency, copy.acked, status});
  }
}

void MessageTable::count_members(const Message& message, Why why, MessageResult& row) {
  ObservedRoom& room = *message.room;
  if (room.is_direct) {
    const auto people = parse_conversation(room.name);
    for (const std::string_view account : {people->first, people->second}) {
      const auto found = room.server->sessions.find(std::string(account));
      if (found == room.server->sessions.end()) continue;
      for (const auto& session : found->second) membership_of(session, room);
    }
  }
  const std::uint64_t mark = base_ + 1;
  const WallTime when = message.first_out.known() ? message.first_out.time : message.since;
  for (const auto& shared : room.members) {
    const Membership& member = *shared;
    if (member.dead || member.counted_message == mark) continue;
    const Expected verdict = expected(member, message);
    const bool tail = !member.live_known || message.seq > member.live_high;
    const bool silent = !(when + kTailGrace < member.session->last_server_byte.time);
    if (verdict == Expected::maybe && member.joined && tail && member.cut_off) {
      ++row.balance.members;
      ++row.balance.undecided;
    }
    if (verdict != Expected::yes) continue;
    ++row.balance.members;
    if (member.shed.contains(message.seq)) {
      ++row.balance.shed;
    } else if (member.uncaptured.contains(message.seq) ||
               (member.uncaptured_from && message.seq > *member.uncaptured_from)) {
      ++row.balance.not_captured;
    } else if (why == Why::over_bound) {
      ++row.balance.undecided;
      if (std::exchange(limit_reported_, true)) continue;
      findings_.add("limit-reached", when, {}, {},
                    "too many messages on their way at once: the oldest had to be counted before all their "
                    "copies could be awaited");
    } else if ((tail && member.cut_off && silent) ||
               (why == Why::at_end && tail && !member.ended && when + kTailGrace >= now_)) {
      ++row.balance.undecided;
    } else {
      ++row.balance.missing;
      const ObservedSession& session = *member.session;
      report("missing-delivery", message, session.id, 0,
             "did not reach " + terminal_safe(session.account) + " on connection " +
                 std::to_string(static_cast<std::uint64_t>(session.id)));
    }
  }
}

void MessageTable::add_latencies(const Message& message, MessageResult& row) {
  std::vector<Nanoseconds> latencies;
  for (const DeliveryResult& delivery : row.deliveries)
    if (delivery.latency) latencies.push_back(*delivery.latency);
  if (!message.in.known() || latencies.empty()) return;
  std::sort(latencies.begin(), latencies.end());
  row.latency_min = latencies.front();
  row.latency_p50 = latencies[(latencies.size() - 1) / 2];
  row.latency_max = latencies.back();
}

void MessageTable::check_numbers(const Message& message) {
  ObservedRoom& room = *message.room;
  if (!room.base) room.base = room.known.lowest() - 1;
  if (message.seq == 0 || message.seq - 1 <= *room.base || room.known.contains(message.seq - 1)) return;
  std::uint64_t first = message.seq - 1;
  while (first > *room.base + 1 && !room.known.contains(first - 1) && message.seq - first < 1000) --first;
  room.known.add(first, message.seq);
  const std::string numbers = first == message.seq - 1 ? "number " + std::to_string(first)
                                                       : "numbers " + std::to_string(first) + " to " +
                                                             std::to_string(message.seq - 1);
  findings_.add("sequence-hole", message.since, {}, {message.first_out.packet},
                numbers + " of " + terminal_safe(room.name) + " belong to no message in the capture");
}

void MessageTable::finalize_oldest(Why why) {
  Message& message = messages_.front();
  if (!message.in.known()) find_command_(message);
  ObservedRoom& room = *message.room;
  MessageResult row;
  row.server = room.label;
  row.room = room.name;
  row.seq = message.seq;
  row.sender = message.sender;
  row.kind = message.is_file ? "file" : "text";
  row.in = message.in;
  row.in_connection = message.in_connection;
  row.ok = message.ok;
  row.body_length = message.body_length;
  row.hole_bytes = message.hole_bytes;
  row.text = message.text;
  decide_copies(message, row);
  const bool live = message.in.known() || message.ok || !row.deliveries.empty();
  row.origin = live ? "live" : "history";
  if (live) {
    count_members(message, why, row);
    add_latencies(message, row);
    check_numbers(message);
  }
  RoomResult& sum = room.result;
  if (live) ++(message.is_file ? sum.files : sum.messages);
  sum.balance += row.balance;
  if (message.altered)
    report("altered-message", message, message.in_connection, message.first_out.packet,
           "its copies are not the same");
  finalized_(row);

  serials_.erase({&room, message.seq});
  room.emitted.add(message.seq, message.seq + 1);
  if (room.emitted.range_count() > kRangeCountMax || room.known.range_count() > kRangeCountMax) {
    // Nobody numbers a room like this but to hurt us. Forgetting may emit a message twice.
    room.emitted.clear();
    room.known.clear();
    room.base.reset();
    room.known.add(message.seq, message.seq + 1);
  }
  delivery_count_ -= message.deliveries.size();
  text_bytes_ -= message.text.size();
  messages_.pop_front();
  ++base_;
}

}  // namespace plaintalk::analyzer
