// How much of the heap is in use, so that a bound can be compared with what is really held.
#pragma once

#include <cstddef>

namespace plaintalk::test {

std::size_t heap_bytes();

}  // namespace plaintalk::test
