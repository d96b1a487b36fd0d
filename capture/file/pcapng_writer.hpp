// Writes pcapng: little-endian, nanosecond time stamps, one section (draft-ietf-opsawg-pcapng).
//
// Bytes go to a sink, so that the same writer serves a file, a pipe and a test. Each block is whole when it
// reaches the sink: a reader that follows a live file never sees half a block.
#pragma once

#include <cstdint>
#include <functional>
#include <optional>
#include <string>
#include <string_view>

#include "base/packet_record.hpp"

namespace plaintalk::capture {

struct InterfaceStatistics {
  std::uint64_t received_count = 0;
  std::uint64_t dropped_count = 0;
  std::uint64_t interface_dropped_count = 0;
};

class PcapngWriter {
 public:
  using Sink = std::function<void(std::string_view)>;

  struct Section {
    std::string application;  // shb_userappl
    std::string comment;      // opt_comment
  };
  struct Interface {
    LinkType link_type = LinkType::ethernet;
    std::uint32_t snap_length = 262144;
    std::string name;
    std::string filter;
  };

  PcapngWriter(Sink sink, const Section& section);

  // Returns the index to name it by.
  std::uint32_t add_interface(const Interface& interface);
  void packet(std::uint32_t interface, WallTime time, Bytes bytes, std::uint32_t original_size,
              std::string_view comment = {});
  void statistics(std::uint32_t interface, WallTime time, const InterfaceStatistics& statistics);

 private:
  Sink sink_;
  std::string block_;
  std::uint32_t interface_count_ = 0;
};

}  // namespace plaintalk::capture
