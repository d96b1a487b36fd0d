#include "tests/capture/read_back.hpp"

#include <stdexcept>

namespace plaintalk::capture {

Contents read_back(CaptureReader reader) {
  Contents contents;
  contents.format = reader.format();
  for (;;) {
    const auto record = reader.next();
    if (!record) contents.error = record.error();
    if (!record || !*record) break;
    const PacketRecord& packet = **record;
    contents.packets.push_back({packet.number, packet.time.time_since_epoch().count(), packet.interface,
                                static_cast<std::uint32_t>(packet.link_type), packet.original_size,
                                std::string(as_text(packet.bytes))});
  }
  contents.interfaces = reader.interfaces();
  contents.comments = reader.comments();
  contents.skipped_blocks = reader.skipped_blocks();
  contents.skipped_block_count = reader.skipped_block_count();
  return contents;
}

Contents read_back(std::string_view file) {
  // An exact copy on the heap, so that AddressSanitizer sees the first byte read behind it.
  const std::vector<std::uint8_t> copy(file.begin(), file.end());
  return read_back(CaptureReader::from_memory(copy, "memory"));
}

std::string refusal(std::string_view file) {
  try {
    CaptureReader::from_memory(as_bytes(file), "memory");
    return {};
  } catch (const std::runtime_error& error) {
    return error.what();
  }
}

}  // namespace plaintalk::capture
