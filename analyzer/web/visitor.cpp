#include "analyzer/web/visitor.hpp"

#include <utility>

#include <boost/beast/core/error.hpp>
#include <boost/beast/http/error.hpp>
#include <boost/beast/http/read.hpp>
#include <boost/beast/http/write.hpp>
#include <boost/beast/websocket/rfc6455.hpp>

#include "analyzer/web/page_file.hpp"
#include "analyzer/web/render.hpp"
#include "analyzer/web/web_limits.hpp"

namespace plaintalk::analyzer::web {

namespace beast = boost::beast;
namespace http = beast::http;
using boost::system::error_code;

namespace {

// The page asks for its own files and nothing else, and nobody may put it into a page of theirs.
std::string content_policy(const std::string& host) {
  return "default-src 'none'; script-src 'self'; style-src 'self'; connect-src 'self'" +
         (host.empty() ? "" : " ws://" + host) +
         "; base-uri 'none'; form-action 'none'; frame-ancestors 'none'";
}

constexpr std::string_view kPlainText = "text/plain;charset=utf-8";
constexpr std::string_view kJson = "application/json";
// What is read of a request that was refused, so that the refusal is not lost by a reset.
constexpr std::size_t kReadAwaySize = 64 << 10;
constexpr std::chrono::seconds kReadAwayTime{1};

std::string_view text_of(beast::string_view text) { return {text.data(), text.size()}; }

}  // namespace

Visitor::Visitor(beast::tcp_stream stream, const Place& place, const LiveState& state, Callbacks callbacks)
    : stream_(std::move(stream)),
      place_(place),
      state_(state),
      callbacks_(std::move(callbacks)),
      input_(2 * WebLimits::kHeaderSizeMax) {}

void Visitor::read() {
  parser_.emplace();
  parser_->header_limit(static_cast<std::uint32_t>(WebLimits::kHeaderSizeMax));
  // One deadline for the whole of it, however slowly its bytes come.
  stream_.expires_after(WebLimits::kRequestTime);
  http::async_read_header(
      stream_, input_, *parser_,
      [self = shared_from_this()](error_code error, std::size_t) { self->was_read(error); });
}

void Visitor::was_read(error_code error) {
  if (has_left_) return;
  is_head_ = false;
  host_.clear();
  if (error == http::error::header_limit || error == http::error::buffer_overflow)
    return refuse(431, "the header of a request may have 8 KiB", true);
  if (error == http::error::end_of_stream || error == beast::error::timeout) return leave();
  // Of Beast's errors about the request, not of those of the socket.
  if (error && error.category() == http::make_error_code(http::error::bad_method).category())
    return refuse(400, "this is not a request that HTTP/1.1 (RFC 9112) knows", true);
  if (error) return leave();
  answer();
}

void Visitor::answer() {
  const HttpRequest& request = parser_->get();
  Request asked;
  asked.method = text_of(request.method_string());
  asked.target = text_of(request.target());
  for (const auto& field : request) {
    if (field.name() == http::field::host) asked.hosts.push_back(text_of(field.value()));
    if (field.name() == http::field::origin) asked.origins.push_back(text_of(field.value()));
  }
  asked.has_body = parser_->chunked() || parser_->content_length().value_or(0) > 0;
  asked.is_upgrade = beast::websocket::is_upgrade(request);
  is_head_ = request.method() == http::verb::head;
  const Answer answer = judge(place_, asked);
  if (answer.what == Answer::What::refused) return refuse(answer.status, answer.why, asked.has_body);
  is_welcome_ = true;
  host_ = asked.hosts.front();
  const std::size_t count = LiveState::kEntriesPerPage;
  switch (answer.what) {
    case Answer::What::events: {
      if (!callbacks_.has_room())
        return refuse(503, "as many browsers as may watch are watching; close one of them", true);
      // Whoever holds us may let go in there.
      const auto self = shared_from_this();
      has_left_ = true;
      callbacks_.becomes_browser(std::move(stream_), request);
      return callbacks_.gone(*this);
    }
    case Answer::What::entries:
      return send(200, kJson,
                  render_json(answer.is_after ? state_.page_after(answer.id, count)
                                              : state_.page_before(answer.id, count)));
    case Answer::What::frames: return send(200, kJson, render_json(state_.frames(answer.numbers)));
    default: return send_file(answer);
  }
}

void Visitor::send_file(const Answer& answer) {
  const PageFile* const file = find_page_file(answer.name);
  if (file == nullptr) return refuse(404, "the view has no such page", false);
  send(200, file->content_type, std::string(file->bytes));
}

void Visitor::refuse(unsigned status, std::string_view why, bool is_last) {
  if (is_last) parser_.reset();
  send(status, kPlainText, std::to_string(status) + ": " + std::string(why) + '\n');
}

// Without a parser it is the last answer.
void Visitor::send(unsigned status, std::string_view content_type, std::string body) {
  const auto view = [](std::string_view text) { return beast::string_view(text.data(), text.size()); };
  response_ = {};
  response_.result(status);
  response_.version(11);
  response_.set(http::field::content_type, view(content_type));
  response_.set(http::field::cache_control, "no-store");
  response_.set("Content-Security-Policy", content_policy(host_));
  response_.set("X-Content-Type-Options", "nosniff");
  response_.set("X-Frame-Options", "DENY");
  response_.set("Referrer-Policy", "no-referrer");
  response_.set("Cross-Origin-Opener-Policy", "same-origin");
  response_.set("Cross-Origin-Resource-Policy", "same-origin");
  if (status == 405) response_.set(http::field::allow, "GET, HEAD");
  if (status == 426) response_.set(http::field::upgrade, "websocket");
  if (status == 503) response_.set(http::field::retry_after, "5");
  response_.keep_alive(parser_ && parser_->get().keep_alive());
  response_.content_length(body.size());
  if (!is_head_) response_.body() = std::move(body);
  stream_.expires_after(WebLimits::kRequestTime);
  http::async_write(stream_, response_,
                    [self = shared_from_this()](error_code error, std::size_t) { self->was_sent(error); });
}

void Visitor::was_sent(error_code error) {
  if (has_left_) return;
  if (error) return leave();
  if (response_.keep_alive()) return read();
  stream_.socket().shutdown(boost::asio::ip::tcp::socket::shutdown_send, error);
  stream_.expires_after(kReadAwayTime);
  input_.clear();
  input_.max_size(kReadAwaySize);
  read_away();
}

void Visitor::read_away() {
  if (input_.size() == input_.max_size()) return leave();
  stream_.async_read_some(input_.prepare(input_.max_size() - input_.size()),
                          [self = shared_from_this()](error_code error, std::size_t size) {
                            if (self->has_left_) return;
                            if (error) return self->leave();
                            self->input_.commit(size);
                            self->read_away();
                          });
}

void Visitor::close() { leave(); }

void Visitor::leave() {
  if (std::exchange(has_left_, true)) return;
  const auto self = shared_from_this();
  stream_.close();
  callbacks_.gone(*this);
}

}  // namespace plaintalk::analyzer::web
