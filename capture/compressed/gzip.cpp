#include "capture/compressed/gzip.hpp"

#include <algorithm>
#include <limits>
#include <new>

#include <zlib.h>

namespace plaintalk::capture {
namespace {

constexpr int kGzipWindow = 16 + MAX_WBITS;  // zlib's way of saying gzip instead of zlib's own format
constexpr std::uint8_t kMemberStart = 0x1F;
constexpr std::size_t kPieceMax = std::numeric_limits<uInt>::max();

}  // namespace

Gzip::Gzip() : stream_(std::make_unique<z_stream_s>()) {
  if (::inflateInit2(stream_.get(), kGzipWindow) != Z_OK) throw std::bad_alloc();
}

Gzip::~Gzip() { ::inflateEnd(stream_.get()); }

std::expected<Decompressor::Step, std::string> Gzip::run(Bytes packed, std::span<std::uint8_t> plain) {
  if (is_between_members_ && !packed.empty()) {
    if (packed.front() != kMemberStart) is_over_ = true;
    if (!is_over_) {
      ::inflateReset(stream_.get());
      is_between_members_ = false;
    }
  }
  if (is_over_) return Step{packed.size(), 0};
  const auto in = static_cast<uInt>(std::min(packed.size(), kPieceMax));
  const auto out = static_cast<uInt>(std::min(plain.size(), kPieceMax));
  stream_->next_in = const_cast<Bytef*>(packed.data());  // zlib only reads it
  stream_->avail_in = in;
  stream_->next_out = plain.data();
  stream_->avail_out = out;
  const int status = ::inflate(stream_.get(), Z_NO_FLUSH);
  is_between_members_ = status == Z_STREAM_END;
  if (status != Z_OK && status != Z_STREAM_END && status != Z_BUF_ERROR)
    return std::unexpected("its gzip data are damaged");
  return Step{in - stream_->avail_in, out - stream_->avail_out};
}

}  // namespace plaintalk::capture
