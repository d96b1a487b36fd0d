// Zstandard (RFC 8878), several frames included.
#pragma once

#include <memory>

#include "capture/compressed/decompressor.hpp"

struct ZSTD_DCtx_s;

namespace plaintalk::capture {

class Zstandard : public Decompressor {
 public:
  Zstandard();
  std::expected<Step, std::string> run(Bytes packed, std::span<std::uint8_t> plain) override;
  bool may_end() const override { return is_between_frames_; }

 private:
  struct Free {
    void operator()(ZSTD_DCtx_s* context) const;
  };
  std::unique_ptr<ZSTD_DCtx_s, Free> context_;
  bool is_between_frames_ = false;
};

}  // namespace plaintalk::capture
