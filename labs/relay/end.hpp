// One end of a relayed connection: a TCP connection, or this program's standard input and output.
// Everything is asynchronous; handlers run from the event loop, never inside the call.
#pragma once

#include <cstddef>
#include <functional>
#include <span>
#include <string_view>

#include <boost/system/error_code.hpp>

namespace plaintalk::relay {

using Handler = std::function<void(const boost::system::error_code& error, std::size_t size)>;

class End {
 public:
  End() = default;
  virtual ~End() = default;
  End(const End&) = delete;
  End& operator=(const End&) = delete;

  // One read into `room`, one write of as much as goes; eof is an error here as in Asio. One of each at a
  // time.
  virtual void read(std::span<char> room, Handler handler) = 0;
  virtual void write(std::string_view bytes, Handler handler) = 0;
  // Whether the system still holds written bytes that have not left for the first time.
  virtual bool has_unsent() const = 0;
  // Calls `on_reset` when the peer resets the connection, also while nobody reads.
  virtual void watch(std::function<void()> on_reset) = 0;
  // Nothing more will be written: FIN.
  virtual void finish() = 0;
  // RST, and everything that was not sent is forgotten.
  virtual void abort() = 0;
  virtual void close() = 0;
};

}  // namespace plaintalk::relay
