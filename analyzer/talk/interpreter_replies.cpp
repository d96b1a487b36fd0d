// What replies mean: logins, joins and leaves, history pages, numbers given to messages, files accepted.
#include <algorithm>
#include <utility>

#include "analyzer/talk/interpreter.hpp"
#include "base/text.hpp"
#include "protocol/names.hpp"

namespace plaintalk::analyzer {

void Interpreter::matched(ConnectionContext& context, Request& request, const Reply& reply, bool in_turn) {
  if (!in_turn && context.requests.synchronised() && !context.session->lossy && reply.verb != Verb::bye)
    findings_.add("unmatched-reply", reply.first.time, context.session->id,
                  {request.last.packet, reply.first.packet}, "a reply came before those of earlier commands");
  const bool is_login = request.verb == Verb::login || request.verb == Verb::register_;
  if (is_login && reply.verb == Verb::ok) users_.credential(*context.session, request, "yes");
  if (!reply.applied) apply(context, reply, &request);
  if (reply.verb == Verb::err) return refused(context, request, reply);
  switch (request.verb) {
    case Verb::say: return answered_say(context, request, reply);
    case Verb::put:
    case Verb::data:
    case Verb::done: return answered_file(context, request, reply);
    case Verb::get:
      return observed_files_.download_begins(*context.session->server, request.target, context.session->id,
                                             reply.first);
    case Verb::part: {
      ObservedRoom* room = room_of(*context.session->server,
                                   room_name(request.target, context.session->account), reply.first.time);
      if (!room) return;
      leave(*membership_of(context.session, *room), request.last, reply.first, false);
      ++room->result.parts;
      return publish(LiveEvent::Kind::parted, reply.first, *context.session, context.session->account,
                     room->name, {});
    }
    default: return;
  }
}

void Interpreter::unanswered(ConnectionContext& context, Request& request) {
  switch (request.verb) {
    case Verb::login:
    case Verb::register_: return users_.credential(*context.session, request, {});
    case Verb::data: return upload(context, request);
    case Verb::say: {
      const std::string& account = context.session->account;
      auto& said = unanswered_says_[context.session->server->label + ' ' + account];
      if (said.size() >= kUnansweredCountMax) said.pop_front();
      said.push_back(
          {room_name(request.target, account), request.body_hash, request.last, context.session->id});
      return;
    }
    default: return;
  }
}

void Interpreter::apply(ConnectionContext& context, const Reply& reply, const Request* request) {
  switch (reply.verb) {
    case Verb::ok:
      if (reply.has_user) return apply_login(context, reply, request);
      if (reply.has_members && !reply.room.empty() && reply.last) return apply_join(context, reply, request);
      return;
    case Verb::end: return apply_end(context, reply, request);
    case Verb::bye: {
      ObservedSession& session = *context.session;
      if (!session.ended) publish(LiveEvent::Kind::ended, reply.first, session, session.account, {}, {});
      if (request) return end_session(session, request->last, reply.first, false);
      return end_session(session, {0, reply.first.time - MessageTable::kTailGrace}, reply.first, true);
    }
    default: return;
  }
}

void Interpreter::apply_login(ConnectionContext& context, const Reply& reply, const Request* request) {
  ObservedSession& session = *context.session;
  const bool again = session.account == reply.user;
  set_account(context.session, reply.user);
  if (session.account.empty()) return;
  if (!reply.device.empty()) session.device = reply.device;
  session.guest = reply.is_guest;
  if (!again) {
    session.login_latest = reply.first;
    session.login_earliest = request ? request->last : session.opened;
  }
  users_.logged_in(session, request, reply.first);
  if (request && !request->display.empty())
    if (UserResult* user = users_.seen(session.account, reply.first.time))
      user->display_name = request->display;
  if (reply.has_token) users_.token_issued(session, reply.token, reply.last_byte);
  if (!again)
    publish(LiveEvent::Kind::login, reply.first, session, session.account, {}, session.guest ? "guest" : "");
}

void Interpreter::apply_join(ConnectionContext& context, const Reply& reply, const Request* request) {
  ObservedSession& session = *context.session;
  ObservedRoom* room = room_of(*session.server, room_name(reply.room, session.account), reply.first.time);
  room = after_restart_check(context, room, *reply.last, reply.first);
  if (!room) return;
  if (!reply.text.empty()) room->topic = reply.text;
  room->base = std::min(room->base.value_or(*reply.last), *reply.last);
  const auto before = membership_of(context.session, *room);
  const bool already = before->joined && !before->ended && !before->doubtful;
  const auto member = join(context.session, *room);
  if (already) return;
  member->exact_from = true;
  member->from_seq = *reply.last;
  member->live_known = true;
  member->live_high = std::max(member->live_high, *reply.last);
  member->from_earliest = request ? request->last : session.opened;
  member->from_latest = reply.first;
  ++room->result.joins;
  seen_in_room(context, room->name, session.account, reply.first.time);
  publish(LiveEvent::Kind::joined, reply.first, session, session.account, room->name, {});
}

void Interpreter::apply_end(ConnectionContext& context, const Reply& reply, const Request* request) {
  ObservedSession& session = *context.session;
  ObservedRoom* room = room_of(*session.server, room_name(reply.room, session.account), reply.first.time);
  if (!room || !reply.last) return;
  if (reply.has_members) {
    if (reply.is_last_page) room = after_restart_check(context, room, *reply.last, reply.first);
    if (room) apply_sync(context, *room, reply, request);
    return;
  }
  Membership& member = *membership_of(context.session, *room);
  resolve_page(member, *reply.last);
  if (member.catching_up && reply.is_last_page) {
    member.catching_up = false;
    member.live_known = true;
    member.live_high = std::max(member.live_high, *reply.last);
  }
}

void Interpreter::apply_sync(ConnectionContext& context, ObservedRoom& room, const Reply& reply,
                             const Request* request) {
  ObservedSession& session = *context.session;
  const auto before = membership_of(context.session, room);
  const bool already = before->joined && !before->ended && !before->doubtful;
  auto pages = std::move(before->undecided);
  before->undecided.clear();
  const auto member = join(context.session, room);
  // The page came before the join was known: its copies belong to the stay that begins here.
  for (const UndecidedDelivery& copy : pages)
    if (copy.message)
      if (Message* message = messages_.by_serial(*copy.message))
        message->deliveries[copy.delivery].membership = member;
  member->undecided = std::move(pages);
  resolve_page(*member, *reply.last);
  if (already) return;
  member->from_earliest = request ? request->last : session.opened;
  member->from_latest = reply.first;
  if (reply.is_last_page) {
    member->exact_from = true;
    member->from_seq = *reply.last;
    member->live_known = true;
    member->live_high = std::max(member->live_high, *reply.last);
    room.base = std::min(room.base.value_or(*reply.last), *reply.last);
  } else {
    member->catching_up = true;
  }
  ++room.result.joins;
  seen_in_room(context, room.name, session.account, reply.first.time);
  publish(LiveEvent::Kind::joined, reply.first, session, session.account, room.name, {});
}

// A page is in rising order and ends with the number that END names; live copies between its frames have
// higher numbers. So, read backwards from END, the page is what falls steadily from that number.
void Interpreter::resolve_page(Membership& member, std::uint64_t last) {
  std::uint64_t below = last + 1;
  std::size_t count = 0;
  std::vector<UndecidedDelivery> live;
  for (auto copy = member.undecided.rbegin(); copy != member.undecided.rend(); ++copy) {
    Message* message = copy->message ? messages_.by_serial(*copy->message) : nullptr;
    if (copy->seq < below && count < kPageSizeMax) {
      below = copy->seq;
      ++count;
      if (message) {
        message->deliveries[copy->delivery].state = Delivery::State::replay;
      } else {
        ++member.room->result.replays;
      }
    } else if (copy->seq > last && message) {
      live.push_back(*copy);
    } else if (!message && !member.session->lossy) {
      findings_.add("duplicate-delivery", copy->out.time, member.session->id, {copy->out.packet},
                    "message " + std::to_string(copy->seq) + " of " + terminal_safe(member.room->name) +
                        " came again to " + terminal_safe(member.session->account) +
                        " outside of a history page");
    }
  }
  member.undecided.clear();
  for (auto copy = live.rbegin(); copy != live.rend(); ++copy) {
    Message* message = messages_.by_serial(*copy->message);
    if (member.catching_up) {
      member.undecided.push_back(*copy);
      continue;
    }
    message->deliveries[copy->delivery].state = Delivery::State::live;
    member.live_high = std::max(member.live_high, copy->seq);
  }
}

void Interpreter::answered_say(ConnectionContext& context, Request& request, const Reply& reply) {
  ObservedSession& session = *context.session;
  const std::string name = reply.room.empty() ? room_name(request.target, session.account)
                                              : room_name(reply.room, session.account);
  ObservedRoom* room = room_of(*session.server, name, reply.first.time);
  if (!room || !reply.seq || *reply.seq == 0) return;
  if (!reply.is_repeat) room = after_restart_check(context, room, *reply.seq, reply.first);
  if (!room) return;
  if (reply.is_repeat) {
    findings_.add("resend", reply.first.time, session.id, {request.last.packet, reply.first.packet},
                  terminal_safe(session.account) + " sent message " + std::to_string(*reply.seq) + " of " +
                      terminal_safe(room->name) + " again; it was not sent out a second time");
    if (const auto serial = messages_.serial_of(*room, *reply.seq)) {
      Message& message = *messages_.by_serial(*serial);
      if (!message.ok) message.ok = reply.first.time;
    }
    return;
  }
  Message* message = messages_.open(*room, *reply.seq, reply.first);
  if (!message) return;
  if (session.account.empty()) {
    if (message->sender.empty()) {
      message->said_by = context.session;
    } else {
      set_account(context.session, message->sender);
    }
  }
  message->in = request.last;
  message->in_connection = session.id;
  message->ok = reply.first.time;
  message->said_hash = request.body_hash;
  if (!message->first_out.known() || reply.first < message->first_out) message->first_out = reply.first;
  if (message->sender.empty()) message->sender = session.account;
  if (!session.account.empty() && message->sender != session.account)
    findings_.add("sender-mismatch", reply.first.time, session.id, {request.last.packet, reply.first.packet},
                  terminal_safe(session.account) + " said message " + std::to_string(*reply.seq) + " of " +
                      terminal_safe(room->name) + ", but it goes out from " + terminal_safe(message->sender));
  std::uint64_t hole_bytes = 0;
  for (const BodyHole& hole : request.holes) hole_bytes += hole.size;
  if (request.body.size() == request.body_size)
    messages_.set_text(*message, request.body, request.body_size, hole_bytes);
  if (hole_bytes > 0) message->said_hash.reset();
  message->altered = message->altered ||
                     (message->said_hash && message->sent_hash && *message->said_hash != *message->sent_hash);
  seen_in_room(context, room->name, session.account, request.last.time);
  const bool was_published = std::exchange(message->published, true);
  publish_message(was_published ? LiveEvent::Kind::said : LiveEvent::Kind::message, request.last, session,
                  message->sender, *message, false);
}

void Interpreter::answered_file(ConnectionContext& context, Request& request, const Reply& reply) {
  ObservedSession& session = *context.session;
  if (request.verb == Verb::data) return upload(context, request);
  if (request.verb == Verb::done)
    return observed_files_.upload_done(*session.server, request.target, session.id, request.last,
                                       reply.first.time);
  ObservedFiles::FileInfo info;
  info.room = room_name(request.to, session.account);
  info.name = request.target;
  info.sender = session.account;
  info.sha256 = request.sha256;
  info.size = request.number;
  observed_files_.describe(*session.server, reply.file, info, request.last);
}

void Interpreter::upload(ConnectionContext& context, const Request& request) {
  if (request.body.empty()) return;
  observed_files_.piece(*context.session->server, request.target,
                        {request.number, request.body, request.holes, request.first, request.last,
                         context.session->id, true, context.session->account});
}

void Interpreter::refused(ConnectionContext& context, Request& request, const Reply& reply) {
  ObservedSession& session = *context.session;
  if (!request.unreadable && (request.verb == Verb::login || request.verb == Verb::register_)) {
    users_.credential(session, request, "no");
    users_.refused(session, request, reply);
    publish(LiveEvent::Kind::refused_login, reply.first, session, request.target, {}, reply.name);
    return;
  }
  findings_.add("error-reply", reply.first.time, session.id, {request.last.packet, reply.first.packet},
                std::to_string(reply.code) + ' ' + terminal_safe(reply.name) + " to " +
                    (request.unreadable              ? "something that is no frame"
                     : request.verb == Verb::unknown ? "an unknown verb"
                                                     : std::string(verb_text(request.verb))) +
                    (session.account.empty() ? "" : " of " + terminal_safe(session.account)));
}

}  // namespace plaintalk::analyzer
