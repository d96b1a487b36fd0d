#include "base/write_all.hpp"

#include <cerrno>

#include <poll.h>
#include <unistd.h>

namespace plaintalk {

int write_all(int descriptor, std::string_view bytes, std::size_t* written) {
  if (written != nullptr) *written = 0;
  while (!bytes.empty()) {
    const ssize_t count = ::write(descriptor, bytes.data(), bytes.size());
    if (count >= 0) {
      bytes.remove_prefix(static_cast<std::size_t>(count));
      if (written != nullptr) *written += static_cast<std::size_t>(count);
    } else if (errno == EAGAIN || errno == EWOULDBLOCK) {
      pollfd wait{descriptor, POLLOUT, 0};
      ::poll(&wait, 1, -1);
    } else if (errno != EINTR) {
      return errno;
    }
  }
  return 0;
}

}  // namespace plaintalk
