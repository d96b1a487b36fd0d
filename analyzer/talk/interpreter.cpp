#include "analyzer/talk/interpreter.hpp"

#include <algorithm>
#include <utility>

#include "base/text.hpp"
#include "protocol/names.hpp"

namespace plaintalk::analyzer {
Interpreter::Interpreter(TalkSink& sink, ContentStore& store, Findings& findings, Timeline& timeline,
                         bool show_secrets)
    : sink_(sink),
      findings_(findings),
      timeline_(timeline),
      show_secrets_(show_secrets),
      users_(sink, findings),
      observed_files_(store, findings),
      messages_(
          findings, [this](const MessageResult& row) { message_finalized(row); },
          [this](Message& message) { find_command(message); }) {}

Interpreter::~Interpreter() {
  // Sessions and memberships hold each other; whoever is still there must be released explicitly. Every
  // membership is in its room.
  const auto release = [](ObservedRoom& room) {
    for (const auto& member : std::exchange(room.members, {})) {
      member->session->memberships.clear();
      member->session->earlier_stays.clear();
    }
  };
  for (auto& room : retired_rooms_) release(*room);
  for (auto& [endpoint, server] : servers_)
    for (auto& [name, room] : server->rooms) release(*room);
}

Interpreter::ConnectionContext::ConnectionContext(Interpreter& interpreter,
                                                  std::shared_ptr<ObservedSession> session_)
    : session(std::move(session_)),
      requests([this, &interpreter](Request& request, const Reply& reply,
                                    bool in_turn) { interpreter.matched(*this, request, reply, in_turn); },
               [this, &interpreter](Request& request) { interpreter.unanswered(*this, request); },
               interpreter.body_bytes_) {}

ObservedServer& Interpreter::server_of(const Endpoint& endpoint, WallTime when) {
  Endpoint key = endpoint;
  if (key.address.is_loopback()) key.address = IpAddress::v4(127, 0, 0, 1);
  const auto known = servers_.find(key);
  if (known != servers_.end()) return *known->second;
  if (servers_.size() >= kServerCountMax || !may_grow_) {
    if (!std::exchange(server_limit_reported_, true))
      findings_.add("limit-reached", when, {}, {},
                    "too many servers: rooms and messages of further ones are not told");
    return other_servers_;
  }
  auto server = std::make_unique<ObservedServer>();
  server->label = render(key);
  return *servers_.emplace(key, std::move(server)).first->second;
}

ObservedRoom* Interpreter::room_of(ObservedServer& server, const std::string& name, WallTime when) {
  if (name.empty() || &server == &other_servers_) return nullptr;
  auto found = server.rooms.find(name);
  if (found == server.rooms.end()) {
    if (room_count_ >= kRoomCountMax || !may_grow_) {
      if (!room_limit_reported_)
        findings_.add("limit-reached", when, {}, {}, "too many rooms: rooms.csv is not complete");
      room_limit_reported_ = true;
      return nullptr;
    }
    ++room_count_;
    found = server.rooms.emplace(name, std::make_unique<ObservedRoom>()).first;
    ObservedRoom& room = *found->second;
    room.server = &server;
    room.label = server.label;
    room.name = name;
    room.is_direct = name.front() == '@';
    room.result.first_seen = when;
    room.result.last_seen = when;
  }
  ObservedRoom& room = *found->second;
  room.result.first_seen = std::min(room.result.first_seen, when);
  room.result.last_seen = std::max(room.result.last_seen, when);
  return &room;
}

std::string Interpreter::room_name(std::string_view target, const std::string& account) {
  const auto parsed = parse_target(target);
  if (!parsed) return {};
  if (parsed->kind != Target::Kind::account) return parsed->name;
  return account.empty() ? std::string() : conversation_name(account, parsed->name);
}

ObservedRoom* Interpreter::after_restart_check(ConnectionContext& context, ObservedRoom* room,
                                               std::uint64_t last, Moment seen) {
  // One that began before the capture may be older than all that was seen of the room.
  if (context.session->began_earlier) return room;
  if (!room || room->known.empty() || last >= room->known.highest() ||
      !(room->high_seen < context.session->opened))
    return room;
  ObservedServer& server = *room->server;
  findings_.add("server-restart", seen.time, context.session->id, {room->high_seen.packet, seen.packet},
                terminal_safe(room->name) + " had reached number " + std::to_string(room->known.highest()) +
                    " before this connection began, and is at " + std::to_string(last) + " now");
  messages_.finalize_all(now_);
  const auto old = server.rooms.find(room->name);
  const unsigned epoch = room->epoch + 1;
  const std::string name = room->name;
  for (const auto& member : room->members) leave(*member, {0, seen.time}, seen, true);
  retired_rooms_.push_back(std::move(old->second));
  server.rooms.erase(old);
  ObservedRoom* fresh = room_of(server, name, seen.time);
  if (!fresh) return nullptr;
  fresh->epoch = epoch;
  fresh->label += '/' + std::to_string(epoch);
  return fresh;
}

void Interpreter::set_account(const std::shared_ptr<ObservedSession>& session, const std::string& account) {
  const auto folded = fold_account(account);
  if (!folded || session->account == *folded) return;
  auto& sessions = session->server->sessions;
  if (const auto old = sessions.find(session->account); old != sessions.end()) {
    std::erase(old->second, session);
    if (old->second.empty()) sessions.erase(old);
  }
  session->account = *folded;
  sessions[*folded].push_back(session);
}

std::unique_ptr<Interpreter::ConnectionContext> Interpreter::opened(const ConnectionRecord& connection,
                                                                    Moment when) {
  auto session = std::make_shared<ObservedSession>();
  session->id = connection.id;
  session->client = connection.client.endpoint;
  session->server = &server_of(connection.server.endpoint, connection.start);
  session->opened = when;
  session->lossy = connection.midstream;
  session->began_earlier = connection.midstream;
  if (connection.midstream)
    findings_.add("began-earlier", connection.start, connection.id, {},
                  "connection " + std::to_string(static_cast<std::uint64_t>(connection.id)) +
                      " was open before the capture began: logins and joins before that are unknown");
  return std::make_unique<ConnectionContext>(*this, std::move(session));
}

void Interpreter::client_frame(ConnectionContext& context, const CapturedFrame& captured) {
  const Frame& frame = captured.frame;
  if (!is_answered(frame.verb)) return;
  if (frame.verb == Verb::say || frame.verb == Verb::login || frame.verb == Verb::register_)
    users_.seen(context.session->account, captured.last.time);
  Request request = read_request(frame, captured.first, captured.last, show_secrets_);
  if (body_bytes_ + request.body.size() > kBodyBytesMax) {
    // An upload is taken as it is, without waiting for its acknowledgement; a message will show its text when
    // it goes out.
    if (request.verb == Verb::data) upload(context, request);
    request.body.clear();
    request.holes.clear();
  }
  context.requests.sent(std::move(request));
}

void Interpreter::client_error(ConnectionContext& context, Moment seen) {
  Request request;
  request.unreadable = true;
  request.first = seen;
  request.last = seen;
  context.requests.sent(std::move(request));
}

void Interpreter::lost(ConnectionContext& context, Direction direction, Moment seen) {
  ObservedSession& session = *context.session;
  session.lossy = true;
  if (direction == Direction::client_to_server) {
    context.requests.lost_client_bytes();
    for (auto& [room, member] : session.memberships) member->doubtful = true;
    return;
  }
  context.requests.lost_server_bytes();
  session.last_server_byte = seen;
  for (auto& [room, member] : session.memberships) {
    if (member->uncaptured_from) continue;
    std::uint64_t high = member->live_high;
    for (const UndecidedDelivery& copy : member->undecided) high = std::max(high, copy.seq);
    member->uncaptured_from = high;
  }
}

void Interpreter::acknowledged(ConnectionContext& context, std::uint64_t offset, WallTime time) {
  auto& awaited = context.session->awaited_acks;
  for (; !awaited.empty() && awaited.front().end_offset <= offset; awaited.pop_front()) {
    Message* message = messages_.by_serial(awaited.front().message);
    if (message && !message->deliveries[awaited.front().delivery].acked)
      message->deliveries[awaited.front().delivery].acked = time;
  }
}

void Interpreter::closed(ConnectionContext& context, const ConnectionRecord& connection) {
  ObservedSession& session = *context.session;
  session.closed_at = std::max(now_, connection.end);
  session.awaited_acks.clear();
  context.requests.finish();
  if (!session.ended) publish(LiveEvent::Kind::ended, {0, connection.end}, session, session.account, {}, {});
  // Without FIN and RST it is the capture that ended, and the stay went on.
  if (connection.client.has_fin || connection.client.has_rst || connection.server.has_fin ||
      connection.server.has_rst || connection.evicted)
    end_session(session, {0, connection.end - MessageTable::kTailGrace}, {0, connection.end}, true);
  users_.connection_closed(session.account, connection);
  std::uint64_t strange_count = 0;
  for (const Reply& reply : context.requests.held())
    if (reply.verb != Verb::bye && reply.verb != Verb::err) ++strange_count;
  if (strange_count > 0 && context.requests.synchronised() && !session.lossy)
    findings_.add("unmatched-reply", connection.end, session.id, {},
                  plural(strange_count, "reply") + " on connection " +
                      std::to_string(static_cast<std::uint64_t>(session.id)) +
                      " answered no command that was seen");
  if (context.requests.dropped_count() > 0)
    findings_.add("limit-reached", connection.end, session.id, {},
                  "too many commands wait for their replies on connection " +
                      std::to_string(static_cast<std::uint64_t>(session.id)));
  closed_sessions_.push_back(context.session);
}

void Interpreter::advance(WallTime now) {
  now_ = std::max(now_, now);
  messages_.finalize_older(now_);
  // Messages that a session could count for have been emitted before the session is forgotten.
  while (!closed_sessions_.empty() &&
         closed_sessions_.front()->closed_at + 2 * MessageTable::kFinalizeAfter < now_) {
    forget(*closed_sessions_.front());
    closed_sessions_.pop_front();
  }
}

void Interpreter::give_way() {
  // Messages that a session could count for must have been told before it is forgotten.
  messages_.finalize_early();
  for (const auto& session : std::exchange(closed_sessions_, {})) forget(*session);
  unanswered_says_.clear();
  const auto thin_out = [](ObservedRoom& room) {
    constexpr std::size_t kFewRanges = 64;
    if (room.known.range_count() + room.emitted.range_count() > kFewRanges) forget_numbers(room);
  };
  for (auto& room : retired_rooms_) thin_out(*room);
  for (auto& [endpoint, server] : servers_)
    for (auto& [name, room] : server->rooms) thin_out(*room);
}

void Interpreter::allow_growth(bool is_allowed) {
  may_grow_ = is_allowed;
  users_.allow_growth(is_allowed);
  observed_files_.allow_growth(is_allowed);
}

void Interpreter::find_command(Message& message) {
  if (message.is_file) {
    if (const auto* done = observed_files_.done(*message.room->server, message.file)) {
      message.in = done->in;
      message.in_connection = done->connection;
      message.ok = done->ok;
    }
    return;
  }
  const auto found = unanswered_says_.find(message.room->server->label + ' ' + message.sender);
  if (found == unanswered_says_.end() || !message.sent_hash) return;
  auto& said = found->second;
  const auto match = std::find_if(said.begin(), said.end(), [&](const UnansweredSay& candidate) {
    return candidate.room == message.room->name && candidate.hash == *message.sent_hash &&
           !(message.first_out.known() && message.first_out < candidate.in);
  });
  if (match == said.end()) return;
  message.in = match->in;
  message.in_connection = match->connection;
  said.erase(match);
}

void Interpreter::message_finalized(const MessageResult& row) {
  if (row.origin == "live") {
    const WallTime when = row.in.known()           ? row.in.time
                          : row.deliveries.empty() ? now_
                                                   : row.deliveries.front().out.time;
    ++timeline_.at(when).messages;
    if (UserResult* user = users_.seen(row.sender, when))
      ++(row.kind == "file" ? user->files_sent : user->messages_sent);
    for (const DeliveryResult& delivery : row.deliveries) {
      ++timeline_.at(delivery.out.time).deliveries;
      if (UserResult* user = users_.seen(delivery.recipient, delivery.out.time)) ++user->deliveries;
    }
  }
  sink_.message(row);
}

void Interpreter::finish_room(ObservedRoom& room) {
  RoomResult& row = room.result;
  row.server = room.label;
  row.room = room.name;
  row.kind = room.is_direct ? "direct" : "room";
  row.topic = room.topic;
  if (room.is_direct) {
    if (const auto people = parse_conversation(room.name)) {
      room.accounts.emplace(people->first);
      room.accounts.emplace(people->second);
    }
  }
  for (const std::string& account : room.accounts) {
    if (!row.accounts.empty()) row.accounts += ' ';
    row.accounts += account;
  }
  if (!room.emitted.empty()) {
    row.seq_first = room.emitted.lowest();
    row.seq_last = room.emitted.highest();
  }
  sink_.room(row);
}

void Interpreter::finish(WallTime now) {
  now_ = std::max(now_, now);
  messages_.finalize_all(now_);
  users_.finish();
  observed_files_.finish(sink_);
  for (auto& room : retired_rooms_) finish_room(*room);
  for (auto& [endpoint, server] : servers_)
    for (auto& [name, room] : server->rooms) finish_room(*room);
}

void Interpreter::publish(LiveEvent::Kind kind, Moment seen, const ObservedSession& session,
                          std::string_view who, std::string_view room, std::string_view text) {
  LiveEvent event;
  event.kind = kind;
  event.time = seen.time;
  event.packet = seen.packet;
  event.connection = session.id;
  event.who = who;
  event.room = room;
  event.text = text;
  event.server = session.server->label;
  sink_.live_event(event);
}

void Interpreter::publish_message(LiveEvent::Kind kind, Moment seen, const ObservedSession& session,
                                  std::string_view who, const Message& message, bool may_be_replay) {
  LiveEvent event;
  event.kind = kind;
  event.time = seen.time;
  event.packet = seen.packet;
  event.connection = session.id;
  event.who = who;
  event.room = message.room->name;
  event.text = message.text;
  event.message = messages_.serial_of(*message.room, message.seq).value_or(0) + 1;
  event.seq = message.seq;
  event.server = message.room->server->label;
  event.in = message.in;
  event.in_connection = message.in_connection;
  event.may_be_replay = may_be_replay;
  sink_.live_event(event);
}

}  // namespace plaintalk::analyzer
