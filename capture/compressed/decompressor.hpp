// Unpacks a compressed file piece by piece. Memory is bounded by the format: 32 KiB of window for gzip (RFC
// 1952), 4 MiB blocks for LZ4, and 128 MiB for Zstandard (RFC 8878 lets a file ask for more; such a file is
// refused).
#pragma once

#include <cstddef>
#include <cstdint>
#include <expected>
#include <span>
#include <string>

#include "base/bytes.hpp"

namespace plaintalk::capture {

class Decompressor {
 public:
  struct Step {
    std::size_t taken = 0;  // compressed bytes that are used up
    std::size_t given = 0;  // bytes written to the front of `plain`
  };

  virtual ~Decompressor() = default;
  // Goes on with as much as fits. Neither `taken` nor `given` means that more compressed bytes are needed.
  // The error says what is wrong with the data; what was unpacked before is good.
  virtual std::expected<Step, std::string> run(Bytes packed, std::span<std::uint8_t> plain) = 0;
  // The file may end here. Files put one behind the other are one file.
  virtual bool may_end() const = 0;
};

}  // namespace plaintalk::capture
