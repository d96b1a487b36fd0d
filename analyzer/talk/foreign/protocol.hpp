// One connection that speaks a protocol other than ours. Bytes come in order for each direction; what is
// missing in the capture is told as lost. The state is bounded (docs/LIMITS.md), whatever a stranger sends.
#pragma once

#include <cstddef>
#include <cstdint>
#include <string_view>

#include "analyzer/talk/foreign/secret.hpp"

namespace plaintalk::analyzer::foreign {

class Protocol {
 public:
  virtual ~Protocol() = default;

  virtual std::string_view name() const = 0;
  virtual void data(Direction direction, std::string_view bytes, Moment moment) = 0;
  virtual void lost(Direction direction, std::uint64_t size) = 0;
  // The connection ended: what waits for an answer will not get one.
  virtual void finish() = 0;
  // Nothing more can be learned here: everybody is logged in, or the rest is encrypted.
  virtual bool is_over() const { return false; }
  // Bytes of heap that it holds, near enough.
  virtual std::size_t held_size() const = 0;
};

}  // namespace plaintalk::analyzer::foreign
