// Between Asio's endpoints and ours: nothing outside messenger/net knows Asio.
#pragma once

#include <boost/asio/ip/tcp.hpp>

#include "base/endpoint.hpp"

namespace plaintalk::messenger {

inline Endpoint to_endpoint(const boost::asio::ip::tcp::endpoint& from) {
  const auto address = from.address();
  if (address.is_v4()) {
    const auto bytes = address.to_v4().to_bytes();
    return {IpAddress::v4(Bytes(bytes)), from.port()};
  }
  const auto bytes = address.to_v6().to_bytes();
  return {IpAddress::v6(Bytes(bytes)), from.port()};
}

}  // namespace plaintalk::messenger
