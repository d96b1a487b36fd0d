#include "analyzer/talk/foreign/http.hpp"

#include <algorithm>
#include <utility>

#include "analyzer/talk/foreign/forms.hpp"
#include "analyzer/talk/foreign/words.hpp"

namespace plaintalk::analyzer::foreign {
namespace {

constexpr std::string_view kBasic = "basic-password";
constexpr std::string_view kProxy = "proxy-password";

}  // namespace

bool is_http_request_line(std::string_view line) {
  const auto words = split(line, 4);
  return words.size() == 3 && words[2].starts_with("HTTP/1.") && !words[0].empty() &&
         words[0].find_first_not_of("ABCDEFGHIJKLMNOPQRSTUVWXYZ-") == std::string_view::npos;
}

Http::Http(SecretSink& sink, bool from_start) : sink_(sink), in_step_(from_start) {}

void Http::data(Direction direction, std::string_view bytes, Moment moment) {
  if (direction == Direction::client_to_server) {
    client_.feed(bytes, moment);
  } else if (in_step_) {
    server_.feed(bytes, moment);
  }
}

void Http::lost(Direction direction, std::uint64_t size) {
  // What is missing inside of a body does no harm, but whether it was inside is only known by its length.
  in_step_ = false;
  give_up();
  if (direction == Direction::client_to_server) client_.lost(size);
  requests_.content.clear();
  requests_.is_form = requests_.is_json = false;
}

bool Http::RequestSide::start_line(std::string_view line) {
  if (!is_http_request_line(line)) return false;
  const auto words = split(line, 3);
  request = {};
  request.number = ++http.request_count_;
  request.is_head = words[0] == "HEAD";
  request.is_connect = words[0] == "CONNECT";
  target = words[1];
  is_form = is_json = false;
  content.clear();
  return true;
}

void Http::RequestSide::field(std::string_view name, std::string_view value, Moment moment) {
  if (name == "AUTHORIZATION") {
    http.basic(value, kBasic, moment);
  } else if (name == "PROXY-AUTHORIZATION") {
    http.basic(value, kProxy, moment);
  } else if (name == "CONTENT-TYPE") {
    is_form = contains_any_case(value, "application/x-www-form-urlencoded");
    is_json = contains_any_case(value, "json");
  }
}

void Http::basic(std::string_view value, std::string_view method, Moment moment) {
  if (!starts_with_word(value, "BASIC")) return;
  const auto words = base64(value.substr(5));
  if (!words) return;
  const std::size_t colon = words->find(':');
  if (colon == words->npos || words->size() > kWordSizeMax || colon + 1 == words->size()) return;
  if (requests_.request.secrets.size() < kSecretCountMax)
    requests_.request.secrets.push_back(
        {words->substr(0, colon), method, words->substr(colon + 1), moment, {}});
}

HttpReader::Body Http::RequestSide::fields_end(bool, Moment moment) {
  if (const std::size_t query = target.find('?'); query != target.npos)
    if (auto login = login_in_form(std::string_view(target).substr(query + 1)))
      request.secrets.push_back(
          {std::move(login->user), "query-password", std::move(login->password), moment, {}});
  request.sent = moment;
  if (!http.in_step_) {
    for (Secret& secret : request.secrets) http.sink_.found(std::move(secret));
    request.secrets.clear();
    return HttpReader::Body::by_fields;
  }
  if (http.waiting_.size() >= kRequestCountMax ||
      http.secret_count_ + request.secrets.size() > kSecretCountMax) {
    http.in_step_ = false;
    http.give_up();
    return fields_end(false, moment);
  }
  http.secret_count_ += request.secrets.size();
  http.waiting_.push_back(std::move(request));
  request = {};
  request.number = http.request_count_;
  return HttpReader::Body::by_fields;
}

void Http::RequestSide::body(std::string_view bytes) {
  if (!is_form && !is_json) return;
  if (content.size() + bytes.size() <= kBodySizeMax) {
    content += bytes;
  } else {  // too long for a login
    is_form = is_json = false;
    content.clear();
  }
}

void Http::RequestSide::message_end(Moment moment) {
  auto login = is_form ? login_in_form(content) : is_json ? login_in_json(content) : std::nullopt;
  const std::string_view method = is_form ? "form-password" : "json-password";
  std::string().swap(content);
  if (login)
    http.found({std::move(login->user), method, std::move(login->password), moment, {}}, request.number);
}

void Http::found(Secret secret, std::uint64_t request) {
  const auto waiting = std::ranges::find(waiting_, request, &Request::number);
  if (waiting == waiting_.end() || secret_count_ >= kSecretCountMax) return sink_.found(std::move(secret));
  ++secret_count_;
  waiting->sent = secret.seen;
  waiting->secrets.push_back(std::move(secret));
}

bool Http::ResponseSide::start_line(std::string_view line) {
  if (!line.starts_with("HTTP/1.")) return false;
  const auto words = split(line, 3);
  code = words.size() > 1 ? reply_code(words[1]) : 0;
  return code != 0;
}

HttpReader::Body Http::ResponseSide::fields_end(bool has_body_fields, Moment moment) {
  using Body = HttpReader::Body;
  if (code < 200 && code != 101) return Body::none;
  if (http.waiting_.empty() || moment < http.waiting_.front().sent) {
    http.in_step_ = false;
    http.give_up();
    return Body::until_end;
  }
  Request request = std::move(http.waiting_.front());
  http.waiting_.pop_front();
  http.secret_count_ -= request.secrets.size();
  for (Secret& secret : request.secrets) {
    secret.accepted = judged(secret, code);
    http.sink_.found(std::move(secret));
  }
  // From here on it is another protocol.
  if (code == 101 || (request.is_connect && code / 100 == 2)) {
    http.over_ = true;
    return Body::until_end;
  }
  if (request.is_head || code == 204 || code == 304) return Body::none;
  return has_body_fields ? Body::by_fields : Body::until_end;
}

std::string_view Http::judged(const Secret& secret, unsigned code) {
  if (secret.method == kProxy) return code == 407 ? kRefused : code / 100 == 2 ? kAccepted : kUnanswered;
  if (code == 401) return kRefused;
  return secret.method == kBasic && code / 100 == 2 ? kAccepted : kUnanswered;
}

void Http::give_up() {
  for (Request& request : waiting_)
    for (Secret& secret : request.secrets) sink_.found(std::move(secret));
  waiting_.clear();
  secret_count_ = 0;
}

std::size_t Http::held_size() const {
  return client_.held_size() + server_.held_size() + requests_.content.capacity() +
         requests_.target.capacity() + waiting_.size() * sizeof(Request) +
         (secret_count_ + requests_.request.secrets.size()) * (2 * kWordSizeMax);
}

}  // namespace plaintalk::analyzer::foreign
