#include "capture/file/catalog.hpp"

#include <utility>

namespace plaintalk::capture {

void Catalog::skip_block(std::uint64_t file_offset, std::string what) {
  constexpr std::size_t kKeptCountMax = 16;
  ++skipped_block_count;
  if (skipped_blocks.size() < kKeptCountMax)
    skipped_blocks.push_back({file_offset, packet_count + 1, std::move(what)});
}

std::unexpected<CaptureError> Catalog::cut(const Input& input, const std::string& part, std::size_t have,
                                           std::size_t want) const {
  const std::string sizes = ": " + std::to_string(have) + " of " + std::to_string(want) + " bytes are there";
  if (!input.failure().empty())
    return fault(input.position(), "reading failed inside " + part + sizes + " (" + input.failure() + ')');
  return fault(input.position(), "the file ends inside " + part + sizes);
}

}  // namespace plaintalk::capture
