// Reads a whole capture and keeps copies, so that tests can compare values.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "capture/file/capture_reader.hpp"

namespace plaintalk::capture {

struct Packet {
  std::uint64_t number = 0;
  std::int64_t time_ns = 0;
  std::uint32_t interface = 0;
  std::uint32_t link_type = 0;
  std::uint32_t original_size = 0;
  std::string bytes;
  bool operator==(const Packet&) const = default;
};

struct Contents {
  std::string format;
  std::vector<Packet> packets;
  std::vector<InterfaceInfo> interfaces;
  std::vector<std::string> comments;
  std::vector<CaptureError> skipped_blocks;
  std::uint64_t skipped_block_count = 0;
  std::optional<CaptureError> error;
};

Contents read_back(CaptureReader reader);
Contents read_back(std::string_view file);
// Why the reader refuses to open it at all; "" when it does not.
std::string refusal(std::string_view file);

}  // namespace plaintalk::capture
