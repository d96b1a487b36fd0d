#include "base/internet_checksum.hpp"

#include <bit>
#include <cstring>

namespace plaintalk {
namespace {

std::uint16_t fold(std::uint64_t sum) {
  sum = (sum & 0xffffffff) + (sum >> 32);
  sum = (sum & 0xffffffff) + (sum >> 32);
  sum = (sum & 0xffff) + (sum >> 16);
  sum = (sum & 0xffff) + (sum >> 16);
  return static_cast<std::uint16_t>(sum);
}

std::uint16_t to_host_order(std::uint16_t word) {
  if constexpr (std::endian::native == std::endian::little)
    return static_cast<std::uint16_t>(word << 8 | word >> 8);
  return word;
}

}  // namespace

std::uint16_t ones_complement_sum(Bytes bytes, std::uint64_t start) {
  // Words are added as they lie in memory and swapped once at the end (RFC 1071, section 2B). 32-bit words in
  // 64-bit sums cannot overflow for any packet.
  std::uint64_t first = 0;
  std::uint64_t second = 0;
  const std::uint8_t* at = bytes.data();
  std::size_t left = bytes.size();
  while (left >= 16) {
    std::uint32_t words[4];
    std::memcpy(words, at, sizeof words);
    first += std::uint64_t{words[0]} + words[1];
    second += std::uint64_t{words[2]} + words[3];
    at += 16;
    left -= 16;
  }
  while (left >= 2) {
    std::uint16_t word = 0;
    std::memcpy(&word, at, sizeof word);
    first += word;
    at += 2;
    left -= 2;
  }
  if (left == 1) {
    const std::uint8_t padded[2] = {*at, 0};
    std::uint16_t word = 0;
    std::memcpy(&word, padded, sizeof word);
    first += word;
  }
  const std::uint64_t sum = std::uint64_t{fold(first)} + fold(second);
  return fold(start + to_host_order(fold(sum)));
}

std::uint16_t pseudo_header_sum(const IpAddress& source, const IpAddress& target, std::uint8_t protocol,
                                std::uint32_t size) {
  const std::uint64_t addresses =
      std::uint64_t{ones_complement_sum(source.bytes())} + ones_complement_sum(target.bytes());
  return fold(addresses + protocol + (size >> 16) + (size & 0xffff));
}

}  // namespace plaintalk
