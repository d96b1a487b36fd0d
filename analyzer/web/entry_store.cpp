#include "analyzer/web/entry_store.hpp"

#include <algorithm>
#include <iterator>

namespace plaintalk::analyzer::web {
namespace {

// A node of the map, one of the table of messages, and what malloc needs for both.
constexpr std::size_t kBytesEach = sizeof(Entry) + 16 * sizeof(void*);
// Of the room, for the first lines.
constexpr std::size_t kFirstPart = 4;

}  // namespace

std::size_t EntryStore::bytes_of(const Entry& entry) { return kBytesEach + entry.bytes_beside(); }

std::size_t EntryStore::bytes() const {
  return bytes_ + by_message_.bucket_count() * sizeof(void*) + kChangeCountMax * sizeof(changes_.front());
}

void EntryStore::account(const Entry& entry, std::size_t before) {
  const std::size_t now = bytes_of(entry);
  bytes_ += now - before;
  if (!is_first(entry.id)) return;
  first_bytes_ += now - before;
  if (first_end_ == 0 && first_bytes_ >= bytes_max_ / kFirstPart) first_end_ = last_id_;
}

void EntryStore::add(Entry entry, std::uint64_t version) {
  entry.id = ++last_id_;
  if (entry.message != 0) by_message_[entry.message] = entry.id;
  Entry& held = entries_.emplace_hint(entries_.end(), entry.id, std::move(entry))->second;
  held.version = 0;
  account(held, 0);
  note_change(held, version);
  make_room();
}

void EntryStore::note_change(Entry& entry, std::uint64_t version) {
  // Nobody has asked since the last change: that one stands for this one too.
  if (entry.version <= collected_) {
    if (changes_.size() == kChangeCountMax) {
      changes_from_ = changes_.front().first;
      changes_.pop_front();
    }
    changes_.emplace_back(version, entry.id);
  }
  entry.version = version;
  latest_version_ = version;
}

void EntryStore::make_room() {
  while (bytes() > bytes_max_ && first_end_ != 0) {
    const auto oldest = entries_.upper_bound(first_end_);
    if (oldest == entries_.end() || oldest->first == last_id_) return;
    bytes_ -= bytes_of(oldest->second);
    const auto message = by_message_.find(oldest->second.message);
    if (message != by_message_.end() && message->second == oldest->first) by_message_.erase(message);
    entries_.erase(oldest);
    ++forgotten_count_;
  }
}

EntryStore::Changes EntryStore::since(std::uint64_t version, std::uint64_t known_id, std::size_t count_max) {
  Changes found;
  found.is_snapshot = version == 0 || version < changes_from_;
  std::vector<std::uint64_t> ids;
  if (!found.is_snapshot) {
    for (auto change = changes_.rbegin(); change != changes_.rend() && change->first > version; ++change)
      ids.push_back(change->second);
    std::ranges::sort(ids);
    ids.erase(std::unique(ids.begin(), ids.end()), ids.end());
  }
  found.is_snapshot = found.is_snapshot || ids.size() > count_max;
  if (found.is_snapshot) {
    found.entries = before(last_id_ + 1, count_max);
  } else {
    for (const std::uint64_t id : ids) {
      const auto entry = entries_.find(id);
      if (entry != entries_.end()) found.entries.push_back(entry->second);
    }
  }
  const auto fresh = static_cast<std::uint64_t>(
      std::count_if(found.entries.begin(), found.entries.end(),
                    [known_id](const Entry& entry) { return entry.id > known_id; }));
  if (version != 0) found.left_out = last_id_ - known_id - fresh;
  collected_ = latest_version_;
  return found;
}

std::vector<Entry> EntryStore::after(std::uint64_t id, std::size_t count_max) const {
  std::vector<Entry> found;
  for (auto entry = entries_.upper_bound(id); entry != entries_.end() && found.size() < count_max; ++entry)
    found.push_back(entry->second);
  return found;
}

std::vector<Entry> EntryStore::before(std::uint64_t id, std::size_t count_max) const {
  std::vector<Entry> found;
  for (auto entry = entries_.lower_bound(id); entry != entries_.begin() && found.size() < count_max;)
    found.push_back((--entry)->second);
  std::reverse(found.begin(), found.end());
  return found;
}

EntryStore::Hole EntryStore::hole() const {
  if (forgotten_count_ == 0) return {};
  const auto next = entries_.upper_bound(first_end_);
  return {first_end_, next == entries_.end() ? last_id_ + 1 : next->first, forgotten_count_};
}

}  // namespace plaintalk::analyzer::web
