// check(): stops the program when our own code is wrong, in every build type.
//
// Three kinds of trouble are kept apart (docs/decisions/0002-errors.md): bad bytes from outside are values
// (std::expected), a program that cannot start throws and main reports it, and a bug stops here.
#pragma once

#include <source_location>

namespace plaintalk {

[[noreturn]] void check_failed(const char* what, std::source_location where);

inline void check(bool condition, const char* what,
                  std::source_location where = std::source_location::current()) {
  if (!condition) [[unlikely]]
    check_failed(what, where);
}

}  // namespace plaintalk
