// Every limit of PLAINTALK/1 that both ends must know (docs/PROTOCOL.md, sections 2 and 9). What only the
// server enforces is in messenger/core/server_config.hpp.
#pragma once

#include <cstddef>
#include <cstdint>

namespace plaintalk {

inline constexpr std::uint16_t kDefaultPort = 7777;
inline constexpr std::size_t kLineSizeMax = 4096;  // bytes, the LF included
inline constexpr std::size_t kChatBodySizeMax = 65536;
inline constexpr std::size_t kChunkSizeMax = 16384;          // of a DATA body beside chat
inline constexpr std::size_t kInlineBodySizeMax = 1024;      // a sender writes longer bodies counted
inline constexpr std::size_t kSkippedBodySizeMax = 1 << 20;  // an announced body over this ends the stream
inline constexpr std::size_t kTokenCountMax = 32;            // the verb not counted
inline constexpr std::size_t kVerbSizeMax = 32;
inline constexpr std::size_t kAccountSizeMax = 32;
inline constexpr std::size_t kRoomSizeMax = 48;  // the '#' not counted
inline constexpr std::size_t kDeviceSizeMax = 32;
inline constexpr std::size_t kDisplaySizeMax = 64;
inline constexpr std::size_t kPasswordSizeMax = 128;
inline constexpr std::size_t kRequestIdSizeMax = 64;
inline constexpr std::size_t kPageSizeMax = 256;
inline constexpr std::size_t kPageSizeDefault = 100;

}  // namespace plaintalk
