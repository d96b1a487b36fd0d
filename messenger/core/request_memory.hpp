// Which messages a device has already sent, so that a repeat after a lost answer is answered again and not
// sent twice (docs/PROTOCOL.md, section 6, "Idempotent resend").
//
// Keeps the latest ids, dropping the oldest at the bound and those over the age limit.
#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "base/time.hpp"

namespace plaintalk::messenger::core {

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

  const Request* find(std::string_view id) const;
  // REQUIRES: find(request.id) found nothing; count_max is the same at each call.
  void add(Request request, std::size_t count_max, Nanoseconds age_max);
  std::size_t count() const { return count_; }
  void clear() { *this = RequestMemory(); }

 private:
  std::size_t bucket_of(std::string_view id) const;
  void drop_oldest();
  void grow(std::size_t count_max);

  std::vector<Request> requests_;       // a ring
  std::vector<std::uint32_t> buckets_;  // the youngest request of each, its place plus one
  std::size_t head_ = 0;
  std::size_t count_ = 0;
};

}  // namespace plaintalk::messenger::core
