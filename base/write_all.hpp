// write(2) until everything is written.
#pragma once

#include <string_view>

namespace plaintalk {

// Goes on after a signal and after a short write, and waits while a non-blocking descriptor is full. Returns
// 0, or the errno of the write that failed; how much was written before it is not known then.
int write_all(int descriptor, std::string_view bytes);

}  // namespace plaintalk
