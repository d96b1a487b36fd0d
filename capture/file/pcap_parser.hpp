// pcap (draft-ietf-opsawg-pcap): one header, then records of one link type.
//
//   header   magic | version 2.4 | 2 unused words | snap length | FCS length (4 bits), f (1), reserved (11),
//   link type (16) record   seconds | fraction | captured length | original length | [8 bytes in the
//   "modified" format] | packet
//
// The magic tells byte order and the unit of the fraction. Files older than version 2.4 have the two lengths
// swapped.
#pragma once

#include <cstdint>
#include <expected>
#include <optional>
#include <string>

#include "capture/file/byte_order.hpp"
#include "capture/file/catalog.hpp"

namespace plaintalk::capture {

class PcapParser {
 public:
  // By the first four bytes.
  static std::optional<PcapParser> recognise(Bytes start);

  // Reads the file header; the error says why the file cannot be used.
  std::expected<void, std::string> begin(Input& input, Catalog& catalog);
  NextRecord next(Input& input, Catalog& catalog);
  std::string format() const;

 private:
  enum class LengthOrder : std::uint8_t { normal, swapped, smaller_first };

  ByteOrder order_;
  bool is_modified_ = false;
  std::uint32_t fraction_ns_ = 1000;
  LengthOrder length_order_ = LengthOrder::normal;
};

}  // namespace plaintalk::capture
