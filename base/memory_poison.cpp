#include "base/memory_poison.hpp"

// There when the program is linked with AddressSanitizer, whichever compiler it is.
extern "C" {
[[gnu::weak]] void __asan_poison_memory_region(const volatile void* memory, std::size_t size);
[[gnu::weak]] void __asan_unpoison_memory_region(const volatile void* memory, std::size_t size);
}

namespace plaintalk {

void poison_memory(const void* memory, std::size_t size) {
  if (__asan_poison_memory_region != nullptr) __asan_poison_memory_region(memory, size);
}

void unpoison_memory(const void* memory, std::size_t size) {
  if (__asan_unpoison_memory_region != nullptr) __asan_unpoison_memory_region(memory, size);
}

}  // namespace plaintalk
