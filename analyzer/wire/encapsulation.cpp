#include "analyzer/wire/encapsulation.hpp"

#include "analyzer/wire/link_views.hpp"
#include "analyzer/wire/protocol_numbers.hpp"

namespace plaintalk::analyzer {
namespace {

constexpr int kLayerCountMax = 8;
constexpr int kMplsLabelCountMax = 16;

// Label stack entries of four bytes; the lowest bit of the third marks the last (RFC 3032). What follows is
// only told by its first half-byte, as every router does.
EncapsulatedIp through_mpls(Bytes frame) {
  for (int label = 0; label < kMplsLabelCountMax; ++label) {
    if (frame.size() < 5) return no_segment(Skip::link_header_cut);
    const bool last = (frame[2] & 1) != 0;
    frame = frame.subspan(4);
    if (!last) continue;
    const int version = frame[0] >> 4;
    if (version != 4 && version != 6) return no_segment(Skip::ethertype, ether_type::mpls);
    return frame;
  }
  return no_segment(Skip::ethertype, ether_type::mpls);
}

EncapsulatedIp through_llc(Bytes frame, std::uint16_t& ethertype) {
  const auto llc = LlcView::parse(frame);
  if (!llc) return no_segment(Skip::link_header_cut);
  if (llc->is_ip()) {
    ethertype = ether_type::ipv4;
    return llc->payload();
  }
  if (!llc->is_snap()) return no_segment(Skip::llc_frame, llc->service_access_point());
  ethertype = llc->snap_ethertype();
  return llc->snap_payload();
}

}  // namespace

EncapsulatedIp through_ppp(Bytes frame) {
  const auto ppp = PppView::parse(frame);
  if (!ppp) return no_segment(Skip::link_header_cut);
  if (ppp->protocol() == PppView::kMpls) return through_mpls(ppp->payload());
  if (ppp->protocol() != PppView::kIpv4 && ppp->protocol() != PppView::kIpv6)
    return no_segment(Skip::ppp_protocol, ppp->protocol());
  return ppp->payload();
}

EncapsulatedIp through_pppoe(Bytes frame) {
  const auto pppoe = PppoeView::parse(frame);
  if (!pppoe) return no_segment(Skip::link_header_cut);
  if (!pppoe->is_session_data()) return no_segment(Skip::ethertype, ether_type::pppoe_discovery);
  return through_ppp(pppoe->payload());
}

EncapsulatedIp through_ethertype(std::uint16_t ethertype, Bytes rest, std::optional<std::uint16_t>& vlan) {
  for (int layer = 0; layer <= kLayerCountMax; ++layer) {
    switch (ethertype) {
      case ether_type::ipv4:
      case ether_type::ipv6: return rest;
      case ether_type::pppoe_session: return through_pppoe(rest);
      case ether_type::ppp: return through_ppp(rest);
      case ether_type::mpls:
      case ether_type::mpls_multicast: return through_mpls(rest);
      default: break;
    }
    if (ethertype < ether_type::kMin) {
      const EncapsulatedIp inner = through_llc(rest, ethertype);
      if (!inner) return inner;
      // An EtherType below the minimum inside SNAP would loop: it means nothing.
      if (ethertype < ether_type::kMin) return no_segment(Skip::ethertype, ethertype);
      rest = *inner;
      continue;
    }
    if (ethertype == ether_type::transparent_ethernet) {
      const auto ethernet = EthernetView::parse(rest);
      if (!ethernet) return no_segment(Skip::link_header_cut);
      ethertype = ethernet->ethertype();
      rest = ethernet->payload();
      continue;
    }
    if (!VlanTagView::is_tag(ethertype)) return no_segment(Skip::ethertype, ethertype);
    const auto tag = VlanTagView::parse(rest);
    if (!tag) return no_segment(Skip::link_header_cut);
    vlan = tag->vlan();
    ethertype = tag->ethertype();
    rest = tag->payload();
  }
  return no_segment(Skip::too_many_tags);
}

}  // namespace plaintalk::analyzer
