#include "capture/compressed/lz4_frames.hpp"

#include <new>

#include <lz4frame.h>

namespace plaintalk::capture {

void Lz4Frames::Free::operator()(LZ4F_dctx_s* context) const { ::LZ4F_freeDecompressionContext(context); }

Lz4Frames::Lz4Frames() {
  LZ4F_dctx_s* context = nullptr;
  if (::LZ4F_isError(::LZ4F_createDecompressionContext(&context, LZ4F_VERSION)) != 0) throw std::bad_alloc();
  context_.reset(context);
}

std::expected<Decompressor::Step, std::string> Lz4Frames::run(Bytes packed, std::span<std::uint8_t> plain) {
  std::size_t taken = packed.size();
  std::size_t given = plain.size();
  const std::size_t left =
      ::LZ4F_decompress(context_.get(), plain.data(), &given, packed.data(), &taken, nullptr);
  if (::LZ4F_isError(left) != 0)
    return std::unexpected("its lz4 data cannot be read: " + std::string(::LZ4F_getErrorName(left)));
  if (taken > 0 || given > 0) is_between_frames_ = left == 0;
  return Step{taken, given};
}

}  // namespace plaintalk::capture
