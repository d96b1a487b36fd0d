// SHA-256 (FIPS 180-4), HMAC (RFC 2104), PBKDF2 (RFC 8018) and random bytes, from OpenSSL.
#pragma once

#include <cstdint>
#include <memory>
#include <string>
#include <string_view>

#include "base/bytes.hpp"

namespace plaintalk {

// Incremental, so that a file is hashed while it arrives. finish() may be called once; it returns 32 raw
// bytes.
class Sha256 {
 public:
  Sha256();
  ~Sha256();
  Sha256(Sha256&&) noexcept;
  Sha256& operator=(Sha256&&) noexcept;

  void update(std::string_view bytes);
  std::string finish();

 private:
  struct Context;
  std::unique_ptr<Context> context_;
};

std::string sha256(std::string_view bytes);
std::string hmac_sha256(std::string_view key, std::string_view message);
std::string pbkdf2_sha256(std::string_view password, std::string_view salt, unsigned iteration_count);

// From the system's generator; for tokens and salts.
std::string random_bytes(std::size_t size);

// Takes the same time wherever the first difference is.
bool equal_in_constant_time(std::string_view a, std::string_view b);

}  // namespace plaintalk
