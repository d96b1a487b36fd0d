#include "labs/relay/relay.hpp"

#include <csignal>
#include <map>
#include <memory>
#include <stdexcept>
#include <utility>

#include <boost/asio/io_context.hpp>
#include <boost/asio/ip/tcp.hpp>
#include <boost/asio/signal_set.hpp>
#include <boost/asio/steady_timer.hpp>

#include "labs/relay/connector.hpp"
#include "labs/relay/standard_end.hpp"
#include "labs/relay/tcp_end.hpp"

namespace plaintalk::relay {
namespace {

namespace asio = boost::asio;
using boost::system::error_code;
using Tcp = asio::ip::tcp;

// Before it accepts again when the system refuses: usually descriptors are short.
constexpr std::chrono::milliseconds kAcceptPause{200};

std::string render(const Tcp::endpoint& endpoint) {
  const std::string address = endpoint.address().to_string();
  return (endpoint.address().is_v6() ? '[' + address + ']' : address) + ':' + std::to_string(endpoint.port());
}

class Relay {
 public:
  Relay(const RelayOptions& options, Target target, asio::io_context& io, Log log)
      : options_(options),
        target_(std::move(target)),
        io_(io),
        log_(std::move(log)),
        acceptor_(io),
        accept_pause_(io),
        signals_(io, SIGINT, SIGTERM) {}

  int run() {
    signals_.async_wait([this](const error_code& error, int) {
      if (!error) stop("stopped");
    });
    if (options_.listen) {
      listen(*options_.listen);
      accept();
    } else {
      connect(std::make_unique<StandardEnd>(io_), "standard input");
    }
    io_.run();
    return exit_code_;
  }

 private:
  bool is_only_one() const { return options_.once || !options_.listen; }

  void listen(const HostPort& where) {
    const auto found = find_target(io_, where);
    error_code error;
    if (!found) throw std::runtime_error("cannot listen on " + where.host + ": no such address");
    const Tcp::endpoint at = found->addresses.front();
    acceptor_.open(at.protocol(), error);
    if (!error) acceptor_.set_option(asio::socket_base::reuse_address(true), error);
    if (!error) set_socket_buffers(acceptor_.native_handle(), options_.socket_buffer_bytes);
    if (!error) acceptor_.bind(at, error);
    if (!error) acceptor_.listen(asio::socket_base::max_listen_connections, error);
    if (error) throw std::runtime_error("cannot listen on " + found->name + ": " + error.message());
    log_("ready: listening on " + render(acceptor_.local_endpoint()) + ", to " + target_.name + "; at most " +
         std::to_string(options_.connections_max) + " connections, which hold " +
         std::to_string(2 * options_.buffer_bytes * options_.connections_max) + " bytes at most");
  }

  void accept() {
    acceptor_.async_accept([this](const error_code& error, Tcp::socket socket) {
      if (error == asio::error::operation_aborted) return;
      if (error) {
        log_("cannot accept a connection: " + error.message());
        accept_pause_.expires_after(kAcceptPause);
        accept_pause_.async_wait([this](const error_code& stopped) {
          if (!stopped) accept();
        });
        return;
      }
      take(std::move(socket));
      if (options_.once) {
        error_code ignored;
        acceptor_.close(ignored);
      } else {
        accept();
      }
    });
  }

  void take(Tcp::socket socket) {
    error_code error;
    const Tcp::endpoint peer = socket.remote_endpoint(error);
    const std::string from = error ? "a client that is gone" : render(peer);
    if (open_count_ >= options_.connections_max) {
      log_("refused " + from + ": " + std::to_string(open_count_) + " connections are open already");
      TcpEnd(std::move(socket)).abort();
      return;
    }
    connect(std::make_unique<TcpEnd>(std::move(socket)), from);
  }

  void connect(std::unique_ptr<End> client, const std::string& from) {
    ++open_count_;
    const std::uint64_t number = ++last_number_;
    const auto waiting = std::make_shared<std::unique_ptr<End>>(std::move(client));
    const auto connector = std::make_shared<Connector>(
        io_, target_, [this, number, from, waiting](Tcp::socket socket, const std::string& why) {
          if (is_stopping_) return;
          if (!why.empty()) {
            log_(std::to_string(number) + ' ' + why);
            (*waiting)->abort();
            exit_code_ = is_only_one() ? kExitNoTarget : kExitOk;
            return ended(number);
          }
          begin(number, std::move(*waiting), std::move(socket), from);
        });
    connector->start();
  }

  void begin(std::uint64_t number, std::unique_ptr<End> client, Tcp::socket socket, const std::string& from) {
    error_code error;
    const Tcp::endpoint own = socket.local_endpoint(error);
    log_(std::to_string(number) + " connected: " + from + " by way of " + render(own) + " to " +
         target_.name);
    const ConnectionOptions options{.number = number,
                                    .seed = options_.seed,
                                    .up = options_.up,
                                    .down = options_.down,
                                    .buffer_bytes = options_.buffer_bytes,
                                    .ends_with_the_target = !options_.listen};
    const auto connection = std::make_shared<Connection>(io_, options, std::move(client),
                                                         std::make_unique<TcpEnd>(std::move(socket)), log_,
                                                         [this, number] { ended(number); });
    connections_[number] = connection;
    connection->start();
  }

  void ended(std::uint64_t number) {
    connections_.erase(number);
    --open_count_;
    if (is_only_one()) stop("");
  }

  void stop(const std::string& why) {
    if (std::exchange(is_stopping_, true)) return;
    error_code ignored;
    acceptor_.close(ignored);
    signals_.cancel(ignored);
    accept_pause_.cancel();
    const auto still_open = std::exchange(connections_, {});
    for (const auto& [number, connection] : still_open) connection->abort("cut: " + why);
    if (!why.empty()) log_(why);
    io_.stop();
  }

  const RelayOptions& options_;
  Target target_;
  asio::io_context& io_;
  Log log_;
  Tcp::acceptor acceptor_;
  asio::steady_timer accept_pause_;
  asio::signal_set signals_;
  std::map<std::uint64_t, std::shared_ptr<Connection>> connections_;
  std::uint64_t last_number_ = 0;
  std::size_t open_count_ = 0;  // those that wait for the target, too
  int exit_code_ = kExitOk;
  bool is_stopping_ = false;
};

}  // namespace

int run_relay(const RelayOptions& options, const Log& log) {
  asio::io_context io(1);
  auto target = find_target(io, options.to);
  if (!target) {
    log(target.error());
    return kExitNoTarget;
  }
  target->socket_buffer_bytes = options.socket_buffer_bytes;
  if (!options.source_address.empty()) {
    error_code error;
    target->source = asio::ip::make_address(options.source_address, error);
    if (error) throw std::runtime_error("'" + options.source_address + "' is no IP address to connect from");
  }
  return Relay(options, std::move(*target), io, log).run();
}

}  // namespace plaintalk::relay
