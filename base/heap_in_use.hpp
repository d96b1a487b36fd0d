// How much memory the process holds on its heap, by the allocator's own count.
#pragma once

#include <cstddef>

namespace plaintalk {

// 0 where the allocator does not tell (under AddressSanitizer).
std::size_t heap_in_use();
// Of the machine; 0 when it is not known.
std::size_t physical_memory();

}  // namespace plaintalk
