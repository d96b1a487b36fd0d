// Numbers in the byte order of whoever wrote the file. Like base/bytes.hpp it does not check bounds: callers
// have checked a whole header or block once.
#pragma once

#include <cstddef>
#include <cstdint>

#include "base/bytes.hpp"

namespace plaintalk::capture {

struct ByteOrder {
  bool is_big = false;

  std::uint16_t u16(Bytes bytes, std::size_t at) const { return is_big ? be16(bytes, at) : le16(bytes, at); }
  std::uint32_t u32(Bytes bytes, std::size_t at) const { return is_big ? be32(bytes, at) : le32(bytes, at); }
  std::uint64_t u64(Bytes bytes, std::size_t at) const {
    const std::uint64_t first = u32(bytes, at);
    const std::uint64_t second = u32(bytes, at + 4);
    return is_big ? first << 32 | second : second << 32 | first;
  }
};

}  // namespace plaintalk::capture
