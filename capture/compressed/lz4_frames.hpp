// LZ4 frames, several of them included.
#pragma once

#include <memory>

#include "capture/compressed/decompressor.hpp"

struct LZ4F_dctx_s;

namespace plaintalk::capture {

class Lz4Frames : public Decompressor {
 public:
  Lz4Frames();
  std::expected<Step, std::string> run(Bytes packed, std::span<std::uint8_t> plain) override;
  bool may_end() const override { return is_between_frames_; }

 private:
  struct Free {
    void operator()(LZ4F_dctx_s* context) const;
  };
  std::unique_ptr<LZ4F_dctx_s, Free> context_;
  bool is_between_frames_ = false;
};

}  // namespace plaintalk::capture
