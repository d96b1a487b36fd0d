// How the sockets are set, and how long the loop waits for peers that are on their way out.
#pragma once

#include <boost/asio/ip/tcp.hpp>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <sys/socket.h>

#include "base/time.hpp"
#include "messenger/net/connection_output.hpp"

namespace plaintalk::messenger {

inline constexpr Milliseconds kLastWordsTime{2000};  // to write what a closing connection still has to get
inline constexpr Milliseconds kLingerTime{1000};     // for the peer to close too, after we have

// TCP_NODELAY: the loop batches by itself, waiting for more would only add delay (RFC 1122, 4.2.3.4).
// TCP_NOTSENT_LOWAT: the queue that can be reordered is ours; what the kernel holds unsent delays every later
// chat frame.
inline void set_chat_options(boost::asio::ip::tcp::socket& socket) {
  boost::system::error_code ignored;
  socket.set_option(boost::asio::ip::tcp::no_delay(true), ignored);
  const int unsent_bytes_max = kUnsentBytesMax;
  ::setsockopt(socket.native_handle(), IPPROTO_TCP, TCP_NOTSENT_LOWAT, &unsent_bytes_max,
               sizeof unsent_bytes_max);
}

}  // namespace plaintalk::messenger
