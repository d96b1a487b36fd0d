#include "analyzer/web/web_server.hpp"

#include <algorithm>
#include <list>
#include <stdexcept>
#include <utility>
#include <vector>

#include <boost/asio/io_context.hpp>
#include <boost/asio/ip/tcp.hpp>
#include <boost/asio/ip/v6_only.hpp>
#include <boost/asio/post.hpp>
#include <boost/asio/steady_timer.hpp>

#include "analyzer/web/browser.hpp"
#include "analyzer/web/render.hpp"
#include "analyzer/web/visitor.hpp"
#include "base/crypto/digest.hpp"
#include "base/text.hpp"
#include "base/worker_thread.hpp"

namespace plaintalk::analyzer::web {

namespace asio = boost::asio;
namespace beast = boost::beast;
using asio::ip::tcp;
using boost::system::error_code;

namespace {

constexpr std::size_t kSecretSize = 24;  // octets: 192 bits
constexpr std::chrono::milliseconds kAcceptPause{100};
constexpr std::chrono::milliseconds kFarewellTime{500};

std::string advice_for(const error_code& error) {
  if (error == asio::error::address_in_use)
    return "another program uses this port; choose another one, or port 0, which takes a free one";
  if (error == asio::error::access_denied)
    return "ports below 1024 need a privilege, and those are given up before; choose a higher port";
  if (error == boost::system::errc::address_not_available)
    return "this machine does not have that address; 127.0.0.1 always works";
  return error.message();
}

std::string render_host(const HostPort& where) {
  return (where.host.find(':') == where.host.npos ? where.host : '[' + where.host + ']') + ':' +
         std::to_string(where.port);
}

IpAddress address_of(const asio::ip::address& address) {
  if (address.is_v4()) {
    const auto octets = address.to_v4().to_bytes();
    return IpAddress::v4(Bytes(octets));
  }
  const auto octets = address.to_v6().to_bytes();
  return IpAddress::v6(Bytes(octets));
}

}  // namespace

// Everything in it belongs to the thread that runs `io`.
class WebServer::Service {
 public:
  Service(const HostPort& where, LiveState& state) : state_(state), ticker_(io_), farewell_(io_) {
    listen(where);
    place_.host = where.host;
    place_.secret = hex(random_bytes(kSecretSize));
    for (tcp::acceptor& acceptor : acceptors_) accept(acceptor);
  }

  const Place& place() const { return place_; }

  void run() {
    for (;;) {
      try {
        io_.run();
        return;
      } catch (const std::exception&) {
        // Whoever asked for what there was no memory for has lost the connection by that.
      }
    }
  }

  // From another thread.
  void stop() {
    asio::post(io_, [this] { say_farewell(); });
  }

 private:
  void listen(const HostPort& where) {
    tcp::resolver resolver(io_);
    error_code error;
    const auto found =
        resolver.resolve(where.host, std::to_string(where.port), tcp::resolver::passive, error);
    if (error)
      throw std::runtime_error("the live view cannot listen on " + render_host(where) +
                               ": the host name is not known (" + error.message() +
                               "); write an address such as 127.0.0.1:" + std::to_string(where.port));
    place_.port = where.port;
    for (const auto& entry : found) {
      const tcp::endpoint endpoint(entry.endpoint().address(), place_.port);
      tcp::acceptor acceptor(io_);
      acceptor.open(endpoint.protocol(), error);
      if (!error) acceptor.set_option(tcp::acceptor::reuse_address(true), error);
      if (!error && endpoint.address().is_v6()) acceptor.set_option(asio::ip::v6_only(true), error);
      if (!error) acceptor.set_option(asio::socket_base::send_buffer_size(WebLimits::kSendBufferSize), error);
      if (!error) acceptor.bind(endpoint, error);
      if (!error) acceptor.listen(asio::socket_base::max_listen_connections, error);
      // A name such as localhost may have an address that this machine lacks.
      const bool is_lacking = error == boost::system::errc::address_not_available ||
                              error == boost::system::errc::address_family_not_supported;
      if (is_lacking && found.size() > 1) continue;
      if (error)
        throw std::runtime_error("the live view cannot listen on " + render_host(where) + ": " +
                                 advice_for(error));
      place_.port = acceptor.local_endpoint().port();
      place_.addresses.push_back(address_of(acceptor.local_endpoint().address()));
      acceptors_.push_back(std::move(acceptor));
    }
    if (acceptors_.empty())
      throw std::runtime_error("the live view cannot listen on " + render_host(where) + ": " +
                               advice_for(error));
  }

  void accept(tcp::acceptor& acceptor) {
    acceptor.async_accept([this, &acceptor](error_code error, tcp::socket socket) {
      if (is_leaving_) return;
      if (!error) {
        welcome(std::move(socket));
        return accept(acceptor);
      }
      // Too few descriptors, most likely: they come back when somebody leaves.
      auto pause = std::make_shared<asio::steady_timer>(io_, kAcceptPause);
      pause->async_wait([this, pause, &acceptor](error_code) {
        if (!is_leaving_) accept(acceptor);
      });
    });
  }

  void welcome(tcp::socket socket) {
    if (visitors_.size() + browsers_.size() >= WebLimits::kConnectionCountMax) {
      // Those who have not shown the secret make way, the oldest first.
      const auto stranger =
          std::ranges::find_if(visitors_, [](const auto& visitor) { return !visitor->is_welcome(); });
      if (stranger == visitors_.end()) return;
      const auto held = *stranger;
      held->close();
    }
    error_code ignored;
    socket.set_option(tcp::no_delay(true), ignored);
    Visitor::Callbacks callbacks;
    callbacks.has_room = [this] { return browsers_.size() < WebLimits::kBrowserCountMax; };
    callbacks.gone = [this](const Visitor& visitor) {
      std::erase_if(visitors_, [&](const auto& other) { return other.get() == &visitor; });
    };
    callbacks.becomes_browser = [this](beast::tcp_stream stream, const Visitor::HttpRequest& request) {
      add_browser(std::move(stream), request);
    };
    const auto visitor =
        std::make_shared<Visitor>(beast::tcp_stream(std::move(socket)), place_, state_, std::move(callbacks));
    visitors_.push_back(visitor);
    visitor->start();
  }

  void add_browser(beast::tcp_stream stream, const Visitor::HttpRequest& request) {
    Browser::Callbacks callbacks;
    callbacks.ready = [this](const std::shared_ptr<Browser>& browser) {
      if (is_leaving_) return say_farewell_to(*browser);
      if (browser->cursor == Cursor{}) tick();
    };
    callbacks.gone = [this](const Browser& browser) {
      std::erase_if(browsers_, [&](const auto& other) { return other.get() == &browser; });
      if (is_leaving_ && browsers_.empty()) io_.stop();
    };
    const auto browser = std::make_shared<Browser>(std::move(stream), std::move(callbacks));
    browsers_.push_back(browser);
    browser->accept(request);
    if (browsers_.size() == 1) wait_for_tick();
  }

  void wait_for_tick() {
    ticker_.expires_after(kInterval);
    ticker_.async_wait([this](error_code error) {
      if (error || browsers_.empty()) return;
      wait_for_tick();
      tick();
    });
  }

  // What is new to each browser that has taken what it was sent. Most of them have been told the same, so it
  // is rendered once.
  void tick() {
    const auto now = std::chrono::steady_clock::now();
    if (now - last_tables_ >= kTableInterval) {
      last_tables_ = now;
      for (const auto& browser : browsers_) browser->wants_tables = true;
    }
    struct Piece {
      Cursor before;
      bool has_tables;
      Cursor after;
      std::shared_ptr<const std::string> text;  // none: nothing is new
    };
    std::vector<Piece> pieces;
    for (const auto& browser : browsers_) {
      if (!browser->is_ready()) continue;
      auto piece = std::ranges::find_if(pieces, [&](const Piece& other) {
        return other.before == browser->cursor && other.has_tables == browser->wants_tables;
      });
      if (piece == pieces.end()) {
        Cursor cursor = browser->cursor;
        const Update update = state_.collect(cursor, browser->wants_tables);
        pieces.push_back(
            {browser->cursor, browser->wants_tables, cursor,
             update.empty() ? nullptr : std::make_shared<const std::string>(render_json(update))});
        piece = std::prev(pieces.end());
      }
      browser->cursor = piece->after;
      browser->wants_tables = false;
      if (piece->text) browser->write(piece->text);
    }
  }

  void say_farewell() {
    is_leaving_ = true;
    error_code ignored;
    for (tcp::acceptor& acceptor : acceptors_) acceptor.close(ignored);
    for (const auto& visitor : std::list(visitors_)) visitor->close();
    ticker_.cancel();
    if (browsers_.empty()) return io_.stop();
    for (const auto& browser : std::vector(browsers_)) say_farewell_to(*browser);
    farewell_.expires_after(kFarewellTime);
    farewell_.async_wait([this](error_code) { io_.stop(); });
  }

  // One that still takes something is told the rest when it has.
  void say_farewell_to(Browser& browser) {
    if (!browser.is_ready()) return;
    if (std::exchange(browser.is_told_all, true)) return browser.close();
    const Update update = state_.collect(browser.cursor, true);
    if (update.empty()) return browser.close();
    browser.write(std::make_shared<const std::string>(render_json(update)));
  }

  LiveState& state_;
  Place place_;
  asio::io_context io_{1};
  asio::steady_timer ticker_;
  asio::steady_timer farewell_;
  std::list<tcp::acceptor> acceptors_;
  std::list<std::shared_ptr<Visitor>> visitors_;  // the oldest first
  std::vector<std::shared_ptr<Browser>> browsers_;
  std::chrono::steady_clock::time_point last_tables_;
  bool is_leaving_ = false;
};

WebServer::WebServer(const HostPort& where, LiveState& state)
    : service_(std::make_unique<Service>(where, state)), thread_(start_worker([this] { service_->run(); })) {}

WebServer::~WebServer() {
  service_->stop();
  thread_.join();
}

const Place& WebServer::place() const { return service_->place(); }

std::string WebServer::address() const {
  return "http://" + render_host({place().host, place().port}) + '/' + place().secret + '/';
}

}  // namespace plaintalk::analyzer::web
