// pcapng (draft-ietf-opsawg-pcapng): blocks, in sections that each have their own byte order and their own
// interfaces.
//
// Packet blocks of all three kinds become records, statistics and interface blocks fill the catalog, every
// other block is skipped by its length without being kept. The length of a section is not used: it may be
// unknown (-1), and the blocks tell anyway.
//
// A block whose two lengths agree costs only itself when its content is wrong, and its packet keeps its
// number. Only a section header must be right, for all blocks behind it are read by it.
#pragma once

#include <cstddef>
#include <cstdint>
#include <expected>
#include <string>
#include <vector>

#include "capture/file/byte_order.hpp"
#include "capture/file/catalog.hpp"
#include "capture/file/time_scale.hpp"

namespace plaintalk::capture {

// More interfaces than this in one file only come from somebody who wants to fill our memory.
inline constexpr std::size_t kInterfaceCountMax = 65536;

class PcapngParser {
 public:
  static bool recognises(Bytes start);

  // Reads the first section header.
  std::expected<void, std::string> begin(Input& input, Catalog& catalog);
  NextRecord next(Input& input, Catalog& catalog);
  std::string format() const { return "pcapng"; }

 private:
  struct Clock {
    TimeScale scale;
    std::int64_t offset_s = 0;
    bool is_known = true;  // false: the interface's block is damaged, so nobody knows what its times mean
  };
  struct Head {
    std::uint32_t type = 0;
    std::uint32_t length = 0;
  };
  // What a block of a packet says, before it is checked.
  struct Packet {
    std::uint32_t interface = 0;
    std::uint64_t time_units = 0;
    bool has_time = true;
    std::uint32_t captured_size = 0;
    std::uint32_t original_size = 0;
    Bytes data;  // up to the end of the block: the packet, its padding, options
  };

  std::expected<std::optional<Head>, CaptureError> read_head(Input& input, Catalog& catalog);
  std::expected<Bytes, CaptureError> read_body(Input& input, Catalog& catalog, const Head& head);
  std::expected<void, CaptureError> skip_block(Input& input, Catalog& catalog, const Head& head);
  // Take in one block each; an error is a sentence, its place is the block.
  std::expected<void, std::string> take_section(Bytes body, Catalog& catalog, std::uint64_t start);
  std::expected<void, std::string> take_interface(Bytes body, Catalog& catalog);
  std::expected<void, std::string> take_statistics(Bytes body, Catalog& catalog);
  std::expected<Packet, std::string> read_packet(std::uint32_t type, Bytes body,
                                                 const Catalog& catalog) const;
  std::expected<PacketRecord, std::string> record(const Packet& packet, const Catalog& catalog);

  ByteOrder order_;
  std::vector<Clock> clocks_;      // as long as the catalog's interfaces
  std::size_t section_start_ = 0;  // the first interface of this section
  WallTime last_time_;
};

}  // namespace plaintalk::capture
