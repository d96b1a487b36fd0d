// Marks memory that holds no object at the moment, so that AddressSanitizer finds whoever still uses it, as
// it does with memory that was freed. Without AddressSanitizer nothing happens.
//
// It knows units of 8 bytes: the memory has to begin and to end with one.
#pragma once

#include <cstddef>

namespace plaintalk {

void poison_memory(const void* memory, std::size_t size);
void unpoison_memory(const void* memory, std::size_t size);

}  // namespace plaintalk
