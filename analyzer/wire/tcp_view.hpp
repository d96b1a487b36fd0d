// A TCP header with its options (RFC 9293, section 3.1), borrowed. parse() is the only way in.
//
//   |          source port          |          target port          |
//   |                        sequence number                        |
//   |                    acknowledgement number                     |
//   | offset| rsvd  |C|E|U|A|P|R|S|F|            window             |
//   |           checksum            |        urgent pointer         |
//   |                       options, up to 40                       |
#pragma once

#include <algorithm>
#include <cstdint>
#include <expected>

#include "analyzer/wire/skip_reason.hpp"
#include "analyzer/wire/tcp_segment.hpp"
#include "base/bytes.hpp"

namespace plaintalk::analyzer {

class TcpView {
 public:
  // The fixed part must have been captured whole; options may be cut by the capture.
  static std::expected<TcpView, SkipReason> parse(Bytes segment, std::size_t wire_size) {
    if (segment.size() < kHeaderSizeMin) return std::unexpected(SkipReason{Skip::tcp_header_cut});
    const TcpView view(segment, wire_size);
    if (view.header_size() < kHeaderSizeMin) return std::unexpected(SkipReason{Skip::tcp_header_bad});
    if (view.header_size() > wire_size) return std::unexpected(SkipReason{Skip::tcp_header_bad});
    return view;
  }

  std::uint16_t source_port() const { return be16(bytes_, 0); }
  std::uint16_t target_port() const { return be16(bytes_, 2); }
  std::uint32_t sequence() const { return be32(bytes_, 4); }
  std::uint32_t acknowledgement() const { return be32(bytes_, 8); }
  std::size_t header_size() const { return (std::size_t{bytes_[12]} >> 4) * 4; }
  TcpFlags flags() const {
    const std::uint8_t bits = bytes_[13];
    return {.fin = (bits & 0x01) != 0,
            .syn = (bits & 0x02) != 0,
            .rst = (bits & 0x04) != 0,
            .psh = (bits & 0x08) != 0,
            .ack = (bits & 0x10) != 0,
            .urg = (bits & 0x20) != 0,
            .ece = (bits & 0x40) != 0,
            .cwr = (bits & 0x80) != 0};
  }
  std::uint16_t window() const { return be16(bytes_, 14); }
  std::uint16_t checksum() const { return be16(bytes_, 16); }
  std::uint16_t urgent_pointer() const { return be16(bytes_, 18); }
  Bytes options() const {
    return bytes_.subspan(kHeaderSizeMin, std::min(header_size(), bytes_.size()) - kHeaderSizeMin);
  }
  Bytes payload() const { return bytes_.subspan(std::min(header_size(), bytes_.size())); }
  std::size_t payload_wire_size() const { return wire_size_ - header_size(); }
  Bytes all() const { return bytes_; }

 private:
  static constexpr std::size_t kHeaderSizeMin = 20;
  TcpView(Bytes bytes, std::size_t wire_size) : bytes_(bytes), wire_size_(wire_size) {}
  Bytes bytes_;
  std::size_t wire_size_;
};

// Reads what we know of the options into `segment`; an option that lies about its size ends the reading.
void read_tcp_options(Bytes options, TcpSegment& segment);

}  // namespace plaintalk::analyzer
