// What a reader tells of a capture file besides its packets: its interfaces, and where it is damaged.
#pragma once

#include <cstdint>
#include <optional>
#include <string>

#include "base/packet_record.hpp"

namespace plaintalk::capture {

struct InterfaceInfo {
  LinkType link_type = LinkType::ethernet;
  std::uint32_t snap_length = 0;  // 0: no limit
  std::string name;               // if_name, empty in pcap
  std::string description;
  std::uint64_t time_units_per_second = 1'000'000;
  // From the last interface statistics block, if there was one.
  std::optional<std::uint64_t> received_count;
  std::optional<std::uint64_t> dropped_count;            // by the kernel buffer (isb_osdrop)
  std::optional<std::uint64_t> interface_dropped_count;  // isb_ifdrop
};

// Where and how a file is not well-formed. The records before it are good.
struct CaptureError {
  std::uint64_t file_offset = 0;
  std::uint64_t packet_number = 0;  // the record it is in, counted from 1
  std::string what;                 // for a person: "the file ends inside record 12 ..."
};

}  // namespace plaintalk::capture
