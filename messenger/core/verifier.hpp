// What is kept of a password: the SCRAM-SHA-256 verifier of RFC 5802, section 3, from which the password
// cannot be read.
#pragma once

#include <string>
#include <string_view>

namespace plaintalk::messenger::core {

struct Verifier {
  std::string salt;
  unsigned iteration_count = 0;
  std::string stored_key;  // H(ClientKey)
  std::string server_key;
};

inline constexpr std::size_t kSaltSize = 16;

// `salted_password` is PBKDF2-HMAC-SHA-256 of the password with that salt and count.
Verifier make_verifier(std::string salt, unsigned iteration_count, std::string_view salted_password);
bool matches(const Verifier& verifier, std::string_view salted_password);

}  // namespace plaintalk::messenger::core
