// What a server sends by itself: copies of messages, presence, file data.
#include <algorithm>
#include <utility>

#include "analyzer/talk/interpreter.hpp"
#include "base/text.hpp"
#include "protocol/names.hpp"

namespace plaintalk::analyzer {

void Interpreter::server_frame(ConnectionContext& context, const CapturedFrame& captured) {
  const Frame& frame = captured.frame;
  context.session->last_server_byte = captured.last;
  if (is_reply(frame.verb)) {
    Reply reply = read_reply(frame, captured.first, captured.last, show_secrets_);
    if (context.requests.replied(reply)) return;
    apply(context, reply, nullptr);
    reply.applied = true;
    return context.requests.hold(std::move(reply));
  }
  switch (frame.verb) {
    case Verb::msg: return copy(context, captured, false);
    case Verb::file: return copy(context, captured, true);
    case Verb::gap: return shed(context, captured);
    case Verb::joined:
    case Verb::parted:
    case Verb::topic:
    case Verb::pres:
    case Verb::note: return presence(context, captured);
    case Verb::data:
    case Verb::done: return file_from_server(context, captured);
    default: return;
  }
}

void Interpreter::copy(ConnectionContext& context, const CapturedFrame& captured, bool is_file) {
  const Frame& frame = captured.frame;
  ObservedSession& session = *context.session;
  const std::string name = room_name(text_argument(frame, 0), {});
  const auto seq = number_argument(frame, 1);
  if (name.empty() || !seq || *seq == 0) return;
  ObservedRoom* room = room_of(*session.server, name, captured.first.time);
  if (!room) return;
  const std::string sender = text_argument(frame, 2);
  seen_in_room(context, room->name, sender, captured.first.time);
  Message* message = messages_.open(*room, *seq, captured.first);
  if (!message) return old_copy(context, captured, *room, *seq);
  describe(*message, captured, sender, is_file);
  place_copy(context, captured, *room, *message);
}

void Interpreter::describe(Message& message, const CapturedFrame& captured, const std::string& sender,
                           bool is_file) {
  const Frame& frame = captured.frame;
  message.is_file = is_file;
  if (!message.first_out.known() || captured.first < message.first_out) message.first_out = captured.first;
  if (message.sender.empty()) {
    message.sender = sender;
    // The login was before the capture, but whoever said this message is its sender.
    if (const auto session = message.said_by.lock(); session && session->account.empty())
      set_account(session, sender);
  } else if (message.sender != sender && !message.altered) {
    message.altered = true;
  }
  std::uint64_t hole_bytes = 0;
  for (const BodyHole& hole : frame.holes) hole_bytes += hole.size;
  messages_.set_text(message, frame.body, is_file ? number_argument(frame, 4).value_or(0) : frame.body.size(),
                     hole_bytes);
  const std::uint64_t line = hash_of(frame.line);
  message.altered = message.altered || (message.line_hash && *message.line_hash != line);
  message.line_hash = line;
  if (hole_bytes == 0) {
    const std::uint64_t body = hash_of(frame.body);
    message.altered = message.altered || (message.sent_hash && *message.sent_hash != body) ||
                      (!is_file && message.said_hash && *message.said_hash != body);
    message.sent_hash = body;
  }
  if (!is_file) return;
  message.file = text_argument(frame, 3);
  ObservedFiles::FileInfo info;
  info.room = message.room->name;
  info.seq = message.seq;
  info.name = frame.body;
  info.sender = sender;
  info.sha256 = text_argument(frame, 5);
  info.size = number_argument(frame, 4);
  observed_files_.describe(*message.room->server, message.file, info, captured.first);
  if (!message.in.known()) find_command(message);
}

void Interpreter::place_copy(ConnectionContext& context, const CapturedFrame& captured, ObservedRoom& room,
                             Message& message) {
  const auto member = membership_of(context.session, room);
  const bool again = std::any_of(message.deliveries.begin(), message.deliveries.end(),
                                 [&](const Delivery& other) { return other.session == context.session; });
  // Above everything that came live it can only be live. Where that is not known, a message said after the
  // join is.
  const bool rising = member->live_known && !member->catching_up && message.seq > member->live_high;
  const bool said_since = (!member->live_known || member->catching_up) && message.in.known() &&
                          member->from_latest.known() && member->from_latest < message.in && !again;
  // After the end of the stay nothing is taken for granted: it may be on its way from before, or a leak.
  const bool live = member->joined && !member->ended && (rising || said_since);
  Delivery delivery;
  delivery.session = context.session;
  delivery.membership = member;
  delivery.out = captured.first;
  delivery.acked = captured.acked;
  delivery.state = live ? Delivery::State::live : Delivery::State::undecided;
  delivery.after_later = member->live_known && message.seq < member->live_high;
  const std::size_t index = messages_.add_delivery(message, std::move(delivery));
  const auto serial = messages_.serial_of(room, message.seq);
  if (live) {
    if (member->uncaptured_from) member->uncaptured.add(*member->uncaptured_from + 1, message.seq);
    member->uncaptured_from.reset();
    member->doubtful = false;
    member->live_known = member->live_known || room.is_direct;
    member->live_high = std::max(member->live_high, message.seq);
  } else if (member->undecided.size() < kUndecidedCountMax) {
    member->undecided.push_back({message.seq, serial, index, captured.first});
  }
  auto& awaited = context.session->awaited_acks;
  if (!captured.acked && awaited.size() < kAwaitedAckCountMax)
    awaited.push_back({captured.end_offset, *serial, index});
  // Who joined before the capture began is not known to be a member, and may be sent an old page just as
  // well.
  const bool may_be_replay = !live && !member->joined && context.session->began_earlier;
  if (!live && !may_be_replay) return;
  // Those who watch hear of a message, once more when it is certain, and of its copies.
  if (!message.published && !std::exchange(live ? message.published : message.suggested, true))
    publish_message(message.is_file ? LiveEvent::Kind::file : LiveEvent::Kind::message, captured.first,
                    *context.session, message.sender, message, may_be_replay);
  publish_message(LiveEvent::Kind::copy, captured.first, *context.session, context.session->account, message,
                  may_be_replay);
}

void Interpreter::old_copy(ConnectionContext& context, const CapturedFrame& captured, ObservedRoom& room,
                           std::uint64_t seq) {
  const auto member = membership_of(context.session, room);
  if (member->joined && member->live_known && !member->catching_up && seq > member->live_high) {
    member->live_high = seq;
    findings_.add("late-delivery", captured.first.time, context.session->id, {captured.first.packet},
                  "message " + std::to_string(seq) + " of " + terminal_safe(room.name) + " reached " +
                      terminal_safe(context.session->account) + " only now");
    return;
  }
  if (member->undecided.size() < kUndecidedCountMax)
    member->undecided.push_back({seq, {}, 0, captured.first});
}

void Interpreter::shed(ConnectionContext& context, const CapturedFrame& captured) {
  const Frame& frame = captured.frame;
  const std::string name = room_name(text_argument(frame, 0), context.session->account);
  const auto first = number_argument(frame, 1);
  const auto last = number_argument(frame, 2);
  ObservedRoom* room = room_of(*context.session->server, name, captured.first.time);
  if (!room || !first || !last || *first == 0 || *last < *first || *last == ~std::uint64_t{0}) return;
  Membership& member = *membership_of(context.session, *room);
  if (member.shed.range_count() < kUndecidedCountMax) member.shed.add(*first, *last + 1);
  room->known.add(*first, *last + 1);
  member.live_high = std::max(member.live_high, *last);
  findings_.add("shed", captured.first.time, context.session->id, {captured.first.packet},
                "messages " + std::to_string(*first) + " to " + std::to_string(*last) + " of " +
                    terminal_safe(room->name) + " were not sent to " +
                    terminal_safe(context.session->account) + ", who read too slowly");
}

void Interpreter::seen_in_room(ConnectionContext& context, const std::string& name,
                               const std::string& account, WallTime when) {
  if (!fold_account(account)) return;
  users_.seen(account, when);
  ObservedRoom* room = room_of(*context.session->server, name, when);
  if (room && may_grow_ && room->accounts.size() < kAccountsPerRoomMax) room->accounts.insert(account);
}

void Interpreter::presence(ConnectionContext& context, const CapturedFrame& captured) {
  const Frame& frame = captured.frame;
  const WallTime when = captured.first.time;
  switch (frame.verb) {
    case Verb::joined:
    case Verb::parted:
      return seen_in_room(context, room_name(text_argument(frame, 0), {}), text_argument(frame, 1), when);
    case Verb::topic: {
      ObservedRoom* room = room_of(*context.session->server, room_name(text_argument(frame, 0), {}), when);
      if (room && frame.body.size() <= kInlineBodySizeMax) room->topic = frame.body;
      return;
    }
    case Verb::pres: {
      const std::string account = text_argument(frame, 0);
      if (fold_account(account)) users_.seen(account, when);
      return;
    }
    default: break;
  }
  // NOTE WHO room name ...: the answer to WHO names people and where they are.
  if (frame.argument(0) != "WHO") return;
  const std::string account = text_argument(frame, 2);
  if (!fold_account(account)) return;
  UserResult* user = users_.seen(account, when);
  if (user && !frame.body.empty() && frame.body.size() <= kDisplaySizeMax) user->display_name = frame.body;
  const std::string name = room_name(text_argument(frame, 1), {});
  if (!name.empty()) seen_in_room(context, name, account, when);
}

void Interpreter::file_from_server(ConnectionContext& context, const CapturedFrame& captured) {
  const Frame& frame = captured.frame;
  ObservedSession& session = *context.session;
  const std::string handle = text_argument(frame, 0);
  if (frame.verb == Verb::done)
    return observed_files_.downloaded(*session.server, handle, session.account, session.id, captured.last);
  const auto offset = number_argument(frame, 1);
  if (!offset) return;
  const std::vector<BodyHole> holes(frame.holes.begin(), frame.holes.end());
  observed_files_.piece(
      *session.server, handle,
      {*offset, frame.body, holes, captured.first, captured.last, session.id, false, session.account});
}

}  // namespace plaintalk::analyzer
