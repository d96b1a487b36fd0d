#include "base/check.hpp"

#include <cstdio>
#include <cstdlib>

namespace plaintalk {

void check_failed(const char* what, std::source_location where) {
  std::fprintf(stderr, "plaintalk: internal error: %s (%s:%u)\n", what, where.file_name(), where.line());
  std::abort();
}

}  // namespace plaintalk
