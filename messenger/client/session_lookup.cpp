// A file that is wanted by a name which was not announced while we were here: the name is looked up in the
// history of the rooms we are in, the one that is talked to first, as /files does it, and then fetched by its
// handle.
#include <algorithm>
#include <utility>

#include "messenger/client/frame_fields.hpp"
#include "messenger/client/session.hpp"
#include "protocol/frame_writer.hpp"

namespace plaintalk::messenger::client {

namespace {

Refusal no_such_file() {
  return Refusal{0, "FILE", "no file of that name was announced in your rooms, or none is kept; see /files"};
}

}  // namespace

void ClientSession::gather_rooms(Lookup& lookup) {
  lookup.is_begun = true;
  const std::string first = room_of(lookup.near);
  for (const auto& [name, room] : rooms_) {
    const bool is_ours = name.front() == '#' ? room.joined : room.cursor.known();
    if (is_ours && name != first) lookup.rooms.push_back(name);
  }
  // The rooms first, then the conversations; taken from the end.
  std::ranges::reverse(lookup.rooms);
  const auto found = rooms_.find(first);
  if (found != rooms_.end() && (found->second.joined || first.front() == '@')) lookup.rooms.push_back(first);
}

// Whether it is a download now; otherwise a page was asked for, or there is no such file.
bool ClientSession::look_up(RequestId id) {
  Request& request = requests_.at(id).request;
  Lookup& lookup = lookups_.at(id);
  const bool is_found = seen_files_.has(request.target);
  if (!is_found && !lookup.is_begun) gather_rooms(lookup);
  if (!is_found && !lookup.rooms.empty()) {
    ask_for_files(id, lookup);
    return false;
  }
  lookups_.erase(id);
  const auto handle = seen_files_.handle_of(request.target);
  if (!handle) {
    answer(id, no_such_file());
    return false;
  }
  request.target = *handle;
  downloads_.emplace(id, Download(request.target));
  return true;
}

void ClientSession::ask_for_files(RequestId id, Lookup& lookup) {
  lookup.first_shown = 0;
  FrameWriter frame(output_, Verb::history);
  frame.argument(lookup.rooms.back());
  if (lookup.before) frame.parameter("before", *lookup.before);
  frame.parameter("limit", std::uint64_t{kPageSizeMax}).end();
  sent_.push_back(Sent{.what = Sent::What::request, .request = id, .verb = Verb::history});
}

// Whether the frame only answers a lookup: it is the past, and was not asked for to be shown.
bool ClientSession::is_looked_up(const std::string& room, std::uint64_t seq) {
  if (sent_.empty() || sent_.front().what != Sent::What::request) return false;
  const auto found = lookups_.find(sent_.front().request);
  if (found == lookups_.end() || found->second.rooms.empty() || found->second.rooms.back() != room)
    return false;
  Lookup& lookup = found->second;
  if (lookup.first_shown == 0 || seq < lookup.first_shown) lookup.first_shown = seq;
  const auto known = rooms_.find(room);
  return known == rooms_.end() || !known->second.cursor.known() || seq <= known->second.cursor.cursor();
}

// A page, or a refusal, has come: the next page, or the next room.
void ClientSession::go_on_looking(RequestId id, const Frame& frame) {
  Lookup& lookup = lookups_.at(id);
  const std::uint64_t oldest = std::max<std::uint64_t>(number(frame.parameter("oldest")), 1);
  const bool has_earlier = frame.verb == Verb::end && lookup.first_shown > oldest &&
                           (!lookup.before || lookup.first_shown < *lookup.before);
  if (has_earlier) {
    lookup.before = lookup.first_shown;
  } else {
    lookup.before.reset();
    lookup.rooms.pop_back();
  }
  unsent_.insert(id);
}

bool ClientSession::cancel_lookup(RequestId id, const std::string& name) {
  if (!name.empty() && name != requests_.at(id).request.target) return false;
  answer(id, Refusal{0, "CANCELLED", requests_.at(id).request.target + ": cancelled"});
  return true;
}

}  // namespace plaintalk::messenger::client
