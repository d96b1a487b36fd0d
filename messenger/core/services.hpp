// What the rules need from the outside and may not do themselves, as interfaces that tests replace.
#pragma once

#include <cstdint>
#include <expected>
#include <span>
#include <string>
#include <string_view>

#include "base/time.hpp"
#include "messenger/core/file_id.hpp"
#include "messenger/core/server_events.hpp"

namespace plaintalk::messenger {

// The outside calls ServerCore::tick() at least so often.
inline constexpr Milliseconds kTickInterval{50};

// Where files lie while they pass through: hashed and written off the event loop, in blocks. A file is known
// by its FileId only: no name from a client gets here.
inline constexpr std::uint64_t kSpoolBlockSize = 16 << 10;  // a file takes whole blocks

struct SpoolJob {
  enum class Kind : std::uint8_t {
    append,  // `bytes` come at `offset`, which is where the file ends by now
    digest,  // the SHA-256 of all that was appended; nothing is appended after it
    remove,  // the file goes; there is no result
  };
  Kind kind;
  FileId file;
  std::uint64_t offset;
  std::string bytes;
};
struct SpoolResult {
  SpoolJob::Kind kind;
  FileId file;
  std::uint64_t size = 0;  // of the bytes of the job, whether they were stored or not
  std::string sha256;      // 32 bytes, of a digest
  std::string trouble;     // for the log; empty: it went well. After trouble the file takes nothing more.
};

class FileSpool {
 public:
  virtual ~FileSpool() = default;
  struct Error {
    std::string what;  // for the log
  };
  // Jobs are done in their order; the core bounds what waits. The result comes back through
  // ServerCore::spool_ready().
  virtual void submit(SpoolJob job) = 0;
  // Fills `out` at once, from a file whose digest came back and that was not removed.
  virtual std::expected<void, Error> read(FileId file, std::uint64_t offset, std::span<char> out) = 0;
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
  std::string salted_password;  // PBKDF2-HMAC-SHA-256 of the password, 32 bytes
};
PasswordResult run(const PasswordJob& job);

class PasswordWorker {
 public:
  virtual ~PasswordWorker() = default;
  // False when its queue is full: the core answers 503 BUSY. The result comes back through
  // ServerCore::password_ready(). Nothing of the password stays in `job`, whether it was taken or not.
  virtual bool submit(PasswordJob&& job) = 0;
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
