#include "tests/support/heap.hpp"

#include <malloc.h>

#ifdef __SANITIZE_ADDRESS__
// Of the sanitizer's run-time; g++ 12 of Debian has no header for it.
extern "C" std::size_t __sanitizer_get_current_allocated_bytes();
#endif

namespace plaintalk::test {

std::size_t heap_bytes() {
#ifdef __SANITIZE_ADDRESS__
  return __sanitizer_get_current_allocated_bytes();
#else
  const struct mallinfo2 info = ::mallinfo2();
  return info.uordblks + info.hblkhd;
#endif
}

}  // namespace plaintalk::test
