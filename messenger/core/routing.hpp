// How frames of a room reach its members: encoded once into the batch of the room, and at the flush handed to
// each member as one entry that refers to one shared block. History keeps references to the same block.
//
// A member whose queue holds too much room traffic is passed over and owed a GAP frame. While it is owed one
// for a room, it gets nothing sequenced of that room; the GAP is queued when half of the limit is free again
// or before the next PONG or END, and then live traffic goes on. Frames without a number (JOINED, PARTED,
// TOPIC, PRES) have a quarter of the limit for themselves and never cause a GAP; those that are shed are
// lost.
#pragma once

#include <cstdint>
#include <string_view>

#include "messenger/core/world.hpp"
#include "protocol/verb.hpp"

namespace plaintalk::messenger::core {

struct NewMessage {
  Verb verb;  // msg or file
  std::string_view id;
  std::string_view body;  // of a message; of a file its name
  const StoredFile* file = nullptr;
  bool is_inline_text = false;  // the decoder has seen that the body is
};

// Gives the frame the next number of the room and puts it into the batch. Returns the number.
std::uint64_t route(World& world, Room& room, const Connection& sender, const NewMessage& message);
// Puts a frame without a number into the batch: JOINED, PARTED, TOPIC.
std::string& announcement(World& world, Room& room);

void flush(World& world, Room& room);
void flush_all(World& world);
// Flushes every room whose frames this connection is to get: before its membership changes and before a
// barrier.
void flush_rooms_of(World& world, const Connection& connection);
void flush_conversations_of(World& world, Account& account);

// Queues GAP for everything the connection was too slow for.
void send_gaps(World& world, Connection& connection);
void send_gaps_when_drained(World& world, Connection& connection);
// Of one room alone: before the connection leaves it, or the room goes. REQUIRES: nothing of it waits to be
// flushed.
void settle_gap(World& world, Connection& connection, const Room& room);

// A frame for one connection that is neither a reply nor of one room, such as PRES.
void send_chat(World& world, Connection& connection, const Block& block);

}  // namespace plaintalk::messenger::core
