// The checksum of IPv4 headers and TCP segments (RFC 1071): the complement of the ones' complement sum of
// 16-bit words.
#pragma once

#include <cstddef>
#include <cstdint>

#include "base/bytes.hpp"

namespace plaintalk::capture {

class InternetChecksum {
 public:
  // REQUIRES: an even number of octets, except in the last call.
  void add(Bytes octets) {
    std::size_t at = 0;
    for (; at + 1 < octets.size(); at += 2) sum_ += be16(octets, at);
    if (at < octets.size()) sum_ += static_cast<std::uint32_t>(octets[at] << 8);
  }
  void add(std::uint32_t word) { sum_ += (word >> 16) + (word & 0xFFFF); }

  // Over octets that contain a right checksum the result is 0.
  std::uint16_t value() const {
    std::uint64_t folded = sum_;
    while (folded > 0xFFFF) folded = (folded >> 16) + (folded & 0xFFFF);
    return static_cast<std::uint16_t>(~folded);
  }

 private:
  std::uint64_t sum_ = 0;
};

}  // namespace plaintalk::capture
