// One connection that speaks HTTP, until it ends or becomes a Browser.
#pragma once

#include <functional>
#include <memory>
#include <optional>
#include <string>

#include <boost/beast/core/flat_buffer.hpp>
#include <boost/beast/core/tcp_stream.hpp>
#include <boost/beast/http/empty_body.hpp>
#include <boost/beast/http/parser.hpp>
#include <boost/beast/http/string_body.hpp>

#include "analyzer/web/live_state.hpp"
#include "analyzer/web/request_rules.hpp"

namespace plaintalk::analyzer::web {

class Visitor : public std::enable_shared_from_this<Visitor> {
 public:
  using HttpRequest = boost::beast::http::request<boost::beast::http::empty_body>;
  struct Callbacks {
    // Whether one more browser may watch.
    std::function<bool()> has_room;
    std::function<void(boost::beast::tcp_stream, const HttpRequest&)> becomes_browser;
    std::function<void(const Visitor&)> gone;
  };
  Visitor(boost::beast::tcp_stream stream, const Place& place, const LiveState& state, Callbacks callbacks);

  void start() { read(); }
  // It has asked for something with the secret.
  bool is_welcome() const { return is_welcome_; }
  void close();

 private:
  using HttpResponse = boost::beast::http::response<boost::beast::http::string_body>;

  void read();
  void was_read(boost::system::error_code error);
  void answer();
  void send_file(const Answer& answer);
  void send(unsigned status, std::string_view content_type, std::string body);
  void refuse(unsigned status, std::string_view why, bool is_last);
  void was_sent(boost::system::error_code error);
  void read_away();
  void leave();

  boost::beast::tcp_stream stream_;
  const Place& place_;
  const LiveState& state_;
  Callbacks callbacks_;
  boost::beast::flat_buffer input_;
  std::optional<boost::beast::http::request_parser<boost::beast::http::empty_body>> parser_;
  HttpResponse response_;
  std::string host_;  // the Host line, once it is known to be ours
  bool is_head_ = false;
  bool is_welcome_ = false;
  bool has_left_ = false;
};

}  // namespace plaintalk::analyzer::web
