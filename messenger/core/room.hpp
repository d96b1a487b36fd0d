// A room, or the conversation of two people, which is a room of two without joining.
#pragma once

#include <array>
#include <cstdint>
#include <list>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/endpoint.hpp"
#include "messenger/core/address_queue.hpp"
#include "messenger/core/handle.hpp"
#include "messenger/core/history.hpp"
#include "messenger/core/server_events.hpp"

namespace plaintalk::messenger::core {

// The frames of one room since its last flush: encoded once, and handed to every member as one block.
struct Batch {
  struct Sequenced {  // a MSG or FILE frame
    std::uint32_t offset;
    std::uint32_t size;
  };
  struct Route {  // for the log
    ConnectionId connection;
    std::string_view kind;
    std::string account;
    std::string id;
    std::uint64_t body_size;
  };
  std::string text;
  std::vector<Sequenced> sequenced;
  std::vector<Route> routes;  // one for each of `sequenced`, when the log wants them
};

struct Room {
  std::string name;
  std::string topic;
  History history;
  std::uint64_t last_seq = 0;     // history.last() plus what the batch holds
  Batch* batch = nullptr;         // none while nothing waits to be flushed
  std::uint32_t dirty_place = 0;  // in World::dirty, while there is a batch

  std::vector<ConnectionHandle>
      members;                   // of a room; those of a conversation are all connections of both people
  std::vector<Account*> absent;  // lost a moment ago, still counted
  std::size_t people_count = 0;  // accounts, the absent included

  // Of a conversation: its two people in the order of its name, and up to which number each may not look
  // back.
  std::array<Account*, 2> people{};
  std::array<std::uint64_t, 2> floors{};
  // The first number that came while that person had no connection and has not been told of; 0: none.
  std::array<std::uint64_t, 2> unheard{};

  // Of a room: the address that answers for it as long as somebody is in it, and its place in
  // World::unused_rooms while nobody is.
  std::optional<IpAddress> payer;
  std::list<Room*>::iterator unused_place{};
  bool is_unused = false;

  // Of a conversation: its place in World::conversations, and whether it was used since it was last looked at
  // there.
  AddressQueue<Room>::Place conversation_place{};
  bool was_used = false;

  std::list<Room*>::iterator recent_place{};
  bool is_recent = false;  // is in World::recent

  bool is_conversation() const { return people[0] != nullptr; }
};

// Somebody is in the room, or was a moment ago and may come back.
inline bool is_in_use(const Room& room) { return !room.members.empty() || !room.absent.empty(); }

}  // namespace plaintalk::messenger::core
