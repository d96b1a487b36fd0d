#include "capture/compressed/make_decompressor.hpp"

#include "capture/compressed/gzip.hpp"
#include "capture/compressed/lz4_frames.hpp"
#include "capture/compressed/zstandard.hpp"

namespace plaintalk::capture {

std::unique_ptr<Decompressor> make_decompressor(Bytes start) {
  const std::string_view text = as_text(start);
  if (text.starts_with("\x1F\x8B")) return std::make_unique<Gzip>();
  if (text.starts_with("\x28\xB5\x2F\xFD")) return std::make_unique<Zstandard>();
  if (text.starts_with("\x04\x22\x4D\x18")) return std::make_unique<Lz4Frames>();
  return nullptr;
}

}  // namespace plaintalk::capture
