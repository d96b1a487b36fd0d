// Eight bytes looked at together in a machine word: most of what is read and written is names and plain text,
// and going through it byte by byte was a fifth of the server's work for a message.
#pragma once

#include <bit>
#include <cstddef>
#include <cstdint>
#include <cstring>

namespace plaintalk::word {

inline constexpr std::size_t kSize = sizeof(std::uint64_t);
inline constexpr std::uint64_t kOnes = 0x0101010101010101ULL;
inline constexpr std::uint64_t kHighBits = kOnes * 0x80;

// In a word the first byte is the lowest one.
inline std::uint64_t in_order(std::uint64_t word) {
  return std::endian::native == std::endian::big ? __builtin_bswap64(word) : word;
}

inline std::uint64_t load(const char* bytes) {
  std::uint64_t word = 0;
  std::memcpy(&word, bytes, sizeof word);
  return in_order(word);
}

inline void store(char* place, std::uint64_t word) {
  word = in_order(word);
  std::memcpy(place, &word, sizeof word);
}

// The same of fewer than eight bytes, with zeros behind them; nothing beyond them is read.
inline std::uint64_t load_short(const char* bytes, std::size_t size) {
  const auto at = [bytes](std::size_t index) {
    return static_cast<std::uint64_t>(static_cast<unsigned char>(bytes[index])) << 8 * index;
  };
  if (size == 0) return 0;
  if (size < 4) return at(0) | at(size / 2) | at(size - 1);
  // Two halves that may overlap.
  std::uint32_t first = 0;
  std::uint32_t last = 0;
  std::memcpy(&first, bytes, sizeof first);
  std::memcpy(&last, bytes + size - sizeof last, sizeof last);
  if constexpr (std::endian::native == std::endian::big) {
    first = __builtin_bswap32(first);
    last = __builtin_bswap32(last);
  }
  return first | std::uint64_t{last} << 8 * (size - sizeof last);
}

// The high bit of each byte that is zero, and maybe those of bytes after it.
inline constexpr std::uint64_t zeros(std::uint64_t word) { return (word - kOnes) & ~word & kHighBits; }

// The high bit of the first byte that is not 0x20 to 0x7F, and maybe those of bytes after it: a byte below
// 0x20 borrows from the next one.
inline constexpr std::uint64_t not_text(std::uint64_t word) {
  return (word | (word - kOnes * 0x20)) & kHighBits;
}

inline std::size_t index_of_first(std::uint64_t bits) {
  return static_cast<std::size_t>(std::countr_zero(bits)) / 8;
}

}  // namespace plaintalk::word
