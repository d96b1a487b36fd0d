#include "messenger/net/listeners.hpp"

#include <array>
#include <chrono>
#include <stdexcept>
#include <utility>

#include <boost/asio/ip/v6_only.hpp>
#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include "messenger/net/asio_endpoint.hpp"
#include "protocol/error_name.hpp"
#include "protocol/frame_writer.hpp"

namespace plaintalk::messenger {
namespace {

using boost::asio::ip::tcp;
using boost::system::error_code;

constexpr int kAcceptCountPerTurn = 64;
constexpr std::chrono::milliseconds kAcceptPause{100};
constexpr std::uint64_t kTurnAwayRetryMs = 2'000;
constexpr int kUnreadCountMax = 16;

int open_spare() { return ::open("/dev/null", O_RDONLY | O_CLOEXEC); }

std::string advice(const error_code& error) {
  namespace failure = boost::asio::error;
  if (error == failure::address_in_use)
    return "another program uses this port; stop it, or choose another port (port 0 takes a free one)";
  if (error == failure::access_denied) return "ports below 1024 need a privilege; choose a higher port";
  if (error == boost::system::errc::address_not_available)
    return "this machine does not have that address; 127.0.0.1 always works";
  return error.message();
}

tcp::acceptor open_acceptor(boost::asio::io_context& io, const tcp::endpoint& where,
                            std::optional<int> send_buffer_bytes, error_code& error) {
  tcp::acceptor acceptor(io);
  acceptor.open(where.protocol(), error);
  if (error) return acceptor;
  // Linux still refuses a port that somebody listens on: this only skips the wait after an earlier server.
  acceptor.set_option(tcp::acceptor::reuse_address(true), error);
  // So that 0.0.0.0 and [::] are two addresses that may be listened on side by side.
  if (where.address().is_v6()) acceptor.set_option(boost::asio::ip::v6_only(true), error);
  // Accepted sockets inherit it.
  if (send_buffer_bytes)
    acceptor.set_option(boost::asio::socket_base::send_buffer_size(*send_buffer_bytes), error);
  acceptor.bind(where, error);
  if (error) return acceptor;
  acceptor.listen(boost::asio::socket_base::max_listen_connections, error);
  if (error) return acceptor;
  acceptor.non_blocking(true, error);
  return acceptor;
}

// This machine does not have the address, or no address of its kind.
bool is_lacking(const error_code& error) {
  return error == boost::system::errc::address_not_available ||
         error == boost::system::errc::address_family_not_supported;
}

}  // namespace

Listeners::Listeners(boost::asio::io_context& io, Callbacks callbacks)
    : io_(io), callbacks_(std::move(callbacks)), pause_timer_(io), spare_descriptor_(open_spare()) {}

Listeners::~Listeners() {
  finish_turning_away();
  if (spare_descriptor_ >= 0) ::close(spare_descriptor_);
}

void Listeners::listen(const HostPort& where, std::optional<int> send_buffer_bytes) {
  const std::string shown =
      (where.host.find(':') == std::string::npos ? where.host : '[' + where.host + ']') + ':' +
      std::to_string(where.port);
  tcp::resolver resolver(io_);
  error_code error;
  // Not only the families that an interface besides loopback has (AI_ADDRCONFIG): a machine with nothing but
  // a link-local IPv6 address would not find 127.0.0.1.
  const auto found = resolver.resolve(where.host, std::to_string(where.port), tcp::resolver::passive, error);
  if (error)
    throw std::runtime_error("cannot listen on " + shown + ": the host name is not known (" +
                             error.message() +
                             "); write an address such as 127.0.0.1:" + std::to_string(where.port));
  std::uint16_t port = where.port;
  std::size_t listening_count = 0;
  error_code last_error;
  for (const auto& entry : found) {
    tcp::acceptor acceptor =
        open_acceptor(io_, tcp::endpoint(entry.endpoint().address(), port), send_buffer_bytes, error);
    if (error) {
      last_error = error;
      // A name such as localhost may have an address that this machine lacks; a taken port is never passed
      // over.
      if (is_lacking(error)) continue;
      break;
    }
    last_error = {};
    endpoints_.push_back(to_endpoint(acceptor.local_endpoint()));
    port = endpoints_.back().port;
    acceptors_.push_back(std::move(acceptor));
    ++listening_count;
  }
  const bool passable = is_lacking(last_error) && listening_count > 0;
  if (last_error && !passable)
    throw std::runtime_error("cannot listen on " + shown + ": " + advice(last_error));
}

void Listeners::start() {
  for (Acceptor& acceptor : acceptors_) wait(acceptor);
}

void Listeners::stop() {
  error_code ignored;
  pause_timer_.cancel();
  for (Acceptor& acceptor : acceptors_) acceptor.close(ignored);
}

void Listeners::wait(Acceptor& acceptor) {
  acceptor.async_wait(Acceptor::wait_read, [this, &acceptor](const error_code& error) {
    if (!error) accept_ready(acceptor);
  });
}

void Listeners::accept_ready(Acceptor& acceptor) {
  for (int i = 0; i < kAcceptCountPerTurn; ++i) {
    // Not Asio's accept: its reactor would be woken for each of these sockets too (socket_poller.hpp).
    tcp::endpoint peer;
    auto peer_size = static_cast<socklen_t>(peer.capacity());
    FileDescriptor socket(
        ::accept4(acceptor.native_handle(), peer.data(), &peer_size, SOCK_CLOEXEC | SOCK_NONBLOCK));
    if (socket.is_open()) {
      peer.resize(peer_size);
      callbacks_.accepted(std::move(socket), to_endpoint(peer));
      continue;
    }
    const int error = errno;
    if (error == EAGAIN || error == EWOULDBLOCK) break;
    // The peer has given up already: the next one is not affected.
    if (error == ECONNABORTED || error == EINTR) continue;
    if (error == EMFILE || error == ENFILE)
      turn_away(acceptor);
    else
      callbacks_.trouble(std::string("cannot accept a connection: ") + ::strerror(error));
    pause(acceptor);
    return;
  }
  wait(acceptor);
}

void Listeners::turn_away(Acceptor& acceptor) {
  callbacks_.trouble("out of file descriptors: a connection was turned away (raise it with ulimit -n)");
  if (spare_descriptor_ < 0) return;
  ::close(std::exchange(spare_descriptor_, -1));
  turned_away_ = ::accept4(acceptor.native_handle(), nullptr, nullptr, SOCK_CLOEXEC | SOCK_NONBLOCK);
  if (turned_away_ < 0) return;
  std::string frame;
  FrameWriter(frame, Verb::err)
      .argument(std::uint64_t{code_of(ErrorName::busy)})
      .argument(text_of(ErrorName::busy))
      .parameter("retry", kTurnAwayRetryMs)
      .parameter("fatal", std::uint64_t{1})
      .body("the server is full; try again later");
  static_cast<void>(::send(turned_away_, frame.data(), frame.size(), MSG_DONTWAIT | MSG_NOSIGNAL));
  ::shutdown(turned_away_, SHUT_WR);
}

// Reads what the peer has sent meanwhile, a LOGIN most likely, so that closing is no reset.
void Listeners::finish_turning_away() {
  if (turned_away_ >= 0) {
    std::array<char, 4096> unread;
    for (int i = 0; i<kUnreadCountMax&& ::recv(turned_away_, unread.data(), unread.size(), 0)> 0; ++i) {
    }
    ::close(std::exchange(turned_away_, -1));
  }
  if (spare_descriptor_ < 0) spare_descriptor_ = open_spare();
}

void Listeners::pause(Acceptor& acceptor) {
  paused_.push_back(&acceptor);
  if (paused_.size() > 1) return;  // the timer runs
  pause_timer_.expires_after(kAcceptPause);
  pause_timer_.async_wait([this](const error_code& error) {
    if (error) return;
    finish_turning_away();
    for (Acceptor* paused : std::exchange(paused_, {})) wait(*paused);
  });
}

}  // namespace plaintalk::messenger
