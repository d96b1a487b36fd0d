// Borrowed bytes, and the big- and little-endian reads that packets and capture files need.
//
// The readers do not check bounds: they are for code that has checked a whole header once (see
// analyzer/wire).
#pragma once

#include <cstddef>
#include <cstdint>
#include <span>
#include <string_view>

namespace plaintalk {

using Bytes = std::span<const std::uint8_t>;

inline std::string_view as_text(Bytes bytes) {
  return {reinterpret_cast<const char*>(bytes.data()), bytes.size()};
}
inline Bytes as_bytes(std::string_view text) {
  return {reinterpret_cast<const std::uint8_t*>(text.data()), text.size()};
}

inline std::uint16_t be16(Bytes bytes, std::size_t at) {
  return static_cast<std::uint16_t>(bytes[at] << 8 | bytes[at + 1]);
}
inline std::uint32_t be32(Bytes bytes, std::size_t at) {
  return std::uint32_t{be16(bytes, at)} << 16 | be16(bytes, at + 2);
}
inline std::uint16_t le16(Bytes bytes, std::size_t at) {
  return static_cast<std::uint16_t>(bytes[at + 1] << 8 | bytes[at]);
}
inline std::uint32_t le32(Bytes bytes, std::size_t at) {
  return std::uint32_t{le16(bytes, at + 2)} << 16 | le16(bytes, at);
}

}  // namespace plaintalk
