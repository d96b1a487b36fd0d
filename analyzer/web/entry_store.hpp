// The lines of the stream: the first ones, so that somebody can go back to the beginning, and the latest
// ones. What lies between is forgotten when there is no more room, and counted.
#pragma once

#include <cstddef>
#include <cstdint>
#include <deque>
#include <map>
#include <unordered_map>
#include <utility>
#include <vector>

#include "analyzer/web/rows.hpp"

namespace plaintalk::analyzer::web {

class EntryStore {
 public:
  static constexpr std::size_t kChangeCountMax = 4096;

  explicit EntryStore(std::size_t bytes_max) : bytes_max_(bytes_max) {}

  // Gives the line its id.
  void add(Entry entry, std::uint64_t version);
  // Changes the line of a message, if it is still held. `change` gets it, and whether there is room for more
  // than numbers.
  template <typename Change>
  bool change(std::uint64_t message, std::uint64_t version, const Change& change) {
    const auto found = by_message_.find(message);
    if (found == by_message_.end()) return false;
    Entry& entry = entries_.find(found->second)->second;
    const std::size_t before = bytes_of(entry);
    change(entry, !is_first(entry.id) || first_bytes_ < bytes_max_ / 2);
    account(entry, before);
    note_change(entry, version);
    make_room();
    return true;
  }

  bool holds(std::uint64_t message) const { return by_message_.contains(message); }

  struct Changes {
    bool is_snapshot = false;    // the latest lines, whatever is known already
    std::uint64_t left_out = 0;  // new lines that are not among them
    std::vector<Entry> entries;  // by id
  };
  // What is new or changed after `version`, where lines up to `known_id` were told of: the latest of it.
  // Version 0 knows nothing.
  Changes since(std::uint64_t version, std::uint64_t known_id, std::size_t count_max);

  // Lines after that id, by id.
  std::vector<Entry> after(std::uint64_t id, std::size_t count_max) const;
  std::vector<Entry> before(std::uint64_t id, std::size_t count_max) const;

  std::uint64_t last_id() const { return last_id_; }
  // Lines between these ids are not held any more; none when nothing was forgotten.
  struct Hole {
    std::uint64_t after = 0;
    std::uint64_t before = 0;
    std::uint64_t count = 0;
  };
  Hole hole() const;
  std::size_t bytes() const;

 private:
  bool is_first(std::uint64_t id) const { return first_end_ == 0 || id <= first_end_; }
  static std::size_t bytes_of(const Entry& entry);
  void account(const Entry& entry, std::size_t before);
  void note_change(Entry& entry, std::uint64_t version);
  void make_room();

  std::map<std::uint64_t, Entry> entries_;
  std::unordered_map<std::uint64_t, std::uint64_t> by_message_;
  std::deque<std::pair<std::uint64_t, std::uint64_t>> changes_;  // version and id
  std::uint64_t changes_from_ = 0;                               // what changed after that version is in them
  std::uint64_t latest_version_ = 0;
  std::uint64_t collected_ = 0;  // the latest version when somebody last asked
  std::uint64_t last_id_ = 0;
  std::uint64_t first_end_ = 0;  // the last of the first lines, once there are enough of them
  std::size_t first_bytes_ = 0;
  std::size_t bytes_ = 0;
  std::size_t bytes_max_;
  std::uint64_t forgotten_count_ = 0;
};

}  // namespace plaintalk::analyzer::web
