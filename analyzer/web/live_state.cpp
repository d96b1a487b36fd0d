#include "analyzer/web/live_state.hpp"

#include <algorithm>
#include <chrono>
#include <utility>

#include "base/endpoint.hpp"
#include "base/text.hpp"

namespace plaintalk::analyzer::web {
namespace {

std::uint64_t number_of(ConnectionId id) { return static_cast<std::uint64_t>(id); }

// Cut, and safe for people. What has to be escaped grows, but not to more than twice the bound.
std::string shown(std::string_view text, std::size_t size_max) {
  bool is_cut = false;
  for (std::size_t room = size_max;; room = text.size() / 2) {
    if (text.size() > room) {
      is_cut = true;
      const std::size_t size = utf8_prefix_size(text.substr(0, room));
      text = text.substr(0, room - size < 4 ? size : room);  // not in the middle of a character
    }
    std::string safe = terminal_safe(text);
    if (safe.size() <= 2 * size_max) {
      if (is_cut) safe += "\u2026";
      safe.shrink_to_fit();
      return safe;
    }
  }
}

std::string name(std::string_view text) { return shown(text, LiveState::kNameSizeMax); }

std::string room_key(std::string_view server, std::string_view room) {
  return name(server) + ' ' + name(room);
}

}  // namespace

// How the room is shared out, beside what is always there: half for lines, a quarter for frames.
LiveState::LiveState(std::size_t bytes_max)
    : LiveState(std::max(bytes_max, kBytesMin) - kFixedBytes, Shared{}) {}

LiveState::LiveState(std::size_t bytes, Shared)
    : entries_(bytes / 2),
      people_(bytes / 32),
      rooms_(bytes / 16),
      secrets_(bytes / 32),
      connections_(bytes / 8),
      frame_bytes_max_(bytes / 4) {}

std::size_t LiveState::bytes() const {
  const std::lock_guard lock(mutex_);
  return entries_.bytes() + people_.bytes() + rooms_.bytes() + secrets_.bytes() + connections_.bytes() +
         frame_bytes_ + kFixedBytes;
}

void LiveState::come_to(WallTime time) { totals_.last_packet = std::max(totals_.last_packet, time); }

Second& LiveState::second_of(WallTime time) {
  const std::int64_t second = std::chrono::floor<std::chrono::seconds>(time).time_since_epoch().count();
  const bool is_held = !seconds_.empty() && second >= seconds_.front().second;
  if (is_held && second <= seconds_.back().second) {
    // Those without anything have no row: what comes late for one goes to the one before.
    auto place = std::prev(std::ranges::upper_bound(seconds_, second, {}, &Second::second));
    place->version = version_;
    return *place;
  }
  // A clock that was set back begins anew.
  if (!is_held) seconds_.clear();
  seconds_.push_back({second, version_, 0, 0, 0, 0});
  if (seconds_.size() > kSecondCount) seconds_.pop_front();
  return seconds_.back();
}

void LiveState::packet(WallTime time, std::uint32_t size) {
  const std::lock_guard lock(mutex_);
  ++version_;
  ++totals_.packets;
  totals_.bytes += size;
  come_to(time);
  Second& second = second_of(time);
  ++second.packets;
  second.bytes += size;
}

void LiveState::opened(const ConnectionRecord& connection) {
  const std::lock_guard lock(mutex_);
  ++totals_.connections;
  connections_.update(number_of(connection.id), ++version_, [&](Connection& row) {
    row.id = number_of(connection.id);
    row.wireshark_stream = connection.wireshark_stream;
    row.client = render(connection.client.endpoint);
    row.server = render(connection.server.endpoint);
    row.state = connection.midstream ? Connection::State::open : Connection::State::opening;
    row.first = row.last = connection.start;
  });
}

void LiveState::segment(const JudgedSegment& judged) {
  if (judged.is_copy) return;
  const std::lock_guard lock(mutex_);
  const bool is_from_client = judged.direction == Direction::client_to_server;
  const TcpSegment& segment = judged.segment;
  const auto count = [&](Connection& row) {
    row.last = std::max(row.last, segment.time);
    ++(is_from_client ? row.client_packets : row.server_packets);
    (is_from_client ? row.client_bytes : row.server_bytes) += segment.payload_size;
    using State = Connection::State;
    if (segment.flags.fin) (is_from_client ? row.client_has_ended : row.server_has_ended) = true;
    if (segment.flags.rst) {
      if (row.state != State::closed) row.state = State::reset;
    } else if (row.client_has_ended && row.server_has_ended) {
      if (row.state != State::reset) row.state = State::closed;
    } else if (row.client_has_ended || row.server_has_ended) {
      if (row.state != State::reset) row.state = State::half_closed;
    } else if (row.state == State::opening && !segment.flags.syn && segment.flags.ack) {
      row.state = State::open;
    }
  };
  const std::uint64_t id = number_of(judged.connection);
  if (connections_.touch(id, ++version_, count)) return;
  connections_.update(id, version_, [&](Connection& row) {  // it was forgotten meanwhile
    row.id = id;
    row.client = render(is_from_client ? segment.source : segment.target);
    row.server = render(is_from_client ? segment.target : segment.source);
    row.first = segment.time;
    row.state = Connection::State::open;
    count(row);
  });
}

void LiveState::closed(const ConnectionRecord& connection) {
  const std::lock_guard lock(mutex_);
  if (connection.evicted) ++totals_.given_up;
  const std::uint64_t id = number_of(connection.id);
  if (connections_.find(id) == nullptr) return;
  connections_.update(id, ++version_, [&](Connection& row) {
    row.ending = connection.state;
    if (connection.evicted) row.state = Connection::State::given_up;
  });
}

void LiveState::pdu(const PduResult& row) {
  const std::lock_guard lock(mutex_);
  FrameRow frame;
  frame.number = row.number;
  frame.connection = number_of(row.connection);
  frame.is_from_client = row.direction == Direction::client_to_server;
  frame.first_packet = row.first.packet;
  frame.last_packet = row.last.packet;
  frame.body_length = row.body_length;
  frame.verb = name(row.verb);
  frame.arguments = shown(row.arguments, kTextSizeMax / 4);
  frame.status = row.status;
  const auto bytes_of = [](const FrameRow& held) { return sizeof held + held.bytes_beside(); };
  frame_bytes_ += bytes_of(frame);
  frames_.push_back(std::move(frame));
  while (frame_bytes_ > frame_bytes_max_) {
    frame_bytes_ -= bytes_of(frames_.front());
    frames_.pop_front();
  }
  Connection* const connection = connections_.find(number_of(row.connection));
  if (connection == nullptr || !connection->protocol.empty()) return;
  connections_.update(connection->id, ++version_, [](Connection& found) { found.protocol = "plaintalk"; });
}

void LiveState::credential(const CredentialResult& row) {
  const std::lock_guard lock(mutex_);
  ++totals_.secrets;
  Entry entry;
  entry.kind = Entry::Kind::secret;
  entry.time = row.seen.time;
  entry.packet = row.seen.packet;
  entry.connection = number_of(row.connection);
  entry.who = name(row.user);
  entry.text = name(row.secret);
  entry.protocol = name(row.protocol);
  entry.method = name(row.method);
  entry.accepted = row.accepted;
  const std::string key = entry.who + '\n' + entry.method + '\n' + entry.protocol + '\n' + entry.text;
  secrets_.update(key, ++version_, [&](Secret& secret) {
    if (secret.count++ == 0) {
      secret.user = entry.who;
      secret.protocol = entry.protocol;
      secret.method = entry.method;
      secret.text = entry.text;
      secret.connection = entry.connection;
      secret.packet = entry.packet;
    }
    secret.accepted = entry.accepted;
    secret.last_seen = entry.time;
  });
  count_for_person(entry.who, entry.time, &Person::secrets);
  if (connections_.find(entry.connection) != nullptr) {
    connections_.update(entry.connection, version_, [&](Connection& connection) {
      if (connection.protocol.empty()) connection.protocol = entry.protocol;
    });
  }
  add_entry(std::move(entry));
}

void LiveState::counts(const CaptureCounts& counts) {
  const std::lock_guard lock(mutex_);
  if (totals_.kernel_drops == counts.dropped_count &&
      totals_.interface_drops == counts.interface_dropped_count)
    return;
  ++version_;
  totals_.kernel_drops = counts.dropped_count;
  totals_.interface_drops = counts.interface_dropped_count;
}

void LiveState::end() {
  const std::lock_guard lock(mutex_);
  ++version_;
  is_ended_ = true;
}

void LiveState::add_entry(Entry entry) { entries_.add(std::move(entry), ++version_); }

void LiveState::live_event(const LiveEvent& event) {
  const std::lock_guard lock(mutex_);
  ++version_;
  switch (event.kind) {
    case LiveEvent::Kind::login: return logged_in(event);
    case LiveEvent::Kind::refused_login: {
      note(Entry::Kind::refused_login, event);
      return count_for_person(name(event.who), event.time, &Person::refused_logins);
    }
    case LiveEvent::Kind::joined: return joined(event);
    case LiveEvent::Kind::parted: return parted(event);
    case LiveEvent::Kind::message:
    case LiveEvent::Kind::file: return add_message(event);
    case LiveEvent::Kind::copy: return add_copy(event);
    case LiveEvent::Kind::said: return add_command(event);
    case LiveEvent::Kind::ended: return session_ended(event);
  }
}

void LiveState::note(Entry::Kind kind, const LiveEvent& event) {
  Entry entry;
  entry.kind = kind;
  entry.time = event.time;
  entry.packet = event.packet;
  entry.connection = number_of(event.connection);
  entry.who = name(event.who);
  entry.room = name(event.room);
  entry.text = shown(event.text, kTextSizeMax);
  add_entry(std::move(entry));
}

void LiveState::logged_in(const LiveEvent& event) {
  constexpr std::size_t kConnectionCountMax = 64;
  note(Entry::Kind::login, event);
  const std::uint64_t connection = number_of(event.connection);
  people_.update(name(event.who), version_, [&](Person& person) {
    person.name = name(event.who);
    person.is_guest = event.text == "guest";
    person.last_seen = std::max(person.last_seen, event.time);
    if (person.connections.size() < kConnectionCountMax &&
        !std::ranges::count(person.connections, connection))
      person.connections.push_back(connection);
  });
  if (connections_.find(connection) == nullptr) return;
  connections_.update(connection, version_, [&](Connection& row) { row.who = name(event.who); });
}

void LiveState::joined(const LiveEvent& event) {
  note(Entry::Kind::joined, event);
  const std::uint64_t connection = number_of(event.connection);
  const std::string key = room_key(event.server, event.room);
  rooms_.update(key, version_, [&](Room& room) {
    room.server = name(event.server);
    room.name = name(event.room);
    room.last_seen = std::max(room.last_seen, event.time);
    if (std::ranges::count(room.members, connection, &Room::Member::connection) > 0) return;
    if (room.members.size() < Room::kMemberCountMax) {
      room.members.push_back({name(event.who), connection});
    } else {
      room.has_more_members = true;
    }
  });
  if (connections_.find(connection) == nullptr) return;
  connections_.update(connection, version_, [&](Connection& row) {
    if (row.rooms.size() < Connection::kRoomCountMax && !std::ranges::count(row.rooms, key))
      row.rooms.push_back(key);
  });
}

void LiveState::leave_room(const std::string& key, std::uint64_t connection) {
  if (rooms_.find(key) == nullptr) return;
  rooms_.update(key, version_, [&](Room& room) {
    std::erase_if(room.members,
                  [connection](const Room::Member& member) { return member.connection == connection; });
  });
}

void LiveState::parted(const LiveEvent& event) {
  note(Entry::Kind::parted, event);
  const std::uint64_t connection = number_of(event.connection);
  const std::string key = room_key(event.server, event.room);
  leave_room(key, connection);
  if (connections_.find(connection) == nullptr) return;
  connections_.update(connection, version_, [&](Connection& row) { std::erase(row.rooms, key); });
}

void LiveState::session_ended(const LiveEvent& event) {
  if (!event.who.empty()) note(Entry::Kind::ended, event);
  const std::uint64_t connection = number_of(event.connection);
  if (people_.find(name(event.who)) != nullptr) {
    people_.update(name(event.who), version_, [&](Person& person) {
      person.last_seen = std::max(person.last_seen, event.time);
      std::erase(person.connections, connection);
    });
  }
  if (connections_.find(connection) == nullptr) return;
  std::vector<std::string> rooms;
  connections_.update(connection, version_, [&](Connection& row) { rooms = std::exchange(row.rooms, {}); });
  for (const std::string& key : rooms) leave_room(key, connection);
}

void LiveState::count_in_room(const LiveEvent& event, WallTime time, std::uint64_t Room::*number) {
  const auto count = [&](Room& room) {
    room.last_seen = std::max(room.last_seen, time);
    ++(room.*number);
  };
  const std::string key = room_key(event.server, event.room);
  if (rooms_.touch(key, version_, count)) return;
  rooms_.update(key, version_, [&](Room& room) {
    room.server = name(event.server);
    room.name = name(event.room);
    count(room);
  });
}

void LiveState::count_for_person(const std::string& who, WallTime time, std::uint64_t Person::*number) {
  if (who.empty()) return;
  const auto count = [&](Person& person) {
    person.last_seen = std::max(person.last_seen, time);
    ++(person.*number);
  };
  if (people_.touch(who, version_, count)) return;
  people_.update(who, version_, [&](Person& person) {
    person.name = who;
    count(person);
  });
}

// The row of pdus came right before what it means.
std::uint64_t LiveState::frame_of_copy(const LiveEvent& event) const {
  if (frames_.empty()) return 0;
  const FrameRow& last = frames_.back();
  const bool is_it = last.connection == number_of(event.connection) && !last.is_from_client &&
                     last.first_packet == event.packet;
  return is_it ? last.number : 0;
}

// A short way back; 0 when several of the packet's frames might be it.
std::uint64_t LiveState::frame_of_command(const LiveEvent& event) const {
  constexpr std::size_t kBackMax = 512;
  std::uint64_t number = 0;
  const std::size_t count = std::min(frames_.size(), kBackMax);
  for (auto frame = frames_.rbegin(); frame != frames_.rbegin() + static_cast<std::ptrdiff_t>(count);
       ++frame) {
    if (frame->connection != number_of(event.in_connection) || !frame->is_from_client) continue;
    if (frame->last_packet < event.in.packet) break;
    if (frame->last_packet != event.in.packet || (frame->verb != "SAY" && frame->verb != "DONE")) continue;
    if (number != 0) return 0;
    number = frame->number;
  }
  return number;
}

void LiveState::add_message(const LiveEvent& event) {
  // It was there as one that may be a replay.
  if (entries_.holds(event.message)) return add_command(event);
  Entry entry;
  entry.kind = event.kind == LiveEvent::Kind::file ? Entry::Kind::file : Entry::Kind::message;
  entry.may_be_replay = event.may_be_replay;
  entry.time = event.in.known() ? event.in.time : event.time;
  entry.packet = event.packet;
  entry.connection = number_of(event.connection);
  entry.who = name(event.who);
  entry.room = name(event.room);
  entry.text = shown(event.text, kTextSizeMax);
  entry.message = event.message;
  entry.seq = event.seq;
  if (event.in.known()) {
    entry.in_packet = event.in.packet;
    entry.in_time = event.in.time;
    entry.in_connection = number_of(event.in_connection);
    entry.in_frame = frame_of_command(event);
  }
  ++totals_.messages;
  ++second_of(entry.time).messages;
  count_in_room(event, entry.time, &Room::messages);
  count_for_person(entry.who, entry.time, &Person::messages);
  add_entry(std::move(entry));
}

void LiveState::add_copy(const LiveEvent& event) {
  Copy copy;
  copy.who = name(event.who);
  copy.connection = number_of(event.connection);
  copy.packet = event.packet;
  copy.frame = frame_of_copy(event);
  copy.may_be_replay = event.may_be_replay;
  if (event.in.known() && !event.may_be_replay) copy.latency = event.time - event.in.time;
  ++totals_.copies;
  ++second_of(event.time).copies;
  count_in_room(event, event.time, &Room::copies);
  count_for_person(copy.who, event.time, &Person::received);
  entries_.change(event.message, version_, [&](Entry& entry, bool has_room) {
    ++entry.copy_count;
    if (copy.latency) entry.latency_max = std::max(entry.latency_max.value_or(*copy.latency), *copy.latency);
    if (has_room && entry.copies.size() < Entry::kCopyCountMax) entry.copies.push_back(std::move(copy));
  });
}

void LiveState::add_command(const LiveEvent& event) {
  const std::uint64_t frame = frame_of_command(event);
  entries_.change(event.message, version_, [&](Entry& entry, bool) {
    entry.may_be_replay = false;
    if (!event.in.known()) return;
    entry.in_packet = event.in.packet;
    entry.in_time = event.in.time;
    entry.in_connection = number_of(event.in_connection);
    entry.in_frame = frame;
    if (entry.who.empty()) entry.who = name(event.who);
  });
}

Update LiveState::collect(Cursor& cursor, bool with_tables) {
  const std::lock_guard lock(mutex_);
  Update update;
  update.last_id = entries_.last_id();
  update.hole = entries_.hole();
  EntryStore::Changes changes = entries_.since(cursor.version, cursor.last_id, kEntriesPerUpdate);
  update.is_snapshot = changes.is_snapshot;
  update.left_out = changes.left_out;
  update.entries = std::move(changes.entries);
  update.is_ended = is_ended_;
  cursor.version = std::max<std::uint64_t>(version_, 1);
  cursor.last_id = entries_.last_id();
  update.has_tables = with_tables && (version_ > cursor.table_version || cursor.table_version == 0);
  if (!update.has_tables) return update;
  const auto take = [&](const auto& rows, auto& into) {
    rows.since(cursor.table_version, kRowsPerUpdate, [&](const auto& row) { into.push_back(row); });
  };
  take(people_, update.people);
  take(rooms_, update.rooms);
  take(secrets_, update.secrets);
  take(connections_, update.connections);
  for (auto second = seconds_.rbegin(); second != seconds_.rend() && second->version > cursor.table_version;
       ++second)
    update.seconds.push_back(*second);
  update.forgotten_people = people_.forgotten_count();
  update.forgotten_rooms = rooms_.forgotten_count();
  update.forgotten_secrets = secrets_.forgotten_count();
  update.forgotten_connections = connections_.forgotten_count();
  update.totals = totals_;
  cursor.table_version = std::max<std::uint64_t>(version_, 1);
  return update;
}

EntryPage LiveState::page_after(std::uint64_t id, std::size_t count_max) const {
  const std::lock_guard lock(mutex_);
  return {entries_.after(id, std::min(count_max, kEntriesPerPage)), entries_.hole(), entries_.last_id()};
}

EntryPage LiveState::page_before(std::uint64_t id, std::size_t count_max) const {
  const std::lock_guard lock(mutex_);
  return {entries_.before(id, std::min(count_max, kEntriesPerPage)), entries_.hole(), entries_.last_id()};
}

FramePage LiveState::frames(std::span<const std::uint64_t> numbers) const {
  const std::lock_guard lock(mutex_);
  FramePage page;
  page.first_held = frames_.empty() ? 0 : frames_.front().number;
  for (const std::uint64_t number : numbers) {
    if (page.frames.size() == kFramesPerPage) break;
    const auto found = std::ranges::lower_bound(frames_, number, {}, &FrameRow::number);
    if (found != frames_.end() && found->number == number) page.frames.push_back(*found);
  }
  return page;
}

}  // namespace plaintalk::analyzer::web
