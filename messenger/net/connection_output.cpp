#include "messenger/net/connection_output.hpp"

#include <algorithm>
#include <array>
#include <cstddef>
#include <span>

#include <errno.h>
#include <linux/sockios.h>
#include <sys/ioctl.h>
#include <sys/socket.h>
#include <sys/uio.h>

namespace plaintalk::messenger {
namespace {

constexpr std::size_t kIovecCountMax = 64;
constexpr std::size_t kWriteBytesPerTurn = 256 << 10;

// Asks the kernel only after enough was written that the answer could be no.
bool kernel_is_drained(Connection& connection) {
  if (connection.unchecked_bytes < kUnsentBytesMax) return true;
  int unsent = 0;
  if (::ioctl(connection.socket.number(), SIOCOUTQNSD, &unsent) != 0) return true;
  if (unsent >= kUnsentBytesMax) return false;
  connection.unchecked_bytes = static_cast<std::uint32_t>(std::max(unsent, 0));
  return true;
}

// More than enough to ask is not counted: a connection may go on for years without file data.
void count_unchecked(Connection& connection, std::size_t size) {
  connection.unchecked_bytes = static_cast<std::uint32_t>(
      std::min<std::size_t>(connection.unchecked_bytes + size, std::size_t{kUnsentBytesMax}));
}

std::size_t total_size(std::span<const iovec> pieces) {
  std::size_t size = 0;
  for (const iovec& piece : pieces) size += piece.iov_len;
  return size;
}

FlushResult result_of(int error) {
  if (error == EAGAIN || error == EWOULDBLOCK) return FlushResult::blocked;
  return error == ENOBUFS || error == ENOMEM ? FlushResult::behind : FlushResult::broken;
}

ssize_t write_pieces(int descriptor, std::span<iovec> pieces) {
  ssize_t sent = 0;
  do {
    if (pieces.size() == 1) {
      sent = ::send(descriptor, pieces[0].iov_base, pieces[0].iov_len, MSG_DONTWAIT | MSG_NOSIGNAL);
    } else {
      msghdr message{};
      message.msg_iov = pieces.data();
      message.msg_iovlen = pieces.size();
      sent = ::sendmsg(descriptor, &message, MSG_DONTWAIT | MSG_NOSIGNAL);
    }
  } while (sent < 0 && errno == EINTR);
  return sent;
}

}  // namespace

FlushResult flush(Connection& connection, ServerCore& core, Recorder* recorder, Now now) {
  std::array<iovec, kIovecCountMax> pieces;
  for (std::size_t written = 0; written < kWriteBytesPerTurn;) {
    const bool takes_file_data = core.has_file_data_next(connection.id) && kernel_is_drained(connection);
    const std::size_t count = core.gather(connection.id, pieces, takes_file_data, now);
    if (count == 0) return core.wants_output(connection.id) ? FlushResult::behind : FlushResult::empty;

    const std::span<iovec> filled = std::span(pieces).first(count);
    const ssize_t sent = write_pieces(connection.socket.number(), filled);
    if (sent < 0) return result_of(errno);

    const auto size = static_cast<std::size_t>(sent);
    const std::size_t offered = total_size(filled);
    if (recorder != nullptr) recorder->server_sent(connection.id, filled, size, now.wall);
    count_unchecked(connection, size);
    core.consumed(connection.id, size, now);
    if (size < offered) return FlushResult::blocked;
    if (!core.wants_output(connection.id)) return FlushResult::empty;
    written += size;
  }
  return FlushResult::more;
}

}  // namespace plaintalk::messenger
