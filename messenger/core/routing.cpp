#include "messenger/core/routing.hpp"

#include <algorithm>
#include <span>
#include <utility>

#include "base/check.hpp"
#include "messenger/core/budget.hpp"
#include "messenger/core/output.hpp"
#include "messenger/core/replies.hpp"
#include "messenger/core/unheard.hpp"
#include "protocol/frame_writer.hpp"

namespace plaintalk::messenger::core {
namespace {

constexpr std::size_t kBatchSizeMax = 64 << 10;  // then the room is flushed at once
constexpr std::size_t kUnnumberedShare = 4;      // of room_queue_bytes_max

Batch& batch_of(World& world, Room& room) {
  if (room.batch != nullptr) return *room.batch;
  if (room.is_conversation())
    for (const AccountHandle account : room.people) ++world.accounts.at(account).dirty_conversation_count;
  return world.batches.begin(room);
}

std::unique_ptr<Batch> take_batch(World& world, Room& room) {
  if (room.is_conversation())
    for (const AccountHandle account : room.people) --world.accounts.at(account).dirty_conversation_count;
  return world.batches.take(world.rooms, room);
}

Gap* find_gap(const Connection& connection, const Room& room) {
  if (!connection.gaps) return nullptr;
  for (Gap& gap : *connection.gaps)
    if (gap.room == room.handle) return &gap;
  return nullptr;
}

void owe_gap(Connection& connection, Room& room, std::uint64_t first, std::uint64_t last) {
  if (Gap* gap = find_gap(connection, room)) {
    gap->last = last;
    return;
  }
  if (!connection.gaps) connection.gaps = std::make_unique<std::vector<Gap>>();
  connection.gaps->push_back({room.handle, first, last});
}

void send_gap(World& world, Connection& connection, const Gap& gap) {
  begin_reply(world, Verb::gap)
      .argument(world.rooms.at(gap.room).name)
      .argument(gap.first)
      .argument(gap.last)
      .end();
  send_ordered(world, connection);
}

// What is flushed: all frames in one block, and those with a number alone, where they differ.
struct Flushed {
  Block all;
  Block numbered;
  std::size_t numbered_size = 0;  // bytes of MSG and FILE frames
  std::uint64_t first = 0;
  std::size_t count = 0;  // of numbered frames
};

bool has_place(std::size_t waiting, std::size_t size, std::size_t limit) {
  return waiting == 0 || waiting + size <= limit;
}

// Frames without a number have a share of their own: a topic costs nobody a message.
bool has_place_for_unnumbered(const World& world, const Connection& connection, std::size_t size) {
  return has_place(connection.waiting().unnumbered_charge(), size,
                   world.config.room_queue_bytes_max / kUnnumberedShare);
}

void queue_chat(World& world, Connection& connection, const Block& block, std::size_t numbered_size) {
  open_output(world, connection).chat(block, numbered_size);
  world.connections.touch(connection);
}

// False when the connection is too slow for it.
bool deliver(World& world, Connection& connection, Room& room, const Flushed& flushed) {
  const std::size_t unnumbered_size = flushed.all.size() - flushed.numbered_size;
  const bool takes_unnumbered =
      unnumbered_size == 0 || has_place_for_unnumbered(world, connection, unnumbered_size);
  if (flushed.count == 0) {
    if (takes_unnumbered) queue_chat(world, connection, flushed.all, 0);
    return takes_unnumbered;
  }
  const bool is_owed = connection.gaps && find_gap(connection, room) != nullptr;
  const bool has_room = has_place(connection.waiting().numbered_charge(), flushed.numbered_size,
                                  world.config.room_queue_bytes_max);
  if (is_owed || !has_room) [[unlikely]] {
    owe_gap(connection, room, flushed.first, flushed.first + flushed.count - 1);
    return false;
  }
  queue_chat(world, connection, takes_unnumbered ? flushed.all : flushed.numbered, flushed.numbered_size);
  return true;
}

void deliver_to_all(World& world, Room& room, const Flushed& flushed, bool is_logged) {
  world.recipients.clear();
  world.shed.clear();
  const auto deliver_to = [&](std::span<const ConnectionHandle> members) {
    for (const ConnectionHandle handle : members) {
      Connection& member = world.connections.at(handle);
      const bool is_taken = deliver(world, member, room, flushed);
      if (is_logged) (is_taken ? world.recipients : world.shed).push_back(member.id);
    }
  };
  if (!room.is_conversation()) return deliver_to(room.members);
  deliver_to(world.accounts.at(room.people[0]).connections);
  if (room.people[1] != room.people[0]) deliver_to(world.accounts.at(room.people[1]).connections);
}

// The numbered frames of the batch, in a block of their own unless there is nothing else in it: a history
// that kept the whole block would keep topics alive for a message of one byte.
Block numbered_block(const Batch& batch, std::size_t numbered_size, const Block& all) {
  if (numbered_size == all.size()) return all;
  std::string text;
  text.reserve(numbered_size);
  for (const Batch::Sequenced& frame : batch.sequenced) text.append(batch.text, frame.offset, frame.size);
  return Block(text);
}

void remember(World& world, Room& room, const Block& numbered, const Batch& batch) {
  world.history.add(room, numbered, batch.sequenced, world.config.history_count);
  world.history.bound(world.rooms, world.config.history_bytes_max);
}

void log_routes(World& world, const Room& room, const Batch& batch, std::uint64_t first) {
  for (std::size_t index = 0; index < batch.routes.size(); ++index) {
    const Batch::Route& route = batch.routes[index];
    world.log(Routed{route.connection, room.name, first + index, route.kind, route.account, route.id,
                     route.body_size, world.recipients, world.shed});
  }
}

void end_with_text(FrameWriter& writer, const NewMessage& message) {
  if (message.is_inline_text) return writer.text_body(message.body);
  writer.body(message.body);
}

void write_file(World& world, const Room& room, Batch& batch, const Connection& sender,
                const NewMessage& message) {
  batch.last_message = {};
  FrameWriter writer(batch.text, message.verb);
  writer.argument(room.name).argument(room.last_seq).argument(world.account_of(sender).name);
  writer.argument(message.file->handle).argument(message.file->size).argument(message.file->sha256);
  end_with_text(writer, message);
}

// Whoever sends much sends many in one turn of the loop: all but number and text is then as in the last one.
void write_message(World& world, const Room& room, Batch& batch, const Connection& sender,
                   const NewMessage& message) {
  Batch::LastMessage& last = batch.last_message;
  const std::int64_t at_ms = wall_ms(world.now.wall);
  if (last.sender == sender.account && last.at_ms == at_ms) {
    FrameWriter writer(batch.text, last.head);
    writer.argument(room.last_seq).repeat(last.tail);
    return end_with_text(writer, message);
  }
  const std::size_t start = batch.text.size();
  FrameWriter writer(batch.text, message.verb);
  writer.argument(room.name);
  last = {sender.account, at_ms, {start, batch.text.size() - start}, {}};
  writer.argument(room.last_seq);
  const std::size_t tail = batch.text.size();
  writer.argument(world.account_of(sender).name).argument(static_cast<std::uint64_t>(at_ms));
  last.tail = {tail, batch.text.size() - tail};
  end_with_text(writer, message);
}

std::size_t receiver_count(const World& world, const Room& room) {
  if (!room.is_conversation()) return room.members.size();
  const std::size_t count = world.accounts.at(room.people[0]).connections.size();
  return room.people[0] == room.people[1] ? count
                                          : count + world.accounts.at(room.people[1]).connections.size();
}

}  // namespace

std::uint64_t route(World& world, Room& room, const Connection& sender, const NewMessage& message) {
  Batch& batch = batch_of(world, room);
  const std::uint64_t seq = ++room.last_seq;
  const std::size_t offset = batch.text.size();
  if (message.file == nullptr) {
    write_message(world, room, batch, sender, message);
  } else {
    write_file(world, room, batch, sender, message);
  }
  spend_fan_out(world, batch.text.size() - offset, receiver_count(world, room));
  if (room.is_conversation()) note_direct(world, room, sender.account, seq);
  batch.sequenced.push_back(
      {static_cast<std::uint32_t>(offset), static_cast<std::uint32_t>(batch.text.size() - offset)});
  if (world.services.events.wants_routes())
    batch.routes.push_back({sender.id, message.file == nullptr ? "msg" : "file",
                            world.account_of(sender).name, std::string(message.id),
                            message.file == nullptr ? message.body.size() : message.file->size});
  if (batch.text.size() >= kBatchSizeMax) flush(world, room);
  return seq;
}

std::string& announcement(World& world, Room& room) {
  if (room.batch != nullptr && room.batch->text.size() >= kBatchSizeMax) flush(world, room);
  return batch_of(world, room).text;
}

void flush(World& world, Room& room) {
  if (room.batch == nullptr) return;
  std::unique_ptr<Batch> batch = take_batch(world, room);
  Flushed flushed{Block(batch->text), {}, 0, room.history.last() + 1, batch->sequenced.size()};
  for (const Batch::Sequenced& frame : batch->sequenced) flushed.numbered_size += frame.size;
  if (flushed.count > 0) {
    flushed.numbered = numbered_block(*batch, flushed.numbered_size, flushed.all);
    remember(world, room, flushed.numbered, *batch);
  }
  deliver_to_all(world, room, flushed, !batch->routes.empty());
  log_routes(world, room, *batch, flushed.first);
  world.batches.recycle(std::move(batch));
}

void flush_all(World& world) {
  while (!world.batches.rooms().empty()) flush(world, world.rooms.at(world.batches.rooms().back()));
}

void flush_rooms_of(World& world, const Connection& connection) {
  if (world.batches.rooms().empty()) return;
  for (const Membership& membership : connection.rooms) flush(world, world.rooms.at(membership.room));
  if (!connection.account.is_none()) flush_conversations_of(world, world.account_of(connection));
}

void flush_conversations_of(World& world, Account& account) {
  if (account.dirty_conversation_count == 0) return;
  for (std::size_t index = world.batches.rooms().size(); index-- > 0;) {
    Room& room = world.rooms.at(world.batches.rooms()[index]);
    if (room.people[0] == account.handle || room.people[1] == account.handle) flush(world, room);
  }
}

void send_gaps(World& world, Connection& connection) {
  if (!connection.gaps) return;
  const std::unique_ptr<std::vector<Gap>> gaps = std::move(connection.gaps);
  for (const Gap& gap : *gaps) send_gap(world, connection, gap);
}

void settle_gap(World& world, Connection& connection, const Room& room) {
  const Gap* gap = find_gap(connection, room);
  if (gap == nullptr) return;
  send_gap(world, connection, *gap);
  std::erase_if(*connection.gaps, [&](const Gap& each) { return each.room == room.handle; });
  if (connection.gaps->empty()) connection.gaps.reset();
}

void send_gaps_when_drained(World& world, Connection& connection) {
  if (connection.waiting().numbered_charge() <= world.config.room_queue_bytes_max / 2)
    send_gaps(world, connection);
}

void send_chat(World& world, Connection& connection, const Block& block) {
  if (has_place_for_unnumbered(world, connection, block.size())) queue_chat(world, connection, block, 0);
}

}  // namespace plaintalk::messenger::core
