// The numbers that lead on to IP and to TCP: EtherTypes, and protocols in the header of IP (iana.org: IEEE
// 802 Numbers, Protocol Numbers).
#pragma once

#include <cstdint>

namespace plaintalk::analyzer::ether_type {

inline constexpr std::uint16_t kMin = 0x0600;  // below, the field is a length and LLC follows
inline constexpr std::uint16_t ipv4 = 0x0800;
inline constexpr std::uint16_t erspan_iii = 0x22eb;
inline constexpr std::uint16_t transparent_ethernet = 0x6558;
inline constexpr std::uint16_t ipv6 = 0x86dd;
inline constexpr std::uint16_t ppp = 0x880b;
inline constexpr std::uint16_t wccp = 0x883e;
inline constexpr std::uint16_t mpls = 0x8847;
inline constexpr std::uint16_t mpls_multicast = 0x8848;
inline constexpr std::uint16_t pppoe_discovery = 0x8863;
inline constexpr std::uint16_t pppoe_session = 0x8864;
inline constexpr std::uint16_t erspan = 0x88be;

}  // namespace plaintalk::analyzer::ether_type

namespace plaintalk::analyzer::ip_protocol {

inline constexpr std::uint8_t ipv4 = 4;
inline constexpr std::uint8_t tcp = 6;
inline constexpr std::uint8_t udp = 17;
inline constexpr std::uint8_t ipv6 = 41;
inline constexpr std::uint8_t gre = 47;
inline constexpr std::uint8_t ethernet = 97;
inline constexpr std::uint8_t mpls = 137;

}  // namespace plaintalk::analyzer::ip_protocol
