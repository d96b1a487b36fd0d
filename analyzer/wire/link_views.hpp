// The link layers below IP, as checked views: parse() is the only way in and checks every length once, so no
// accessor can fail. Each view knows its EtherType (or what stands for one) and what follows its header.
//
//   Ethernet  target(6) source(6) EtherType(2), or a length below 0x600 and LLC       IEEE 802.3
//   SLL       type(2) ARPHRD(2) size(2) address(8) EtherType(2)                        LINKTYPE_LINUX_SLL
//   SLL2      EtherType(2) 0(2) device(4) ARPHRD(2) type(1) size(1) address(8)         LINKTYPE_LINUX_SLL2
//   NULL      address family(4) in the byte order of the capturing machine
//   PPP       [FF 03] protocol(2), or one byte when it is odd                         RFC 1661, 1662
//   PPPoE     11 code(1) session(2) length(2), then PPP                                RFC 2516
#pragma once

#include <cstdint>
#include <optional>

#include "base/bytes.hpp"

namespace plaintalk::analyzer {

class EthernetView {
 public:
  static std::optional<EthernetView> parse(Bytes frame) {
    if (frame.size() < kHeaderSize) return std::nullopt;
    return EthernetView(frame);
  }
  std::uint16_t ethertype() const { return be16(bytes_, 12); }
  Bytes payload() const { return bytes_.subspan(kHeaderSize); }

 private:
  static constexpr std::size_t kHeaderSize = 14;
  explicit EthernetView(Bytes bytes) : bytes_(bytes) {}
  Bytes bytes_;
};

// What follows a tag protocol identifier (IEEE 802.1Q): priority and VLAN id(2), then the next EtherType(2).
class VlanTagView {
 public:
  static bool is_tag(std::uint16_t ethertype) {
    return ethertype == 0x8100 || ethertype == 0x88a8 || ethertype == 0x9100 || ethertype == 0x9200;
  }
  static std::optional<VlanTagView> parse(Bytes tag) {
    if (tag.size() < kHeaderSize) return std::nullopt;
    return VlanTagView(tag);
  }
  std::uint16_t vlan() const { return be16(bytes_, 0) & 0x0fff; }
  std::uint16_t ethertype() const { return be16(bytes_, 2); }
  Bytes payload() const { return bytes_.subspan(kHeaderSize); }

 private:
  static constexpr std::size_t kHeaderSize = 4;
  explicit VlanTagView(Bytes bytes) : bytes_(bytes) {}
  Bytes bytes_;
};

// LLC with SNAP, the only LLC that carries IP: AA AA 03, organisation(3) = 0, EtherType(2) (RFC 1042); or SAP
// 06 for IP itself.
class LlcView {
 public:
  static std::optional<LlcView> parse(Bytes frame) {
    if (frame.size() < kHeaderSize) return std::nullopt;
    return LlcView(frame);
  }
  std::uint8_t service_access_point() const { return bytes_[0]; }
  bool is_ip() const { return bytes_[0] == 0x06 && bytes_[1] == 0x06 && bytes_[2] == 0x03; }
  bool is_snap() const {
    return bytes_[0] == 0xaa && bytes_[1] == 0xaa && bytes_[2] == 0x03 && bytes_.size() >= kSnapHeaderSize &&
           bytes_[3] == 0 && bytes_[4] == 0 && bytes_[5] == 0;
  }
  std::uint16_t snap_ethertype() const { return be16(bytes_, 6); }  // only if is_snap()
  Bytes snap_payload() const { return bytes_.subspan(kSnapHeaderSize); }
  Bytes payload() const { return bytes_.subspan(kHeaderSize); }

 private:
  static constexpr std::size_t kHeaderSize = 3;
  static constexpr std::size_t kSnapHeaderSize = 8;
  explicit LlcView(Bytes bytes) : bytes_(bytes) {}
  Bytes bytes_;
};

class SllView {
 public:
  static std::optional<SllView> parse(Bytes frame) {
    if (frame.size() < kHeaderSize) return std::nullopt;
    return SllView(frame);
  }
  std::uint16_t packet_type() const { return be16(bytes_, 0); }  // 4: sent by us
  std::uint16_t ethertype() const { return be16(bytes_, 14); }
  Bytes payload() const { return bytes_.subspan(kHeaderSize); }

 private:
  static constexpr std::size_t kHeaderSize = 16;
  explicit SllView(Bytes bytes) : bytes_(bytes) {}
  Bytes bytes_;
};

class Sll2View {
 public:
  static std::optional<Sll2View> parse(Bytes frame) {
    if (frame.size() < kHeaderSize) return std::nullopt;
    return Sll2View(frame);
  }
  std::uint16_t ethertype() const { return be16(bytes_, 0); }
  std::uint32_t device() const { return be32(bytes_, 4); }
  std::uint8_t packet_type() const { return bytes_[10]; }
  Bytes payload() const { return bytes_.subspan(kHeaderSize); }

 private:
  static constexpr std::size_t kHeaderSize = 20;
  explicit Sll2View(Bytes bytes) : bytes_(bytes) {}
  Bytes bytes_;
};

// BSD loopback. The family is in host order of whoever captured, so the order is told by which half is zero.
class NullView {
 public:
  static std::optional<NullView> parse(Bytes frame) {
    if (frame.size() < kHeaderSize) return std::nullopt;
    return NullView(frame);
  }
  std::uint32_t family() const {
    const std::uint32_t little = le32(bytes_, 0);
    return little <= 0xffff ? little : be32(bytes_, 0);
  }
  // AF_INET is 2 everywhere. AF_INET6 is 24 on NetBSD and OpenBSD, 28 on FreeBSD, 30 on macOS, 10 on Linux,
  // 23 on Windows.
  bool is_ipv4() const { return family() == 2; }
  bool is_ipv6() const {
    const std::uint32_t value = family();
    return value == 24 || value == 28 || value == 30 || value == 10 || value == 23;
  }
  Bytes payload() const { return bytes_.subspan(kHeaderSize); }

 private:
  static constexpr std::size_t kHeaderSize = 4;
  explicit NullView(Bytes bytes) : bytes_(bytes) {}
  Bytes bytes_;
};

class PppView {
 public:
  static constexpr std::uint16_t kIpv4 = 0x0021;
  static constexpr std::uint16_t kIpv6 = 0x0057;
  static constexpr std::uint16_t kMpls = 0x0281;

  static std::optional<PppView> parse(Bytes frame) {
    if (frame.size() >= 2 && frame[0] == 0xff && frame[1] == 0x03) frame = frame.subspan(2);
    if (frame.empty()) return std::nullopt;
    // The last byte of a protocol number is odd and the first even, so an odd first byte is a whole
    // compressed number.
    if ((frame[0] & 1) != 0) return PppView(frame[0], frame.subspan(1));
    if (frame.size() < 2) return std::nullopt;
    return PppView(be16(frame, 0), frame.subspan(2));
  }
  std::uint16_t protocol() const { return protocol_; }
  Bytes payload() const { return payload_; }

 private:
  PppView(std::uint16_t protocol, Bytes payload) : protocol_(protocol), payload_(payload) {}
  std::uint16_t protocol_;
  Bytes payload_;
};

class PppoeView {
 public:
  static std::optional<PppoeView> parse(Bytes frame) {
    if (frame.size() < kHeaderSize || frame[0] != 0x11) return std::nullopt;
    return PppoeView(frame);
  }
  bool is_session_data() const { return bytes_[1] == 0; }
  Bytes payload() const { return bytes_.subspan(kHeaderSize); }

 private:
  static constexpr std::size_t kHeaderSize = 6;
  explicit PppoeView(Bytes bytes) : bytes_(bytes) {}
  Bytes bytes_;
};

}  // namespace plaintalk::analyzer
