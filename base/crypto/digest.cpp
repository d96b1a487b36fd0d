#include "base/crypto/digest.hpp"

#include <array>

#include <openssl/crypto.h>
#include <openssl/evp.h>
#include <openssl/hmac.h>
#include <openssl/rand.h>

#include "base/check.hpp"

namespace plaintalk {
namespace {

constexpr std::size_t kDigestSize = 32;

std::string from_bytes(const std::array<unsigned char, kDigestSize>& bytes) {
  return {reinterpret_cast<const char*>(bytes.data()), bytes.size()};
}

const unsigned char* as_unsigned(std::string_view text) {
  return reinterpret_cast<const unsigned char*>(text.data());
}

}  // namespace

struct Sha256::Context {
  EVP_MD_CTX* state = EVP_MD_CTX_new();
  Context() {
    check(state != nullptr && EVP_DigestInit_ex(state, EVP_sha256(), nullptr) == 1, "SHA-256 cannot start");
  }
  ~Context() { EVP_MD_CTX_free(state); }
  Context(const Context&) = delete;
  Context& operator=(const Context&) = delete;
};

Sha256::Sha256() : context_(std::make_unique<Context>()) {}
Sha256::~Sha256() = default;
Sha256::Sha256(Sha256&&) noexcept = default;
Sha256& Sha256::operator=(Sha256&&) noexcept = default;

void Sha256::update(std::string_view bytes) {
  check(EVP_DigestUpdate(context_->state, bytes.data(), bytes.size()) == 1, "SHA-256 update");
}

std::string Sha256::finish() {
  std::array<unsigned char, kDigestSize> digest{};
  check(EVP_DigestFinal_ex(context_->state, digest.data(), nullptr) == 1, "SHA-256 finish");
  return from_bytes(digest);
}

std::string sha256(std::string_view bytes) {
  Sha256 hash;
  hash.update(bytes);
  return hash.finish();
}

std::string hmac_sha256(std::string_view key, std::string_view message) {
  std::array<unsigned char, kDigestSize> digest{};
  unsigned size = 0;
  check(HMAC(EVP_sha256(), key.data(), static_cast<int>(key.size()), as_unsigned(message), message.size(),
             digest.data(), &size) != nullptr,
        "HMAC");
  return from_bytes(digest);
}

std::string pbkdf2_sha256(std::string_view password, std::string_view salt, unsigned iteration_count) {
  std::array<unsigned char, kDigestSize> key{};
  check(PKCS5_PBKDF2_HMAC(password.data(), static_cast<int>(password.size()), as_unsigned(salt),
                          static_cast<int>(salt.size()), static_cast<int>(iteration_count), EVP_sha256(),
                          static_cast<int>(key.size()), key.data()) == 1,
        "PBKDF2");
  return from_bytes(key);
}

std::string random_bytes(std::size_t size) {
  std::string bytes(size, '\0');
  check(RAND_bytes(reinterpret_cast<unsigned char*>(bytes.data()), static_cast<int>(size)) == 1,
        "the system's random generator gives nothing");
  return bytes;
}

bool equal_in_constant_time(std::string_view a, std::string_view b) {
  return a.size() == b.size() && CRYPTO_memcmp(a.data(), b.data(), a.size()) == 0;
}

}  // namespace plaintalk
