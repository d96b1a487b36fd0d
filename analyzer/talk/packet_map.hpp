// Which packet brought which bytes of one direction of a connection, for the part of the stream that is
// still being decoded; and which acknowledgements came before the data they cover could be released.
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <vector>

#include "analyzer/talk/results.hpp"

namespace plaintalk::analyzer {

class PacketMap {
 public:
  struct Span {
    Moment first;
    Moment last;
    std::uint64_t packets = 0;
  };

  void add(std::uint64_t offset, std::uint64_t size, Moment moment);
  // The packets of [begin, end); holes count for nothing. Forgets nothing.
  Span span(std::uint64_t begin, std::uint64_t end) const;
  // Nothing below `offset` will be asked for any more.
  void forget_below(std::uint64_t offset);

  void acknowledged(std::uint64_t offset, WallTime time);
  // When everything below `end` had been acknowledged, if that was before now.
  std::optional<WallTime> acknowledged_at(std::uint64_t end) const;
  // Bytes of heap.
  std::size_t held_size() const { return pieces_.held_size() + acks_.held_size(); }

 private:
  struct Piece {
    std::uint64_t begin = 0;
    std::uint64_t end = 0;
    Moment moment;
  };
  struct Ack {
    std::uint64_t offset = 0;
    WallTime time;
  };
  static constexpr std::size_t kAckCountMax = 1024;

  // A queue that costs nothing while it is empty.
  template <typename Entry>
  class Queue {
   public:
    bool empty() const { return head_ == entries_.size(); }
    std::size_t size() const { return entries_.size() - head_; }
    std::size_t held_size() const { return entries_.capacity() * sizeof(Entry); }
    Entry& front() { return entries_[head_]; }
    Entry& back() { return entries_.back(); }
    auto begin() const { return entries_.begin() + static_cast<std::ptrdiff_t>(head_); }
    auto end() const { return entries_.end(); }
    void push_back(const Entry& entry) {
      // Half of it is free in front: that is used before more is asked for.
      if (entries_.size() == entries_.capacity() && head_ > 0 && head_ * 2 >= entries_.size()) {
        entries_.erase(entries_.begin(), begin());
        head_ = 0;
      }
      entries_.push_back(entry);
    }
    void pop_front() {
      if (++head_ < entries_.size()) return;
      entries_.clear();
      head_ = 0;
    }

   private:
    std::vector<Entry> entries_;
    std::size_t head_ = 0;
  };

  Queue<Piece> pieces_;  // by rising offset
  Queue<Ack> acks_;      // by rising offset; only those above what was forgotten
  std::uint64_t floor_ = 0;
};

}  // namespace plaintalk::analyzer
