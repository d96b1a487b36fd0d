#include "tests/sim/checker.hpp"

#include <utility>

namespace plaintalk::sim {
namespace {

std::string place(std::string_view room, std::uint64_t seq) {
  return std::string(room) + " " + std::to_string(seq);
}

}  // namespace

void Checker::broken(std::string rule, std::string text) {
  violations_.push_back({std::move(rule), std::move(text)});
}

void Checker::said(std::string_view sender, std::string_view room, std::string_view body,
                   std::uint64_t index) {
  said_.emplace(std::string(body), Said{std::string(sender), std::string(room), index});
}

void Checker::acknowledged(std::string_view room, std::uint64_t seq, std::string_view body) {
  auto& known = rooms_[std::string(room)].acknowledged;
  const auto [entry, is_new] = known.emplace(seq, std::string(body));
  if (!is_new && entry->second != body) broken("I2", place(room, seq) + " was given to two messages");
}

void Checker::saw(std::string_view client, std::string_view room, std::uint64_t seq, std::string_view sender,
                  std::string_view body, std::string_view bytes, bool in_page) {
  Seen& seen = rooms_[std::string(room)].messages[seq];
  if (seen.bytes.empty()) {
    seen.sender = sender;
    seen.body = body;
    seen.bytes = bytes;
  } else if (seen.bytes != bytes) {
    const bool differs_from_live = in_page ? seen.was_live : seen.was_paged;
    broken(differs_from_live ? "I7" : "I4", place(room, seq) + " is different for " + std::string(client));
  }
  (in_page ? seen.was_paged : seen.was_live) = true;
}

void Checker::finished(std::string_view client, std::string_view room,
                       const std::map<std::uint64_t, std::string>& known) {
  const auto found = rooms_.find(room);
  const std::uint64_t last =
      found == rooms_.end() || found->second.messages.empty() ? 0 : found->second.messages.rbegin()->first;
  if (known.size() == last) return;
  std::uint64_t missing = 1;
  while (known.contains(missing)) ++missing;
  broken("I6", std::string(client) + " never got " + place(room, missing) + " of " + std::to_string(last));
}

void Checker::judge_room(const std::string& name, const Room& room) {
  std::map<std::string, std::uint64_t> by_body;
  std::map<std::string, std::uint64_t> next_index;
  std::uint64_t expected = 1;
  for (const auto& [seq, seen] : room.messages) {
    if (seq != expected)
      broken("I6", place(name, expected) + " does not exist, but " + std::to_string(seq) + " does");
    expected = seq + 1;
    const auto origin = said_.find(seen.body);
    if (origin == said_.end() || origin->second.sender != seen.sender || origin->second.room != name) {
      broken("I5", place(name, seq) + " was never said like this: " + seen.body);
      continue;
    }
    if (!by_body.emplace(seen.body, seq).second)
      broken("I2", place(name, seq) + " is there twice: " + seen.body);
    std::uint64_t& next = next_index[seen.sender];
    if (origin->second.index < next)
      broken("I3", place(name, seq) + " comes after what " + seen.sender + " said later");
    next = origin->second.index + 1;
  }
  for (const auto& [seq, body] : room.acknowledged) {
    const auto found = room.messages.find(seq);
    if (found == room.messages.end() || found->second.body != body)
      broken("I1", place(name, seq) + " was acknowledged as '" + body + "' and is something else or nothing");
  }
}

void Checker::judge() {
  for (const auto& [name, room] : rooms_) judge_room(name, room);
}

}  // namespace plaintalk::sim
