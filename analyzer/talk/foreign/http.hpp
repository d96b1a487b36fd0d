// HTTP: Basic passwords (RFC 7617) to servers and proxies, and passwords in forms, queries and JSON.
//
// 401 and 407 refuse a Basic password, and a good answer (2xx) accepts it. A form is judged by a page for
// people, which a program cannot read: only 401 tells something.
#pragma once

#include <cstdint>
#include <deque>
#include <string>
#include <vector>

#include "analyzer/talk/foreign/http_message.hpp"
#include "analyzer/talk/foreign/protocol.hpp"

namespace plaintalk::analyzer::foreign {

class Http : public Protocol {
 public:
  static constexpr std::size_t kBodySizeMax = 16 << 10;  // of a form
  static constexpr std::size_t kRequestCountMax = 32;
  static constexpr std::size_t kSecretCountMax = 16;  // of requests that wait for their answers

  Http(SecretSink& sink, bool from_start);

  std::string_view name() const override { return "http"; }
  void data(Direction direction, std::string_view bytes, Moment moment) override;
  void lost(Direction direction, std::uint64_t size) override;
  void finish() override { give_up(); }
  bool is_over() const override { return over_; }
  std::size_t held_size() const override;

 private:
  struct Request {
    std::uint64_t number = 0;
    bool is_head = false;
    bool is_connect = false;
    Moment sent;
    std::vector<Secret> secrets;
  };
  struct RequestSide : HttpReader::Handler {
    explicit RequestSide(Http& http_) : http(http_) {}
    bool start_line(std::string_view line) override;
    void field(std::string_view name, std::string_view value, Moment moment) override;
    HttpReader::Body fields_end(bool has_body_fields, Moment moment) override;
    void body(std::string_view bytes) override;
    void message_end(Moment moment) override;
    Http& http;
    Request request;
    std::string target;
    bool is_form = false;
    bool is_json = false;
    std::string content;
  };
  struct ResponseSide : HttpReader::Handler {
    explicit ResponseSide(Http& http_) : http(http_) {}
    bool start_line(std::string_view line) override;
    void field(std::string_view, std::string_view, Moment) override {}
    HttpReader::Body fields_end(bool has_body_fields, Moment moment) override;
    void body(std::string_view) override {}
    void message_end(Moment) override {}
    Http& http;
    unsigned code = 0;
  };
  void basic(std::string_view value, std::string_view method, Moment moment);
  void found(Secret secret, std::uint64_t request);
  static std::string_view judged(const Secret& secret, unsigned code);
  void give_up();

  SecretSink& sink_;
  RequestSide requests_{*this};
  ResponseSide responses_{*this};
  HttpReader client_{requests_};
  HttpReader server_{responses_};
  std::deque<Request> waiting_;
  std::size_t secret_count_ = 0;
  std::uint64_t request_count_ = 0;
  bool in_step_ = true;
  bool over_ = false;
};

// "GET /path HTTP/1.1"
bool is_http_request_line(std::string_view line);

}  // namespace plaintalk::analyzer::foreign
