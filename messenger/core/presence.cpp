#include "messenger/core/presence.hpp"

#include <algorithm>

#include "base/text.hpp"
#include "messenger/core/budget.hpp"
#include "messenger/core/membership.hpp"
#include "messenger/core/routing.hpp"

namespace plaintalk::messenger::core {
namespace {

constexpr std::size_t kAwayTextSizeMax = 1024;

void tell_room(World& world, const Room& room, const Account& account, const Block& block) {
  if (room.people_count > world.config.room_member_announce_max) return;
  for (const ConnectionHandle handle : room.members) {
    Connection& member = world.connections.at(handle);
    if (member.account == account.handle || member.stamp == world.last_stamp) continue;
    member.stamp = world.last_stamp;
    send_chat(world, member, block);
    spend_fan_out(world, block.size(), 1);
  }
}

}  // namespace

std::string_view state_of(const Account& account) {
  if (account.connections.empty()) return "gone";
  return account.is_away ? "away" : "online";
}

void announce_presence(World& world, Account& account, std::string_view state, std::string_view text) {
  FrameWriter writer = begin_reply(world, Verb::pres);
  writer.argument(account.name).argument(state);
  if (text.empty()) {
    writer.end();
  } else {
    writer.body(text);
  }
  const Block block(world.text);
  ++world.last_stamp;
  for (const ConnectionHandle handle : account.connections)
    for (const Membership& membership : world.connections.at(handle).rooms) {
      Room& room = world.rooms.at(membership.room);
      flush(world, room);  // what the person said comes before
      tell_room(world, room, account, block);
    }
  for (const Absence& absence : *account.absences)
    tell_room(world, world.rooms.at(absence.room), account, block);
}

Answer handle_away(World& world, Connection& connection, const Frame& frame) {
  if (frame.argument_count() != 0) return wrong_form(Verb::away);
  if (frame.body.size() > kAwayTextSizeMax)
    return too_large("an away text has at most 1024 bytes", kAwayTextSizeMax);
  if (!is_utf8(frame.body)) return refusal(ErrorName::not_utf8, "an away text is UTF-8");
  Account& account = world.account_of(connection);
  const bool is_away = frame.body_kind != BodyKind::none;
  const bool is_news = is_away || account.is_away;
  account.is_away = is_away;
  begin_ok(world, frame).end();
  send(world, connection);
  if (is_news) {
    announce_presence(world, account, state_of(account), frame.body);
    world.log(RoomChanged{connection.id, "presence", "", account.name, state_of(account)});
  }
  return kAnswered;
}

void start_absence(World& world, Account& account, Room& room, std::string_view reason) {
  const Instant due = world.now.instant + world.config.presence_grace;
  account.absences.made().push_back({room.handle, due, reason});
  room.absent.push_back(account.handle);
  world.accounts.await_return(account, due);
}

bool end_absence(Account& account, Room& room) {
  bool was_absent = false;
  account.absences.reduce([&](std::vector<Absence>& absences) {
    was_absent =
        std::erase_if(absences, [&](const Absence& absence) { return absence.room == room.handle; }) > 0;
  });
  if (was_absent) std::erase(room.absent, account.handle);
  return was_absent;
}

void finish_absences(World& world, Account& account, bool all) {
  const auto is_due = [&](const Absence& absence) { return all || absence.due <= world.now.instant; };
  if (std::ranges::none_of(*account.absences, is_due)) return;
  if (account.connections.empty() && std::ranges::all_of(*account.absences, is_due)) {
    announce_presence(world, account, "gone", "");
    world.log(RoomChanged{ConnectionId{}, "presence", "", account.name, "gone"});
  }
  for (std::size_t index = 0; index < account.absences->size();) {
    const Absence absence = (*account.absences)[index];
    if (!is_due(absence)) {
      ++index;
      continue;
    }
    Room& room = world.rooms.at(absence.room);
    end_absence(account, room);
    announce_parted(world, room, account, ConnectionId{}, absence.reason, "");
    drop_room_if_unused(world, room);
  }
}

void advance_presence(World& world) {
  while (Account* account = world.accounts.take_due_return(world.now.instant)) {
    world.fan_out_bytes = 0;
    finish_absences(world, *account, false);
    pay_fan_out(world, *account);
  }
}

}  // namespace plaintalk::messenger::core
