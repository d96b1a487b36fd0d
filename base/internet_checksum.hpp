// The Internet checksum (RFC 1071): the ones' complement sum of 16-bit words. Summed in 64 bits at a time;
// the order of bytes in a word does not matter until the end, which is what makes it fast.
#pragma once

#include <cstdint>

#include "base/bytes.hpp"
#include "base/endpoint.hpp"

namespace plaintalk {

// The folded sum, not complemented. Pieces add up if every piece but the last has an even size.
std::uint16_t ones_complement_sum(Bytes bytes, std::uint64_t start = 0);

// The sum over the pseudo-header of TCP (RFC 9293, section 3.1; RFC 8200, section 8.1).
std::uint16_t pseudo_header_sum(const IpAddress& source, const IpAddress& target, std::uint8_t protocol,
                                std::uint32_t size);

}  // namespace plaintalk
