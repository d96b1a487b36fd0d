// Rows that are found by a key and kept in the order of their last change: what changed since a version is at
// the end, and when there is no more room the row that changed longest ago goes.
#pragma once

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <list>
#include <unordered_map>
#include <utility>
#include <vector>

#include "analyzer/web/rows.hpp"

namespace plaintalk::analyzer::web {

inline std::size_t key_bytes_beside(std::uint64_t) { return 0; }
inline std::size_t key_bytes_beside(const std::string& key) { return bytes_beside(key); }

template <typename Key, typename Row>
class RecentRows {
 public:
  explicit RecentRows(std::size_t bytes_max) : bytes_max_(bytes_max) {}

  Row* find(const Key& key) {
    const auto found = places_.find(key);
    return found == places_.end() ? nullptr : &found->second->row;
  }

  // `change` gets the row of that key, made if need be. It must not use these rows.
  template <typename Change>
  void update(const Key& key, std::uint64_t version, const Change& change) {
    auto found = places_.find(key);
    if (found == places_.end()) {
      rows_.push_back({key, {}, 0, 0});
      found = places_.emplace(key, std::prev(rows_.end())).first;
    }
    const auto place = found->second;
    change(place->row);
    rows_.splice(rows_.end(), rows_, place);
    place->version = version;
    bytes_ -= place->bytes;
    place->bytes = kBytesEach + 2 * key_bytes_beside(key) + place->row.bytes_beside();
    bytes_ += place->bytes;
    while (bytes_ + table_bytes() > bytes_max_ && rows_.size() > 1) {
      bytes_ -= rows_.front().bytes;
      places_.erase(rows_.front().key);
      rows_.pop_front();
      ++forgotten_count_;
    }
  }

  // The same for a row that is there, of which nothing changes but numbers. False when it is not.
  template <typename Change>
  bool touch(const Key& key, std::uint64_t version, const Change& change) {
    const auto found = places_.find(key);
    if (found == places_.end()) return false;
    change(found->second->row);
    rows_.splice(rows_.end(), rows_, found->second);
    found->second->version = version;
    return true;
  }

  // Calls `visit` with rows that changed after `version`, the latest first, but at most so many.
  template <typename Visit>
  void since(std::uint64_t version, std::size_t count_max, const Visit& visit) const {
    for (auto place = rows_.rbegin(); place != rows_.rend() && place->version > version; ++place) {
      if (count_max-- == 0) return;
      visit(place->row);
    }
  }

  std::size_t size() const { return rows_.size(); }
  std::size_t bytes() const { return bytes_ + table_bytes(); }
  std::uint64_t forgotten_count() const { return forgotten_count_; }

 private:
  struct Node {
    Key key;
    Row row;
    std::uint64_t version;
    std::size_t bytes;
  };
  // A node of the list, one of the table, and what malloc needs for both.
  static constexpr std::size_t kBytesEach = sizeof(Node) + sizeof(Key) + 10 * sizeof(void*);
  std::size_t table_bytes() const { return places_.bucket_count() * sizeof(void*); }

  std::list<Node> rows_;
  std::unordered_map<Key, typename std::list<Node>::iterator> places_;
  std::size_t bytes_ = 0;
  std::size_t bytes_max_;
  std::uint64_t forgotten_count_ = 0;
};

}  // namespace plaintalk::analyzer::web
