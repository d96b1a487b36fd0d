// A room, or the conversation of two people, which is a room of two without joining.
#pragma once

#include <array>
#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "base/endpoint.hpp"
#include "base/time.hpp"
#include "messenger/core/batch.hpp"
#include "messenger/core/handle.hpp"
#include "messenger/core/history.hpp"
#include "messenger/core/use_queue.hpp"

namespace plaintalk::messenger::core {

struct Room {
  RoomHandle handle;  // of this
  std::string name;   // never changes
  std::string topic;
  History history;
  UsePlace history_place;         // in HistoryMemory, while there is history
  std::uint64_t last_seq = 0;     // history.last() plus what the batch holds
  std::unique_ptr<Batch> batch;   // none while nothing waits to be flushed
  std::uint32_t batch_place = 0;  // in Batches::rooms(), while there is a batch

  std::vector<ConnectionHandle>
      members;                        // of a room; those of a conversation are all connections of both people
  std::vector<AccountHandle> absent;  // lost a moment ago, still counted
  std::size_t people_count = 0;       // accounts, the absent included

  // Of a conversation: its two people in the order of its name, and up to which number each may not look
  // back.
  std::array<AccountHandle, 2> people{};
  std::array<std::uint64_t, 2> floors{};
  // What did not reach that person, until the person asks for it; 0: nothing.
  struct Unheard {
    std::uint64_t first = 0;
    std::uint64_t last = 0;
  };
  std::array<Unheard, 2> unheard{};
  // What went to connections of that person and was not followed by anything from there yet (unheard.hpp):
  // the first such number and when the last was said; 0: nothing.
  struct Unfollowed {
    std::uint64_t first = 0;
    Instant said_at{};
  };
  std::array<Unfollowed, 2> unfollowed{};

  // Of a room: the address that answers for it as long as somebody is in it, and its place among the unused
  // ones while nobody is.
  std::optional<IpAddress> payer;
  UsePlace unused_place;

  UsePlace conversation_place;  // of a conversation, among those of all

  bool is_conversation() const { return !people[0].is_none(); }
  // Of one of the people of a conversation; nothing for others.
  Unheard* unheard_by(AccountHandle account) {
    if (people[0] == account) return &unheard[0];
    return people[1] == account ? &unheard[1] : nullptr;
  }
};

// Somebody is in the room, or was a moment ago and may come back.
inline bool is_in_use(const Room& room) { return !room.members.empty() || !room.absent.empty(); }

}  // namespace plaintalk::messenger::core
