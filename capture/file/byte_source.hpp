// Where a reader of captures gets its bytes when somebody else reads the file or pipe for it: a thread that
// keeps what the analysis has not come to yet.
#pragma once

#include <cstddef>
#include <cstdint>

#include <sys/types.h>

namespace plaintalk::capture {

class ByteSource {
 public:
  virtual ~ByteSource() = default;
  // As read(2): some bytes as soon as there are any, 0 at the end, or -1 with errno. EINTR means that
  // somebody wants the reading to stop here.
  virtual ssize_t read(std::uint8_t* target, std::size_t size) = 0;
};

}  // namespace plaintalk::capture
