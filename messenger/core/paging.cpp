#include "messenger/core/paging.hpp"

#include <algorithm>
#include <optional>

#include "base/number.hpp"
#include "messenger/core/output.hpp"
#include "messenger/core/rooms.hpp"
#include "messenger/core/routing.hpp"
#include "messenger/core/targets.hpp"
#include "messenger/core/unheard.hpp"
#include "protocol/limits.hpp"

namespace plaintalk::messenger::core {
namespace {

struct PageRequest {
  Target target;
  std::optional<std::uint64_t> after;
  std::optional<std::uint64_t> before;
  std::uint64_t limit = kPageSizeDefault;
};

// Nothing when a given number is not one.
bool read_number(const Frame& frame, std::string_view key, std::optional<std::uint64_t>& number) {
  const auto text = frame.parameter(key);
  if (!text) return true;
  number = parse_decimal<std::uint64_t>(*text);
  return number.has_value();
}

std::optional<PageRequest> read_page_request(const Frame& frame) {
  auto target = parse_target(frame.argument(0));
  if (!target || frame.argument_count() != 1) return std::nullopt;
  PageRequest request{std::move(*target), {}, {}, kPageSizeDefault};
  std::optional<std::uint64_t> limit = kPageSizeDefault;
  if (!read_number(frame, "after", request.after) || !read_number(frame, "before", request.before) ||
      !read_number(frame, "limit", limit))
    return std::nullopt;
  if (*limit < 1 || *limit > kPageSizeMax || (request.after && request.before)) return std::nullopt;
  request.limit = *limit;
  return request;
}

// Frames first .. last; empty when last < first.
struct Page {
  std::uint64_t first = 1;
  std::uint64_t last = 0;
  bool has_more = false;
};

// From `first` on, as far as the limits allow.
Page page_upward(const History& history, std::uint64_t first, std::uint64_t limit) {
  Page page{first, first - 1, false};
  std::size_t size = 0;
  while (page.last < history.last() && page.last + 1 - first < limit) {
    const std::size_t next_size = history.frame(page.last + 1).size;
    if (size > 0 && size + next_size > kPageBytesMax) break;
    size += next_size;
    ++page.last;
  }
  page.has_more = page.last < history.last();
  return page;
}

// From `last` back to `oldest`, as far as the limits allow.
Page page_downward(const History& history, std::uint64_t oldest, std::uint64_t last, std::uint64_t limit) {
  Page page{last + 1, last, false};
  std::size_t size = 0;
  while (page.first > oldest && last + 1 - page.first < limit) {
    const std::size_t next_size = history.frame(page.first - 1).size;
    if (size > 0 && size + next_size > kPageBytesMax) break;
    size += next_size;
    --page.first;
  }
  page.has_more = page.first > oldest;
  return page;
}

Page choose_page(const History& history, std::uint64_t oldest, const PageRequest& request) {
  if (request.after) {
    if (*request.after >= history.last()) return {};
    return page_upward(history, std::max(*request.after + 1, oldest), request.limit);
  }
  if (request.before) {
    const std::uint64_t last = std::min(*request.before == 0 ? 0 : *request.before - 1, history.last());
    if (last < oldest) return {};
    return page_downward(history, oldest, last, request.limit);
  }
  Page page = page_downward(history, oldest, history.last(), request.limit);
  page.has_more = false;  // nothing comes after the latest
  return page;
}

// Neighbours in one block go out as one piece.
void queue_page(World& world, Connection& connection, const History& history, const Page& page) {
  if (page.first > page.last) return;
  OutQueue& out = open_output(world, connection);
  History::Frame run = history.frame(page.first);
  for (std::uint64_t seq = page.first + 1; seq <= page.last; ++seq) {
    const History::Frame& frame = history.frame(seq);
    if (frame.block.is_same(run.block) && frame.offset == run.offset + run.size) {
      run.size += frame.size;
      continue;
    }
    out.ordered(run.block, run.offset, run.size);
    run = frame;
  }
  out.ordered(run.block, run.offset, run.size);
}

// `members`: written into END when it answers SYNC.
void send_page(World& world, Connection& connection, Room* room, std::string_view name,
               const PageRequest& request, std::optional<std::uint64_t> members) {
  static const History kNothingSaid;
  if (room != nullptr) flush(world, *room);
  if (room != nullptr) note_asked(*room, connection.account);
  flush_rooms_of(world, connection);
  send_gaps(world, connection);
  const History& history = room == nullptr ? kNothingSaid : room->history;
  const std::uint64_t floor = room == nullptr ? 0 : floor_of(*room, world.account_of(connection));
  const std::uint64_t oldest = std::max(history.oldest(), floor + 1);
  const Page page = oldest > history.last() ? Page{} : choose_page(history, oldest, request);
  queue_page(world, connection, history, page);
  FrameWriter writer = begin_reply(world, Verb::end);
  writer.argument(name)
      .parameter("last", page.first > page.last ? history.last() : page.last)
      .parameter("more", std::uint64_t{page.has_more})
      .parameter("oldest", oldest);
  if (members) writer.parameter("members", *members);
  writer.end();
  send_ordered(world, connection);
}

std::uint64_t people_of(const std::string& conversation) {
  const auto people = parse_conversation(conversation);
  return people && people->first == people->second ? 1 : 2;
}

}  // namespace

Answer handle_history(World& world, Connection& connection, const Frame& frame) {
  const auto request = read_page_request(frame);
  if (!request) return wrong_form(Verb::history);
  const auto room = find_readable(world, connection, request->target);
  if (!room) return room.error();
  send_page(world, connection, *room, room_name_of(world.account_of(connection), request->target), *request,
            std::nullopt);
  return kAnswered;
}

Answer handle_sync(World& world, Connection& connection, const Frame& frame) {
  const auto request = read_page_request(frame);
  if (!request || request->before) return wrong_form(Verb::sync);
  const std::string name = room_name_of(world.account_of(connection), request->target);
  if (request->target.kind == Target::Kind::room) {
    const auto room = enter_room(world, connection, name);
    if (!room) return room.error();
    send_page(world, connection, *room, name, *request, (*room)->people_count);
    return kAnswered;
  }
  const auto room = find_readable(world, connection, request->target);
  if (!room) return room.error();
  send_page(world, connection, *room, name, *request, people_of(name));
  return kAnswered;
}

}  // namespace plaintalk::messenger::core
