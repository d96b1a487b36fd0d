#include "analyzer/talk/foreign/sasl_dialogue.hpp"

#include "analyzer/talk/foreign/words.hpp"

namespace plaintalk::analyzer::foreign {

std::optional<Secret> SaslDialogue::begin(std::string_view mechanism, std::string_view initial,
                                          Moment moment) {
  const std::string name = upper(mechanism);
  mechanism_ = name == "PLAIN"   ? Mechanism::plain
               : name == "LOGIN" ? Mechanism::login_user
                                 : Mechanism::other;
  user_.clear();
  if (initial.empty() || initial == "=") return std::nullopt;
  return line(initial, moment);
}

std::optional<Secret> SaslDialogue::line(std::string_view text, Moment moment) {
  if (text.size() > 2 * kWordSizeMax) return std::nullopt;
  switch (mechanism_) {
    case Mechanism::plain: {
      mechanism_ = Mechanism::other;
      auto login = sasl_plain(text);
      if (!login || login->password.empty()) return std::nullopt;
      return Secret{std::move(login->user), "plain-password", std::move(login->password), moment, {}};
    }
    case Mechanism::login_user:
      mechanism_ = Mechanism::login_password;
      user_ = base64(text).value_or("");
      return std::nullopt;
    case Mechanism::login_password: {
      mechanism_ = Mechanism::other;
      auto password = base64(text);
      if (!password || password->empty()) return std::nullopt;
      return Secret{user_, "login-password", std::move(*password), moment, {}};
    }
    case Mechanism::none:
    case Mechanism::other: return std::nullopt;
  }
  return std::nullopt;
}

}  // namespace plaintalk::analyzer::foreign
