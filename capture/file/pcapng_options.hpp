// Walks the options at the end of a pcapng block, and stops at their end mark or the block's.
#pragma once

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <optional>

#include "capture/file/byte_order.hpp"
#include "capture/file/pcapng_format.hpp"

namespace plaintalk::capture::pcapng {

struct Option {
  std::uint16_t code = 0;
  Bytes value;
};

class OptionReader {
 public:
  OptionReader(ByteOrder order, Bytes options) : order_(order), rest_(options) {}

  std::optional<Option> next() {
    if (rest_.size() < 4) return std::nullopt;
    const std::uint16_t code = order_.u16(rest_, 0);
    const std::size_t size = order_.u16(rest_, 2);
    if (code == kEndOfOptions) return std::nullopt;
    if (rest_.size() - 4 < size) {
      is_overrun_ = true;
      return std::nullopt;
    }
    const Bytes value = rest_.subspan(4, size);
    // Some writers leave out the padding of the very last option.
    rest_ = rest_.subspan(std::min(rest_.size(), 4 + padded(size)));
    return Option{code, value};
  }

  // The last option claimed more bytes than the block has.
  bool is_overrun() const { return is_overrun_; }

 private:
  ByteOrder order_;
  Bytes rest_;
  bool is_overrun_ = false;
};

}  // namespace plaintalk::capture::pcapng
