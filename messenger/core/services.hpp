// What the rules need from the outside and may not do themselves, as interfaces that tests replace.
#pragma once

#include <cstdint>
#include <expected>
#include <string>
#include <string_view>

#include "messenger/core/server_events.hpp"

namespace plaintalk::messenger {

// Where files lie while they pass through. A file is known by the server's handle only: no name from a client
// gets here.
class FileSpool {
 public:
  virtual ~FileSpool() = default;
  struct Error {
    std::string what;  // for the log
  };
  virtual std::expected<void, Error> create(std::string_view file) = 0;
  virtual std::expected<void, Error> append(std::string_view file, std::uint64_t offset,
                                            std::string_view octets) = 0;
  // Reads exactly `size` octets into `out` (replacing it).
  virtual std::expected<void, Error> read(std::string_view file, std::uint64_t offset, std::size_t size,
                                          std::string& out) = 0;
  virtual void remove(std::string_view file) = 0;
};

// A password to be checked or turned into a verifier off the event loop: it takes milliseconds.
struct PasswordJob {
  ConnectionId connection;
  std::uint64_t ticket = 0;
  std::string password;  // wiped by whoever runs the job
  std::string salt;
  unsigned iteration_count = 0;
};
struct PasswordResult {
  ConnectionId connection;
  std::uint64_t ticket = 0;
  std::string salted_password;  // PBKDF2-HMAC-SHA-256 of the password, 32 octets
};
PasswordResult run(const PasswordJob& job);

class PasswordWorker {
 public:
  virtual ~PasswordWorker() = default;
  // False when its queue is full: the core answers 503 BUSY. The result comes back through
  // ServerCore::password_ready().
  virtual bool submit(PasswordJob job) = 0;
};

class RandomSource {
 public:
  virtual ~RandomSource() = default;
  virtual std::string bytes(std::size_t size) = 0;
};

struct Services {
  FileSpool& spool;
  PasswordWorker& passwords;
  RandomSource& random;
  EventSink& events;
};

}  // namespace plaintalk::messenger
