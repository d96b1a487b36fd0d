#include "analyzer/talk/described/message_board.hpp"

#include <algorithm>
#include <unordered_set>
#include <utility>

#include "base/text.hpp"

namespace plaintalk::analyzer::described {

bool covers_room(const Rooms& rooms, std::string_view joined, std::string_view room) {
  if (joined == room) return true;
  if (rooms.separator.empty()) return false;
  for (;;) {
    const std::size_t joined_end = joined.find(rooms.separator);
    const std::size_t room_end = room.find(rooms.separator);
    const std::string_view word = joined.substr(0, joined_end);
    if (!rooms.more_words.empty() && word == rooms.more_words && joined_end == joined.npos)
      return !room.empty();
    if (word != room.substr(0, room_end) && (rooms.one_word.empty() || word != rooms.one_word)) return false;
    if (joined_end == joined.npos || room_end == room.npos)
      return joined_end == joined.npos && room_end == room.npos;
    joined.remove_prefix(joined_end + rooms.separator.size());
    room.remove_prefix(room_end + rooms.separator.size());
  }
}

std::uint64_t MessageBoard::key_of(const Room& room, std::string_view id, std::string_view text) {
  const std::hash<std::string_view> hash;
  std::uint64_t key = std::hash<const void*>{}(&room) * 0x9E3779B97F4A7C15ULL;
  key ^= (id.empty() ? hash(text) : hash(id) * 0xC2B2AE3D27D4EB4FULL) + 0x165667B19E3779F9ULL;
  return key * 0x9E3779B97F4A7C15ULL;
}

BoardMessage* MessageBoard::find(std::uint64_t serial) {
  if (serial < base_ || serial - base_ >= messages_.size()) return nullptr;
  return &messages_[static_cast<std::size_t>(serial - base_)];
}

std::uint64_t MessageBoard::add(BoardMessage message) {
  now_ = std::max(now_, message.since);
  message.seq = ++message.room->last_seq;
  text_bytes_ += message.text.size();
  const std::uint64_t serial = base_ + messages_.size();
  by_key_[message.key].serials.push_back(serial);
  messages_.push_back(std::move(message));
  keep_bounds();
  return serial;
}

void MessageBoard::keep_bounds() {
  while (!messages_.empty() && (messages_.size() > kMessageCountMax || copy_count_ > kCopyCountMax ||
                                text_bytes_ > kTextBytesMax)) {
    if (!std::exchange(limit_reported_, true))
      findings_.add("limit-reached", now_, {}, {},
                    "too many messages at once: some are counted before all their copies were seen");
    finalize_oldest(true);
  }
}

std::uint64_t MessageBoard::said(BoardMessage message) {
  // Its bytes may have waited for a hole to fill, so that a copy was read first.
  if (const auto same = by_key_.find(message.key); same != by_key_.end() && !same->second.unsaid.empty()) {
    const std::uint64_t serial = same->second.unsaid.front();
    BoardMessage& open = *find(serial);
    if (!(open.first_out < message.in)) {
      same->second.unsaid.pop_front();
      open.in = message.in;
      open.from = message.from;
      open.sender = message.sender;
      return serial;
    }
  }
  return add(std::move(message));
}

bool MessageBoard::fits(const BoardMessage& message, const BoardMessage& copy, const Session& to) const {
  // Its own is told from somebody else's with the same text by the name or id that the copy bears.
  if (message.from.get() == &to && !rooms_.echo && copy.sender.empty() && !copy.has_id) return false;
  if (message.in.known() && message.in < to.opened) return false;
  return message.sender.empty() || copy.sender.empty() || message.sender == copy.sender;
}

std::optional<std::uint64_t> MessageBoard::find_original(const Same& same, const BoardMessage& copy,
                                                         const Session& to, std::uint64_t next) {
  std::size_t tries = 0;
  for (auto serial = std::ranges::lower_bound(same.serials, next);
       serial != same.serials.end() && tries < kTriesMax; ++serial, ++tries)
    if (fits(*find(*serial), copy, to)) return *serial;
  // It has them all: this is one of them once more.
  tries = 0;
  for (auto serial = same.serials.rbegin(); serial != same.serials.rend() && tries < kTriesMax;
       ++serial, ++tries)
    if (fits(*find(*serial), copy, to)) return *serial;
  return std::nullopt;
}

MessageBoard::Placed MessageBoard::copy(BoardMessage message, const std::shared_ptr<Session>& to,
                                        Moment out) {
  const std::uint64_t key = message.key;
  if (const auto same = by_key_.find(key); same != by_key_.end())
    if (const auto original = find_original(same->second, message, *to, to->last_copy[key])) {
      to->last_copy[key] = *original + 1;
      if (BoardMessage& found = *find(*original); found.sender.empty()) found.sender = message.sender;
      return copy_of(*original, to, out);
    }
  message.first_out = out;
  const std::uint64_t serial = add(std::move(message));
  if (find(serial) == nullptr) return {};
  by_key_[key].unsaid.push_back(serial);
  to->last_copy[key] = serial + 1;
  return copy_of(serial, to, out);
}

MessageBoard::Placed MessageBoard::copy_of(std::uint64_t serial, const std::shared_ptr<Session>& to,
                                           Moment out) {
  BoardMessage* const message = find(serial);
  if (message == nullptr) return {};
  if (!message->first_out.known()) message->first_out = out;
  message->copies.push_back({to, to->user, out, {}});
  ++copy_count_;
  const std::size_t copy = message->copies.size() - 1;
  keep_bounds();
  if (to->last_copy.size() > 2 * to->last_copy_kept + Session::kAwaitedCountMax) {
    std::erase_if(to->last_copy, [&](const auto& entry) { return entry.second <= base_; });
    to->last_copy_kept = to->last_copy.size();
  }
  return {serial, copy};
}

std::optional<std::uint64_t> MessageBoard::begins_with(const Room& room, std::string_view text) const {
  const std::size_t tries = std::min(messages_.size(), kTriesMax);
  for (std::size_t back = 1; back <= tries; ++back) {
    const BoardMessage& message = messages_[messages_.size() - back];
    if (message.room == &room && message.text.size() > text.size() && message.text.starts_with(text))
      return base_ + messages_.size() - back;
  }
  return std::nullopt;
}

void MessageBoard::forget_key(const BoardMessage& message, std::uint64_t serial) {
  const auto same = by_key_.find(message.key);
  if (same == by_key_.end()) return;
  auto& serials = same->second.serials;
  if (serials.front() == serial) {
    serials.pop_front();
  } else {
    std::erase(serials, serial);
  }
  if (auto& unsaid = same->second.unsaid; !unsaid.empty() && unsaid.front() == serial) unsaid.pop_front();
  if (serials.empty()) by_key_.erase(same);
}

void MessageBoard::extend(std::uint64_t serial, std::string_view text) {
  BoardMessage* const message = find(serial);
  if (message == nullptr) return;
  message->body_length += text.size();
  if (message->has_id || message->text.size() + text.size() > Framing::kUnitSizeMax) return;
  forget_key(*message, serial);
  message->text += text;
  text_bytes_ += text.size();
  message->key = key_of(*message->room, {}, message->text);
  auto& serials = by_key_[message->key].serials;
  serials.insert(std::ranges::lower_bound(serials, serial), serial);
  keep_bounds();
}

void MessageBoard::finalize_older(WallTime now) {
  now_ = std::max(now_, now);
  while (!messages_.empty() && now_ - messages_.front().since > kFinalizeAfter) finalize_oldest(false);
}

void MessageBoard::finalize_all(WallTime now) {
  now_ = std::max(now_, now);
  while (!messages_.empty()) finalize_oldest(false);
}

void MessageBoard::give_way(WallTime now) {
  now_ = std::max(now_, now);
  while (!messages_.empty()) finalize_oldest(true);
}

void MessageBoard::finalize_oldest(bool early) {
  const BoardMessage message = std::move(messages_.front());
  messages_.pop_front();
  forget_key(message, base_);
  ++base_;
  text_bytes_ -= message.text.size();
  copy_count_ -= message.copies.size();
  MessageResult row;
  row.server = message.room->server->label;
  row.room = message.room->name;
  row.seq = message.seq;
  row.sender = message.sender;
  row.kind = "text";
  row.origin = "live";
  row.in = message.in;
  if (message.from) row.in_connection = message.from->id;
  row.ok = message.ok;
  row.body_length = message.body_length;
  row.text = message.text;
  count(message, early, row);
  add_latencies(row);
  finalized_(row, message);
}

// Of a connection, wherever it is: whether what was sent to it would have been seen.
MessageBoard::Expected MessageBoard::while_open(const Session& session, const BoardMessage& message) const {
  const Moment& at = message.in.known() ? message.in : message.first_out;
  if (session.closed_at && *session.closed_at < at.time + kGrace) return Expected::maybe;
  if (now_ < at.time + kGrace) return Expected::maybe;
  const bool has_hole = std::ranges::any_of(session.holes, [&](const Moment& hole) { return !(hole < at); });
  return has_hole || session.has_more_holes ? Expected::not_captured : Expected::yes;
}

MessageBoard::Expected MessageBoard::expected(const Stay& stay, const BoardMessage& message) const {
  const Moment& at = message.in.known() ? message.in : message.first_out;
  if (!stay.covers(at)) return Expected::no;
  // Only the client's word for it: the server may have taken the message first.
  if (!stay.is_confirmed && at.time - stay.from.time < kGrace) return Expected::maybe;
  if (stay.to && stay.to->time - at.time < kGrace) return Expected::maybe;
  return while_open(*stay.session, message);
}

void MessageBoard::count_direct(const BoardMessage& message,
                                std::vector<std::pair<const Session*, Expected>>& due) const {
  const auto& people = message.room->server->people;
  const auto sessions = people.find(message.to);
  if (sessions == people.end()) return;
  const Moment& at = message.in.known() ? message.in : message.first_out;
  for (const auto& session : sessions->second)
    if (session->opened < at && !(session->closed_at && *session->closed_at < at.time))
      due.emplace_back(session.get(), while_open(*session, message));
}

void MessageBoard::count(const BoardMessage& message, bool early, MessageResult& row) {
  std::vector<std::pair<const Session*, Expected>> due;
  const auto add_stays = [&](const Room& room) {
    for (const auto& stay : room.stays) {
      const Expected wanted = expected(*stay, message);
      if (wanted != Expected::no) due.emplace_back(stay->session.get(), wanted);
    }
  };
  if (message.room->is_direct) {
    count_direct(message, due);
  } else {
    add_stays(*message.room);
    for (const Room* const room : message.room->server->wildcard_rooms)
      if (room != message.room && covers_room(rooms_, room->name, message.room->name)) add_stays(*room);
  }
  // A connection counts once, however often it is in.
  std::ranges::stable_sort(due, [](const auto& a, const auto& b) {
    return a.first->id != b.first->id ? a.first->id < b.first->id : a.second > b.second;
  });
  const auto repeated = std::ranges::unique(due, {}, [](const auto& entry) { return entry.first; });
  due.erase(repeated.begin(), repeated.end());

  DeliveryBalance& sum = row.balance;
  std::unordered_set<const Session*> got;
  for (const Copy& copy : message.copies) {
    DeliveryResult delivery;
    delivery.recipient = copy.recipient;
    delivery.connection = copy.session->id;
    delivery.out = copy.out;
    delivery.acked = copy.acked;
    if (message.in.known() && !(copy.out < message.in)) delivery.latency = copy.out.time - message.in.time;
    const bool is_first = got.insert(copy.session.get()).second;
    const auto place = std::ranges::lower_bound(due, copy.session->id, {},
                                                [](const auto& entry) { return entry.first->id; });
    const bool is_member = place != due.end() && place->first == copy.session.get();
    // It may have entered where nobody looked; and a sender may get its own.
    const bool may_be_in = copy.session->began_earlier || copy.session->client_lossy ||
                           copy.session == message.from || !message.in.known();
    if (!is_first) {
      delivery.status = "duplicate";
      ++sum.duplicates;
      report("duplicate-delivery", message, copy.session->id, copy.out.packet,
             terminal_safe(copy.recipient) + " got it again in packet " + std::to_string(copy.out.packet));
    } else if (is_member || may_be_in) {
      delivery.status = "delivered";
      ++sum.members;
      ++sum.deliveries;
    } else {
      delivery.status = "leaked";
      ++sum.leaked;
      report("leaked-message", message, copy.session->id, copy.out.packet,
             terminal_safe(copy.recipient) + " got it and was not seen to be in");
    }
    row.deliveries.push_back(std::move(delivery));
  }
  for (const auto& [session, wanted] : due) {
    if (got.contains(session)) continue;
    const bool is_sender = message.from ? session == message.from.get()
                                        : !message.sender.empty() && session->user == message.sender;
    if (is_sender && !rooms_.echo) continue;
    ++sum.members;
    // Of what nobody was seen to say it is not known for whom it was.
    if (early || wanted == Expected::maybe || !message.in.known()) {
      ++sum.undecided;
    } else if (wanted == Expected::not_captured) {
      ++sum.not_captured;
    } else {
      ++sum.missing;
      report("missing-delivery", message, session->id, message.in.packet,
             (session->user.empty() ? "connection " + std::to_string(static_cast<std::uint64_t>(session->id))
                                    : terminal_safe(session->user)) +
                 " was in and did not get it");
    }
  }
}

void MessageBoard::add_latencies(MessageResult& row) {
  std::vector<Nanoseconds> all;
  for (const DeliveryResult& delivery : row.deliveries)
    if (delivery.latency && delivery.status == "delivered") all.push_back(*delivery.latency);
  if (all.empty()) return;
  std::ranges::sort(all);
  row.latency_min = all.front();
  row.latency_p50 = all[(all.size() - 1) / 2];
  row.latency_max = all.back();
}

void MessageBoard::report(std::string_view kind, const BoardMessage& message, ConnectionId connection,
                          std::uint64_t packet, const std::string& what) {
  constexpr std::size_t kShownMax = 60;
  std::string text =
      message.text.substr(0, utf8_prefix_size(std::string_view(message.text).substr(0, kShownMax)));
  findings_.add(kind, message.since, connection, {message.in.packet, packet},
                "message " + std::to_string(message.seq) + " of " + terminal_safe(message.room->name) + " (" +
                    terminal_safe(text) + "): " + what +
                    (message.has_id ? "; copies are told by their id: certain"
                                    : "; copies are told by their text: likely"));
}

}  // namespace plaintalk::analyzer::described
