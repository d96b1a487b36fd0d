// An End that is a TCP connection.
#pragma once

#include <boost/asio/ip/tcp.hpp>

#include "labs/relay/end.hpp"

namespace plaintalk::relay {

class TcpEnd : public End {
 public:
  // REQUIRES: connected. Sets TCP_NODELAY: what is written goes at once (RFC 1122, 4.2.3.4).
  explicit TcpEnd(boost::asio::ip::tcp::socket socket);

  void read(std::span<char> room, Handler handler) override;
  void write(std::string_view bytes, Handler handler) override;
  bool has_unsent() const override;
  void watch(std::function<void()> on_reset) override;
  void finish() override;
  void abort() override;
  void close() override;

 private:
  // Asio's own.
  mutable boost::asio::ip::tcp::socket socket_;
};

}  // namespace plaintalk::relay
