// Lines of a protocol that nobody knows, such as the chat that a student has written: a login is known by its
// form alone, so only forms that a sentence does not have count (LOGIN alice tulip9, /login alice tulip9,
// PASSWORD=tulip9, "password": "tulip9"), and what is typed after the server asked for a password.
// Only the first bytes of the client are looked at, and text only.
#pragma once

#include <optional>
#include <string>

#include "analyzer/talk/foreign/line_reader.hpp"
#include "analyzer/talk/foreign/protocol.hpp"
#include "analyzer/talk/foreign/words.hpp"

namespace plaintalk::analyzer::foreign {

class OwnChat : public Protocol {
 public:
  static constexpr std::uint64_t kClientSizeMax = 4 << 10;
  static constexpr std::uint64_t kServerSizeMax = 64 << 10;

  explicit OwnChat(SecretSink& sink) : sink_(sink) {}

  std::string_view name() const override { return "other"; }
  void data(Direction direction, std::string_view bytes, Moment moment) override;
  void lost(Direction direction, std::uint64_t size) override;
  void finish() override { answered(kUnanswered); }
  bool is_over() const override { return over_; }
  std::size_t held_size() const override;

 private:
  void client_line(std::string_view line, Moment moment);
  void server_line(std::string_view line);
  void found(Login login, std::string_view method, Moment moment);
  void answered(std::string_view accepted);

  SecretSink& sink_;
  LineReader client_;
  LineReader server_;
  std::uint64_t client_size_ = 0;
  std::uint64_t server_size_ = 0;
  bool asked_user_ = false;
  bool asked_password_ = false;
  std::string user_;
  std::optional<Secret> waiting_;
  bool over_ = false;
};

// A login by its form; nothing when the line is none.
std::optional<Login> login_in_line(std::string_view line);

}  // namespace plaintalk::analyzer::foreign
