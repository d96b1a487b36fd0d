// gzip (RFC 1952), several members included. Like gunzip it ignores what follows the last member.
#pragma once

#include <memory>

#include "capture/compressed/decompressor.hpp"

struct z_stream_s;

namespace plaintalk::capture {

class Gzip : public Decompressor {
 public:
  Gzip();
  ~Gzip() override;
  std::expected<Step, std::string> run(Bytes packed, std::span<std::uint8_t> plain) override;
  bool may_end() const override { return is_between_members_; }

 private:
  std::unique_ptr<z_stream_s> stream_;
  bool is_between_members_ = false;
  bool is_over_ = false;  // what comes now is no further member
};

}  // namespace plaintalk::capture
