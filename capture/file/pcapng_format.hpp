// The numbers of the pcapng format that the reader and the writer share (draft-ietf-opsawg-pcapng, sections 3
// and 4).
//
//   every block:   type (32) | total length (32) | body, a multiple of 4 bytes | total length again (32)
//   every option:  code (16) | length (16)       | value, padded to 4 bytes
#pragma once

#include <cstddef>
#include <cstdint>

namespace plaintalk::capture::pcapng {

inline constexpr std::uint32_t kSectionHeaderBlock = 0x0A0D0D0A;  // reads the same in both byte orders
inline constexpr std::uint32_t kInterfaceBlock = 1;
inline constexpr std::uint32_t kObsoletePacketBlock = 2;
inline constexpr std::uint32_t kSimplePacketBlock = 3;
inline constexpr std::uint32_t kStatisticsBlock = 5;
inline constexpr std::uint32_t kEnhancedPacketBlock = 6;

inline constexpr std::uint32_t kByteOrderMagic = 0x1A2B3C4D;
inline constexpr std::size_t kBlockFrameSize = 12;  // type and both lengths

inline constexpr std::uint16_t kEndOfOptions = 0;
inline constexpr std::uint16_t kComment = 1;
inline constexpr std::uint16_t kSectionApplication = 4;       // shb_userappl
inline constexpr std::uint16_t kInterfaceName = 2;            // if_name
inline constexpr std::uint16_t kInterfaceDescription = 3;     // if_description
inline constexpr std::uint16_t kInterfaceTimeResolution = 9;  // if_tsresol
inline constexpr std::uint16_t kInterfaceFilter = 11;         // if_filter
inline constexpr std::uint16_t kInterfaceTimeOffset = 14;     // if_tsoffset
inline constexpr std::uint16_t kStatisticsReceived = 4;       // isb_ifrecv
inline constexpr std::uint16_t kStatisticsInterfaceDrop = 5;  // isb_ifdrop
inline constexpr std::uint16_t kStatisticsKernelDrop = 7;     // isb_osdrop

constexpr std::size_t padded(std::size_t size) { return (size + 3) & ~std::size_t{3}; }

}  // namespace plaintalk::capture::pcapng
