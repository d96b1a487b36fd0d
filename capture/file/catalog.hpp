// What a capture file says about itself beside its packets, gathered while it is read, and how its faults are
// worded.
#pragma once

#include <cstddef>
#include <cstdint>
#include <expected>
#include <optional>
#include <string>
#include <vector>

#include "capture/file/capture_info.hpp"
#include "capture/file/input.hpp"

namespace plaintalk::capture {

// Far above any real packet; a length over it means that the file is damaged or hostile.
inline constexpr std::uint32_t kRecordSizeMax = 16u << 20;

struct Catalog {
  std::vector<InterfaceInfo> interfaces;
  std::vector<std::string> comments;
  std::uint64_t packet_count = 0;
  // Blocks that could not be used and cost only themselves: the first few, and how many there were.
  std::vector<CaptureError> skipped_blocks;
  std::uint64_t skipped_block_count = 0;

  std::unexpected<CaptureError> fault(std::uint64_t file_offset, std::string what) const {
    return std::unexpected(CaptureError{file_offset, packet_count + 1, std::move(what)});
  }
  void skip_block(std::uint64_t file_offset, std::string what);
  // The input stopped after `have` of `want` bytes of `part`.
  std::unexpected<CaptureError> cut(const Input& input, const std::string& part, std::size_t have,
                                    std::size_t want) const;
};

using NextRecord = std::expected<std::optional<PacketRecord>, CaptureError>;

}  // namespace plaintalk::capture
