#include "analyzer/talk/described/unit_interpreter.hpp"

#include <algorithm>
#include <utility>

#include "base/text.hpp"

namespace plaintalk::analyzer::described {

UnitInterpreter::UnitInterpreter(const Description& description, SharedTables tables)
    : description_(description),
      tables_(tables),
      board_(description.rooms, tables.findings,
             [this](const MessageResult& row, const BoardMessage& message) { finalized(row, message); }) {}

UnitInterpreter::~UnitInterpreter() = default;

void UnitInterpreter::limit(bool& reported, WallTime when, std::string_view what) {
  if (std::exchange(reported, true)) return;
  tables_.findings.add("limit-reached", when, {}, {},
                       "too many " + std::string(what) + " of the protocol " + description_.name +
                           ": the tables are not complete");
}

Server* UnitInterpreter::server_of(const Endpoint& endpoint, WallTime when) {
  Endpoint key = endpoint;
  if (key.address.is_loopback()) key.address = IpAddress::v4(127, 0, 0, 1);
  const auto known = servers_.find(key);
  if (known != servers_.end()) return known->second.get();
  if (servers_.size() >= kServerCountMax || !may_grow_) {
    limit(servers_reported_, when, "servers");
    return nullptr;
  }
  auto server = std::make_unique<Server>();
  server->label = plaintalk::render(key);
  server->for_files.label = server->label;
  return servers_.emplace(key, std::move(server)).first->second.get();
}

Room* UnitInterpreter::room_of(Server& server, const std::string& name, WallTime when) {
  if (name.empty() || name.size() > kNameSizeMax) return nullptr;
  auto found = server.rooms.find(name);
  if (found == server.rooms.end()) {
    if (room_count_ >= kRoomCountMax || !may_grow_) {
      limit(rooms_reported_, when, "rooms");
      return nullptr;
    }
    ++room_count_;
    found = server.rooms.emplace(name, std::make_unique<Room>()).first;
    Room& room = *found->second;
    room.server = &server;
    room.name = name;
    room.result.first_seen = when;
    room.result.last_seen = when;
    const Rooms& rooms = description_.rooms;
    const auto holds = [&](const std::string& mark) { return !mark.empty() && name.find(mark) != name.npos; };
    room.is_wildcard = !rooms.separator.empty() && (holds(rooms.one_word) || holds(rooms.more_words));
    if (room.is_wildcard) server.wildcard_rooms.push_back(&room);
  }
  Room& room = *found->second;
  room.result.first_seen = std::min(room.result.first_seen, when);
  room.result.last_seen = std::max(room.result.last_seen, when);
  return &room;
}

std::shared_ptr<Session> UnitInterpreter::opened(const ConnectionRecord& connection, Moment when) {
  auto session = std::make_shared<Session>();
  session->id = connection.id;
  session->client = connection.client.endpoint;
  session->server = server_of(connection.server.endpoint, connection.start);
  session->opened = when;
  session->began_earlier = connection.midstream;
  if (connection.midstream)
    tables_.findings.add("began-earlier", connection.start, connection.id, {},
                         "connection " + std::to_string(static_cast<std::uint64_t>(connection.id)) +
                             " was open before the capture began: logins and joins before that are unknown");
  return session;
}

void UnitInterpreter::unit(const std::shared_ptr<Session>& session, Direction direction, const Rule& rule,
                           const UnitFields& fields, const UnitPlace& place) {
  if (session->server == nullptr) return;
  const bool from_client = direction == Direction::client_to_server;
  const auto text = [&](Role role) { return fields.value(rule, role).value_or(std::string()); };
  if (!session->user.empty()) tables_.users.seen(session->user, place.last.time);
  switch (rule.meaning) {
    case Meaning::nothing: return;
    case Meaning::login: return login(session, rule, fields, place);
    case Meaning::accepted: return accepted(session, fields.value(rule, Role::user), place.first);
    case Meaning::refused: return refused(session, place.first);
    case Meaning::secret:
      return add_secret(*session, text(Role::user), text(Role::secret), direction, place.last);
    case Meaning::rename:
      if (text(Role::user) == session->user) set_user(session, text(Role::name), place.last);
      return;
    case Meaning::join:
    case Meaning::leave: {
      const std::string user = text(Role::user);
      if (!from_client && !user.empty() && user != session->user)
        return presence(*session, user, text(Role::room), place.last.time);
      const std::string id = text(Role::id);
      if (rule.meaning == Meaning::leave) {
        const auto known = session->room_of_id.find(id);
        return leave(*session, known == session->room_of_id.end() ? text(Role::room) : known->second,
                     place.last);
      }
      if (!id.empty() && id.size() <= kNameSizeMax && session->room_of_id.size() < Session::kRoomCountMax)
        session->room_of_id[id] = text(Role::room);
      return enter(session, text(Role::room), place.last, !from_client);
    }
    case Meaning::presence: return presence(*session, text(Role::user), text(Role::room), place.last.time);
    case Meaning::message:
    case Meaning::delivery:
      return from_client ? said(session, rule, fields, place) : copied(session, rule, fields, place);
    case Meaning::ack: return acknowledgement(*session, fields.value(rule, Role::id), place.first);
    case Meaning::file_begin:
    case Meaning::file_chunk:
    case Meaning::file_end: return file(*session, direction, rule, fields, place);
  }
}

void UnitInterpreter::enter(const std::shared_ptr<Session>& session, const std::string& name, Moment seen,
                            bool confirmed) {
  Room* const room = room_of(*session->server, name, seen.time);
  if (room == nullptr) return;
  if (!session->user.empty() && room->accounts.size() < Room::kAccountCountMax && may_grow_)
    room->accounts.insert(session->user);
  if (const auto known = session->rooms.find(name); known != session->rooms.end())
    if (const auto stay = known->second.lock()) {
      stay->is_confirmed = stay->is_confirmed || confirmed;
      return;
    }
  if (room->stays.size() > 2 * room->stays_kept + 64) {
    // A message that is open still may ask who was there.
    const WallTime oldest = board_.oldest();
    std::erase_if(room->stays, [&](const auto& stay) { return stay->to && stay->to->time < oldest; });
    room->stays_kept = room->stays.size();
  }
  if (room->stays.size() >= Room::kStayCountMax || session->rooms.size() >= Session::kRoomCountMax)
    return limit(stays_reported_, seen.time, "people in rooms");
  auto stay = std::make_shared<Stay>();
  stay->session = session;
  stay->from = seen;
  stay->is_confirmed = confirmed;
  room->stays.push_back(stay);
  session->rooms[name] = stay;
  ++room->result.joins;
  publish(LiveEvent::Kind::joined, seen, *session, name, {});
}

void UnitInterpreter::leave(Session& session, const std::string& name, Moment seen) {
  for (auto known = session.rooms.begin(); known != session.rooms.end();) {
    if (!name.empty() && known->first != name) {
      ++known;
      continue;
    }
    const auto stay = known->second.lock();
    if (stay && !stay->to) stay->to = seen;
    if (Room* const room = room_of(*session.server, known->first, seen.time)) ++room->result.parts;
    publish(LiveEvent::Kind::parted, seen, session, known->first, {});
    known = session.rooms.erase(known);
  }
}

void UnitInterpreter::presence(Session& session, const std::string& user, const std::string& room_name,
                               WallTime when) {
  if (user.empty() || user.size() > kNameSizeMax) return;
  tables_.users.seen(user, when);
  if (Room* const room = room_of(*session.server, room_name, when))
    if (room->accounts.size() < Room::kAccountCountMax && may_grow_) room->accounts.insert(user);
}

void UnitInterpreter::lost(Session& session, Direction direction, Moment seen) {
  session.in_pieces.reset();
  session.out_pieces.reset();
  if (direction == Direction::client_to_server) {
    session.client_lossy = true;
  } else if (session.holes.size() < Session::kHoleCountMax) {
    session.holes.push_back(seen);
  } else {
    session.has_more_holes = true;
  }
  answer_secrets(session, {});
}

void UnitInterpreter::acknowledged(Session& session, std::uint64_t offset, WallTime time) {
  while (!session.awaited.empty() && session.awaited.front().end <= offset) {
    const Session::AwaitedAck awaited = session.awaited.front();
    session.awaited.pop_front();
    if (BoardMessage* const message = board_.find(awaited.message))
      message->copies[awaited.copy].acked = time;
  }
}

void UnitInterpreter::closed(const std::shared_ptr<Session>& session, const ConnectionRecord& connection) {
  answer_secrets(*session, {});
  session->closed_at = connection.end;
  for (const auto& [name, known] : session->rooms)
    if (const auto stay = known.lock(); stay && !stay->to) stay->to = Moment{0, connection.end};
  session->rooms.clear();
  session->awaited.clear();
  session->unacked.clear();
  tables_.users.connection_closed(session->user, connection);
}

void UnitInterpreter::finish(WallTime now) {
  board_.finalize_all(now);
  for (auto& [endpoint, server] : servers_)
    for (auto& [name, room] : server->rooms) {
      RoomResult& row = room->result;
      row.server = server->label;
      row.room = name;
      row.kind = room->is_direct ? "direct" : "room";
      for (const std::string& account : room->accounts)
        row.accounts += (row.accounts.empty() ? "" : " ") + account;
      tables_.sink.room(row);
    }
}

void UnitInterpreter::publish(LiveEvent::Kind kind, Moment seen, const Session& session,
                              std::string_view room, std::string_view text) {
  LiveEvent event;
  event.kind = kind;
  event.time = seen.time;
  event.packet = seen.packet;
  event.connection = session.id;
  event.who = session.user;
  event.room = room;
  event.text = text;
  event.server = session.server->label;
  tables_.sink.live_event(event);
}

void UnitInterpreter::publish_message(LiveEvent::Kind kind, Moment seen, const Session& session,
                                      std::string_view who, std::uint64_t serial) {
  // Apart from those of PLAINTALK, and small enough for a number of JavaScript.
  constexpr std::uint64_t kFirstNumber = std::uint64_t{1} << 50U;
  const BoardMessage* const message = board_.find(serial);
  if (message == nullptr) return;
  LiveEvent event;
  event.kind = kind;
  event.time = seen.time;
  event.packet = seen.packet;
  event.connection = session.id;
  event.who = who;
  event.room = message->room->name;
  event.text = message->text;
  event.server = message->room->server->label;
  event.message = kFirstNumber + serial;
  event.seq = message->seq;
  event.in = message->in;
  if (message->from) event.in_connection = message->from->id;
  tables_.sink.live_event(event);
}

}  // namespace plaintalk::analyzer::described
