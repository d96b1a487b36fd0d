#include "capture/compressed/zstandard.hpp"

#include <new>

#include <zstd.h>

namespace plaintalk::capture {

void Zstandard::Free::operator()(ZSTD_DCtx_s* context) const { ::ZSTD_freeDCtx(context); }

Zstandard::Zstandard() : context_(::ZSTD_createDCtx()) {
  if (context_ == nullptr) throw std::bad_alloc();
}

std::expected<Decompressor::Step, std::string> Zstandard::run(Bytes packed, std::span<std::uint8_t> plain) {
  ZSTD_inBuffer in{packed.data(), packed.size(), 0};
  ZSTD_outBuffer out{plain.data(), plain.size(), 0};
  const std::size_t left = ::ZSTD_decompressStream(context_.get(), &out, &in);
  if (::ZSTD_isError(left) != 0)
    return std::unexpected("its zstd data cannot be read: " + std::string(::ZSTD_getErrorName(left)));
  if (in.pos > 0 || out.pos > 0) is_between_frames_ = left == 0;
  return Step{in.pos, out.pos};
}

}  // namespace plaintalk::capture
