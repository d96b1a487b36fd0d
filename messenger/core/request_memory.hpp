// Which messages a device has already sent, so that a repeat after a lost answer is answered again and not
// sent twice (docs/PROTOCOL.md, section 6, "Idempotent resend").
//
// Keeps the latest ids, dropping the oldest at the bound and those over the age limit. All memories together
// hold a limited number of bytes of the heap: beyond it, the one that was added to least lately forgets all.
#pragma once

#include <cstddef>
#include <cstdint>
#include <list>
#include <string>
#include <string_view>
#include <vector>

#include "base/time.hpp"

namespace plaintalk::messenger::core {

class RequestMemories;

class RequestMemory {
 public:
  struct Request {
    std::string id;
    std::uint64_t content_hash = 0;  // of target and body
    std::uint64_t seq = 0;
    std::int64_t at_ms = 0;
    std::string room;  // its name: the room may be gone
    Instant time{};
    std::uint32_t older = 0;  // with the same hash of the id: its place, plus one
  };

  RequestMemory() = default;
  ~RequestMemory();
  RequestMemory(const RequestMemory&) = delete;
  RequestMemory& operator=(const RequestMemory&) = delete;

  const Request* find(std::string_view id) const;
  // REQUIRES: find(request.id) found nothing; count_max is the same at each call.
  void add(Request request, std::size_t count_max, Nanoseconds age_max);
  std::size_t count() const { return count_; }
  // What it has taken from the heap.
  std::size_t held_bytes() const;
  void clear();

 private:
  std::size_t bucket_of(std::string_view id) const;
  void drop_oldest();
  void grow(std::size_t count_max);

  std::vector<Request> requests_;       // a ring
  std::vector<std::uint32_t> buckets_;  // the youngest request of each, its place plus one
  std::size_t head_ = 0;
  std::size_t count_ = 0;
  std::size_t text_bytes_ = 0;  // what the texts of all places have taken from the heap

  // Of RequestMemories. It has to outlive this.
  friend class RequestMemories;
  RequestMemories* all_ = nullptr;
  std::list<RequestMemory*>::iterator place_{};
  bool was_used_ = false;  // since it was last looked at
};

// All that hold something, and what that is together.
class RequestMemories {
 public:
  explicit RequestMemories(std::size_t bytes_max) : bytes_max_(bytes_max) {}
  // As RequestMemory::add(). REQUIRES: `memory` is used with no other RequestMemories.
  void add(RequestMemory& memory, RequestMemory::Request request, std::size_t count_max, Nanoseconds age_max);
  std::size_t held_bytes() const { return held_bytes_; }

 private:
  friend class RequestMemory;
  void remove(RequestMemory& memory);

  std::size_t bytes_max_;
  std::size_t held_bytes_ = 0;
  std::list<RequestMemory*> memories_;  // roughly the least lately used first
};

}  // namespace plaintalk::messenger::core
