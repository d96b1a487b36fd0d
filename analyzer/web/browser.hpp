// One browser that watches, over WebSocket (RFC 6455). At most one piece is on its way to it; what it sends
// ends the connection, for there is nothing to say.
#pragma once

#include <functional>
#include <memory>
#include <string>

#include <boost/beast/core/flat_buffer.hpp>
#include <boost/beast/core/tcp_stream.hpp>
#include <boost/beast/http/empty_body.hpp>
#include <boost/beast/http/message.hpp>
#include <boost/beast/websocket/stream.hpp>

#include "analyzer/web/live_state.hpp"

namespace plaintalk::analyzer::web {

class Browser : public std::enable_shared_from_this<Browser> {
 public:
  // Told whenever it may be written to again, and once it has gone.
  struct Callbacks {
    std::function<void(const std::shared_ptr<Browser>&)> ready;
    std::function<void(const Browser&)> gone;
  };
  Browser(boost::beast::tcp_stream stream, Callbacks callbacks);

  void accept(const boost::beast::http::request<boost::beast::http::empty_body>& request);
  bool is_ready() const { return is_open_ && !is_writing_; }
  // REQUIRES: is_ready().
  void write(std::shared_ptr<const std::string> text);
  // REQUIRES: is_ready().
  void close();

  Cursor cursor;             // what it has been told
  bool wants_tables = true;  // with the next piece
  bool is_told_all = false;  // there is nothing left to be told

 private:
  void read();
  void written(boost::system::error_code error);
  void leave();

  boost::beast::websocket::stream<boost::beast::tcp_stream> socket_;
  Callbacks callbacks_;
  boost::beast::flat_buffer input_;
  std::shared_ptr<const std::string> output_;
  bool is_open_ = false;
  bool is_writing_ = false;
};

}  // namespace plaintalk::analyzer::web
