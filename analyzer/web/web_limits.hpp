// What anybody may do who can reach the port of the live view: docs/LIMITS.md.
#pragma once

#include <chrono>
#include <cstddef>

namespace plaintalk::analyzer::web {

struct WebLimits {
  static constexpr std::size_t kConnectionCountMax = 64;
  static constexpr std::size_t kBrowserCountMax = 16;  // that watch, of them
  static constexpr std::size_t kHeaderSizeMax = 8 << 10;
  static constexpr std::size_t kMessageSizeMax = 4 << 10;  // from a browser, which has nothing to say
  static constexpr int kSendBufferSize = 128 << 10;        // of the kernel, for each connection
  // A request that is not complete after that; a browser that takes nothing for that long.
  static constexpr std::chrono::seconds kRequestTime{10};
  static constexpr std::chrono::seconds kSilentTime{60};
};

}  // namespace plaintalk::analyzer::web
