// write(2) until everything is written.
#pragma once

#include <cstddef>
#include <string_view>

namespace plaintalk {

// Goes on after a signal and after a short write, and waits while a non-blocking descriptor is full. Returns
// 0, or the errno of the write that failed; `written`, if given, is set to how much got there in any case.
int write_all(int descriptor, std::string_view bytes, std::size_t* written = nullptr);

}  // namespace plaintalk
