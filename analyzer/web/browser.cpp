#include "analyzer/web/browser.hpp"

#include <utility>

#include <boost/asio/buffer.hpp>

#include "analyzer/web/web_limits.hpp"

namespace plaintalk::analyzer::web {

namespace beast = boost::beast;
namespace websocket = beast::websocket;
using boost::system::error_code;

Browser::Browser(beast::tcp_stream stream, Callbacks callbacks)
    : socket_(std::move(stream)), callbacks_(std::move(callbacks)), input_(WebLimits::kMessageSizeMax) {
  // The stream's own timer gives way to the one of WebSocket, which asks whether anybody is still there.
  beast::get_lowest_layer(socket_).expires_never();
  socket_.set_option(websocket::stream_base::timeout{WebLimits::kRequestTime, WebLimits::kSilentTime, true});
  socket_.read_message_max(WebLimits::kMessageSizeMax);
  socket_.auto_fragment(false);
  socket_.text(true);
}

void Browser::accept(const beast::http::request<beast::http::empty_body>& request) {
  socket_.async_accept(request, [self = shared_from_this()](error_code error) {
    if (error) return self->leave();
    self->is_open_ = true;
    self->read();
    self->callbacks_.ready(self);
  });
}

void Browser::read() {
  socket_.async_read(input_, [self = shared_from_this()](error_code error, std::size_t) {
    if (error) return self->leave();
    self->is_open_ = false;
    self->socket_.async_close({websocket::close_code::policy_error, "nothing is expected from you"},
                              [self](error_code) { self->leave(); });
  });
}

void Browser::write(std::shared_ptr<const std::string> text) {
  is_writing_ = true;
  output_ = std::move(text);
  socket_.async_write(boost::asio::buffer(*output_),
                      [self = shared_from_this()](error_code error, std::size_t) { self->written(error); });
}

void Browser::written(error_code error) {
  is_writing_ = false;
  output_.reset();
  if (error) return leave();
  if (is_open_) callbacks_.ready(shared_from_this());
}

void Browser::close() {
  is_open_ = false;
  socket_.async_close(websocket::close_code::going_away,
                      [self = shared_from_this()](error_code) { self->leave(); });
}

void Browser::leave() {
  is_open_ = false;
  beast::get_lowest_layer(socket_).close();
  callbacks_.gone(*this);
}

}  // namespace plaintalk::analyzer::web
