#include "messenger/core/verifier.hpp"

#include <utility>

#include "base/crypto/digest.hpp"
#include "messenger/core/services.hpp"

namespace plaintalk::messenger::core {

Verifier make_verifier(std::string salt, unsigned iteration_count, std::string_view salted_password) {
  return {std::move(salt), iteration_count, sha256(hmac_sha256(salted_password, "Client Key")),
          hmac_sha256(salted_password, "Server Key")};
}

bool matches(const Verifier& verifier, std::string_view salted_password) {
  return equal_in_constant_time(verifier.stored_key, sha256(hmac_sha256(salted_password, "Client Key")));
}

}  // namespace plaintalk::messenger::core

namespace plaintalk::messenger {

PasswordResult run(const PasswordJob& job) {
  return {job.connection, job.ticket, pbkdf2_sha256(job.password, job.salt, job.iteration_count)};
}

}  // namespace plaintalk::messenger
