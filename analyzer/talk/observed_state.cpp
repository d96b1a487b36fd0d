#include "analyzer/talk/observed_state.hpp"

#include "protocol/names.hpp"

namespace plaintalk::analyzer {

bool is_participant(const ObservedRoom& room, const std::string& account) {
  const auto people = parse_conversation(room.name);
  return people && (people->first == account || people->second == account);
}

std::shared_ptr<Membership> membership_of(const std::shared_ptr<ObservedSession>& session,
                                          ObservedRoom& room) {
  auto& slot = session->memberships[&room];
  if (slot) return slot;
  slot = std::make_shared<Membership>();
  slot->session = session;
  slot->room = &room;
  if (room.is_direct && !session->account.empty() && is_participant(room, session->account)) {
    slot->joined = true;
    slot->from_earliest = session->login_earliest;
    slot->from_latest = session->login_latest;
    if (session->ended) leave(*slot, session->end_earliest, session->end_latest, session->cut_off);
  }
  room.members.push_back(slot);
  return slot;
}

std::shared_ptr<Membership> join(const std::shared_ptr<ObservedSession>& session, ObservedRoom& room) {
  auto current = membership_of(session, room);
  if (!current->ended) {
    current->joined = true;
    current->doubtful = false;
    return current;
  }
  session->earlier_stays.push_back(current);
  session->memberships.erase(&room);
  current = membership_of(session, room);
  current->joined = true;
  return current;
}

void leave(Membership& membership, Moment earliest, Moment latest, bool cut_off) {
  if (membership.ended) return;
  membership.ended = true;
  membership.cut_off = cut_off;
  membership.end_earliest = earliest;
  membership.end_latest = latest;
}

void end_session(ObservedSession& session, Moment earliest, Moment latest, bool cut_off) {
  if (session.ended) return;
  session.ended = true;
  session.cut_off = cut_off;
  session.end_earliest = earliest;
  session.end_latest = latest;
  for (auto& [room, membership] : session.memberships) leave(*membership, earliest, latest, cut_off);
}

void forget_numbers(ObservedRoom& room) {
  const bool has_number = !room.known.empty();
  const std::uint64_t highest = has_number ? room.known.highest() : 0;
  room.emitted.clear();
  room.known.clear();
  room.base.reset();
  if (has_number) room.known.add(highest, highest + 1);
}

void forget(ObservedSession& session) {
  const auto bury = [](Membership& membership) {
    if (membership.dead) return;
    membership.dead = true;
    ObservedRoom& room = *membership.room;
    // Removal is put off until it is worth a pass over the room.
    if (++room.dead_count * 2 < room.members.size()) return;
    std::erase_if(room.members, [](const auto& member) { return member->dead; });
    room.dead_count = 0;
  };
  const auto current = std::move(session.memberships);
  const auto earlier = std::move(session.earlier_stays);
  session.memberships.clear();
  session.earlier_stays.clear();
  for (const auto& [room, membership] : current) bury(*membership);
  for (const auto& membership : earlier) bury(*membership);
  const auto found = session.server->sessions.find(session.account);
  if (found == session.server->sessions.end()) return;
  std::erase_if(found->second, [&](const auto& other) { return other.get() == &session; });
  if (found->second.empty()) session.server->sessions.erase(found);
}

}  // namespace plaintalk::analyzer
