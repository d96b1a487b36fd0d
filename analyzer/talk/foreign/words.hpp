// Words of text protocols.
#pragma once

#include <array>
#include <cstddef>
#include <optional>
#include <string>
#include <string_view>
#include <utility>

namespace plaintalk::analyzer::foreign {

// ASCII letters only, as the protocols have it.
std::string upper(std::string_view text);
bool starts_with_word(std::string_view text, std::string_view upper_case_word);  // in any case
bool contains_any_case(std::string_view text, std::string_view lower_case_part);

std::string_view trim(std::string_view text);
// The words of a line. Lines are many, so they are kept in place.
class Words {
 public:
  static constexpr std::size_t kCountMax = 8;

  // REQUIRES: fewer than kCountMax.
  void add(std::string_view word) { words_[size_++] = word; }
  std::size_t size() const { return size_; }
  bool empty() const { return size_ == 0; }
  std::string_view operator[](std::size_t index) const { return words_[index]; }
  // REQUIRES: there is one.
  std::string_view front() const { return words_[0]; }
  std::string_view back() const { return words_[size_ - 1]; }
  const std::string_view* begin() const { return words_.data(); }
  const std::string_view* end() const { return words_.data() + size_; }

 private:
  std::array<std::string_view, kCountMax> words_{};
  std::size_t size_ = 0;
};

// At most `count_max` of them, which is at most Words::kCountMax; the last one is then the rest of the line.
Words split(std::string_view line, std::size_t count_max = Words::kCountMax);

// RFC 4648, section 4; padding may be missing. Nothing when it is none.
std::optional<std::string> base64(std::string_view text);

// A user and a password.
struct Login {
  std::string user;
  std::string password;
};
// SASL PLAIN (RFC 4616): authorization NUL user NUL password.
std::optional<Login> sasl_plain(std::string_view base64_text);

// The code of a reply of FTP or SMTP, when `line` is its last or only line ("250 ", not "250-"); 0 when it is
// not.
unsigned reply_code(std::string_view line);

}  // namespace plaintalk::analyzer::foreign
