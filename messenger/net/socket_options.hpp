// How the sockets are set, and how long the loop waits for peers that are on their way out.
#pragma once

#include <cstdint>

#include <netinet/in.h>
#include <netinet/tcp.h>
#include <sys/socket.h>

#include "base/time.hpp"
#include "messenger/net/connection_output.hpp"

namespace plaintalk::messenger {

inline constexpr Milliseconds kLastWordsTime{2000};  // to write what a closing connection still has to get
inline constexpr Milliseconds kLingerTime{1000};     // for the peer to close too, after we have
// What is read and thrown away meanwhile: more than two kernels hold of a stream (tcp(7): tcp_wmem 4 MiB and
// tcp_rmem 32 MiB), so what was under way to us never resets the connection. Whoever sends more does not
// stop.
inline constexpr std::uint32_t kDiscardedBytesMax = 64 << 20;

// TCP_NODELAY: the loop batches by itself, waiting for more would only add delay (RFC 1122, 4.2.3.4).
// TCP_NOTSENT_LOWAT: the queue that can be reordered is ours; what the kernel holds unsent delays every later
// chat frame.
inline void set_chat_options(int descriptor) {
  const int on = 1;
  ::setsockopt(descriptor, IPPROTO_TCP, TCP_NODELAY, &on, sizeof on);
  const int unsent_bytes_max = kUnsentBytesMax;
  ::setsockopt(descriptor, IPPROTO_TCP, TCP_NOTSENT_LOWAT, &unsent_bytes_max, sizeof unsent_bytes_max);
}

// Closing throws away what the kernel has not sent yet, instead of keeping it alive there.
inline void reset_on_close(int descriptor) {
  const linger at_once{1, 0};
  ::setsockopt(descriptor, SOL_SOCKET, SO_LINGER, &at_once, sizeof at_once);
}

}  // namespace plaintalk::messenger
