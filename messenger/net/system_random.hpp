// Random bytes from the operating system, for salts, tokens and file handles.
#pragma once

#include <string>

#include "base/crypto/digest.hpp"
#include "messenger/core/services.hpp"

namespace plaintalk::messenger {

class SystemRandom final : public RandomSource {
 public:
  std::string bytes(std::size_t size) override { return random_bytes(size); }
};

}  // namespace plaintalk::messenger
