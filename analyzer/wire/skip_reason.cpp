#include "analyzer/wire/skip_reason.hpp"

#include <algorithm>
#include <array>
#include <cstdio>
#include <span>
#include <string_view>

namespace plaintalk::analyzer {
namespace {

struct Named {
  std::uint32_t number;
  std::string_view name;
};

constexpr auto kUnnumbered = ~std::uint32_t{0};

// From the registry of link types, the ones a student is likely to meet.
constexpr std::array kLinkTypes = std::to_array<Named>({
    {129, "arcnet"},
    {130, "juniper mlppp"},
    {137, "juniper atm2"},
    {135, "juniper atm1"},
    {140, "mtp2"},
    {147, "user 0"},
    {178, "juniper ethernet, frame left out"},
    {179, "juniper ppp, frame left out"},
    {181, "juniper hdlc, frame left out"},
    {187, "bluetooth hci"},
    {189, "usb"},
    {192, "ppi"},
    {195, "ieee 802.15.4"},
    {220, "usb linux"},
    {249, "usbpcap"},
    {253, "netlink"},
    {271, "vsock"},
});

constexpr std::array kEtherTypes = std::to_array<Named>({
    {0x0806, "arp"},
    {0x0842, "wake on lan"},
    {0x8035, "rarp"},
    {0x80f3, "appletalk arp"},
    {0x809b, "appletalk"},
    {0x8137, "ipx"},
    {0x8808, "ethernet flow control"},
    {0x8809, "slow protocols"},
    {0x8847, "mpls"},
    {0x8848, "mpls"},
    {0x8863, "pppoe discovery"},
    {0x888e, "eapol"},
    {0x88cc, "lldp"},
    {0x88e5, "macsec"},
    {0x88e7, "provider backbone"},
    {0x8892, "profinet"},
    {0x88f7, "ptp"},
    {0x9000, "loopback test"},
    {0x22eb, "geonetworking"},
});

constexpr std::array kIpProtocols = std::to_array<Named>({
    {1, "icmp"},
    {4, "ipv4 in ip"},
    {41, "ipv6 in ip"},
    {47, "gre"},
    {97, "ethernet in ip"},
    {137, "mpls in ip"},
    {2, "igmp"},
    {17, "udp"},
    {33, "dccp"},
    {46, "rsvp"},
    {50, "esp"},
    {51, "ah"},
    {58, "icmpv6"},
    {59, "no next header"},
    {88, "eigrp"},
    {89, "ospf"},
    {103, "pim"},
    {112, "vrrp"},
    {115, "tunnel: l2tp"},
    {132, "sctp"},
    {136, "udp-lite"},
});

constexpr std::array kPppProtocols = std::to_array<Named>({
    {0x8021, "ppp ipcp"},
    {0x8057, "ppp ipv6cp"},
    {0x80fd, "ppp ccp"},
    {0xc021, "ppp lcp"},
    {0xc023, "ppp pap"},
    {0xc223, "ppp chap"},
    {0x00fd, "ppp compressed"},
    {0x0281, "ppp mpls"},
    {0x003d, "ppp multilink"},
});

std::string_view find(std::span<const Named> table, std::uint32_t number) {
  const auto found = std::ranges::find(table, number, &Named::number);
  return found == table.end() ? std::string_view{} : found->name;
}

std::string numbered(std::string_view what, SkipReason reason, bool hexadecimal) {
  if (reason.number == kUnnumbered) return "other " + std::string(what);
  std::array<char, 24> digits{};
  std::snprintf(digits.data(), digits.size(), hexadecimal ? " 0x%04x" : " %u", reason.number);
  return std::string(what) + digits.data();
}

std::string with_name(std::string text, std::string_view name) {
  return name.empty() ? text : text + " (" + std::string(name) + ")";
}

std::string name_or_number(std::span<const Named> table, std::string_view what, SkipReason reason,
                           bool hexadecimal) {
  const std::string_view name = find(table, reason.number);
  return name.empty() ? numbered(what, reason, hexadecimal) : std::string(name);
}

std::string_view tunnel_of(SkipReason reason) {
  return reason.number == kUnnumbered ? "other" : name_of(static_cast<TunnelKind>(reason.number));
}

std::string name_of_kind(SkipReason reason) {
  switch (reason.kind) {
    case Skip::link_type:
      return with_name(numbered("link type", reason, false), find(kLinkTypes, reason.number));
    case Skip::link_header_cut: return "truncated link header";
    case Skip::ethertype: return name_or_number(kEtherTypes, "ethertype", reason, true);
    case Skip::too_many_tags: return "too many vlan tags";
    case Skip::llc_frame: return "llc";
    case Skip::ppp_protocol: return name_or_number(kPppProtocols, "ppp protocol", reason, true);
    case Skip::address_family: return numbered("address family", reason, false);
    case Skip::ip_version: return numbered("ip version", reason, false);
    case Skip::ipv4_header_cut: return "truncated ipv4 header";
    case Skip::ipv4_header_bad: return "bad ipv4 header";
    case Skip::ipv6_header_cut: return "truncated ipv6 header";
    case Skip::ipv6_extension_bad: return "bad ipv6 extension headers";
    case Skip::ip_protocol: return name_or_number(kIpProtocols, "ip protocol", reason, false);
    case Skip::tunnel: return "tunnel: " + std::string(tunnel_of(reason));
    case Skip::tunnel_header_cut: return "truncated tunnel header: " + std::string(tunnel_of(reason));
    case Skip::tunnel_too_deep: return "tunnels nested too deeply";
    case Skip::wifi_no_data: return "ieee 802.11 without data";
    case Skip::wifi_encrypted: return "ieee 802.11, encrypted";
    case Skip::wifi_fragment: return "ieee 802.11 fragment";
    case Skip::wifi_aggregate: return "ieee 802.11 aggregate (a-msdu)";
    case Skip::fragment_waiting: return "fragment of an incomplete packet";
    case Skip::fragment_bad: return "bad fragment";
    case Skip::fragment_overlap: return "overlapping fragment";
    case Skip::tcp_header_cut: return "truncated tcp header";
    case Skip::tcp_header_bad: return "bad tcp header";
  }
  return "unknown";
}

}  // namespace

std::string name_of(SkipReason reason) {
  const std::string name = name_of_kind(reason);
  if (reason.inside == TunnelKind::none) return name;
  return name + " (in " + std::string(name_of(reason.inside)) + ")";
}

SkipReason SkipCounter::key_of(SkipReason reason) const {
  if (counts_.size() >= kReasonCountMax && !counts_.contains(reason)) reason.number = kUnnumbered;
  return reason;
}

void SkipCounter::add(SkipReason reason, std::uint64_t count) { counts_[key_of(reason)] += count; }

void SkipCounter::take_back(SkipReason reason, std::uint64_t count) {
  const auto entry = counts_.find(key_of(reason));
  if (entry == counts_.end()) return;
  entry->second -= std::min(entry->second, count);
  if (entry->second == 0) counts_.erase(entry);
}

const std::map<std::string, std::uint64_t>& SkipCounter::by_name() const {
  by_name_.clear();
  for (const auto& [reason, count] : counts_) by_name_[name_of(reason)] += count;
  return by_name_;
}

}  // namespace plaintalk::analyzer
