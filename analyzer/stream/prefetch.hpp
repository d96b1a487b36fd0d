// Has an object fetched into the cache before it is needed. To ask for all of its lines at once costs one
// wait; to run into them one after the other costs as many as it has lines.
#pragma once

#include <cstddef>

namespace plaintalk::analyzer {

template <typename Object>
void prefetch(const Object* object) {
  constexpr std::size_t kLineSize = 64;
  if (object == nullptr) return;
  const auto* const first = reinterpret_cast<const char*>(object);
  for (std::size_t at = 0; at < sizeof(Object); at += kLineSize) __builtin_prefetch(first + at, 1);
}

}  // namespace plaintalk::analyzer
