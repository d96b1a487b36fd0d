// One file on its way to the server (docs/PROTOCOL.md, section 7): PUT, DATA within the credit, DONE.
//
// Before PUT the file is hashed, beside the loop. The server's `next` is the truth: after a lost connection
// the same PUT tells where to go on. Only encodes and counts; the session sends the frames and matches the
// answers.
#pragma once

#include <cstddef>
#include <cstdint>
#include <expected>
#include <memory>
#include <string>

#include "messenger/client/files.hpp"

namespace plaintalk::messenger::client {

class Upload {
 public:
  // unsure: DONE was sent, and the connection went before the answer.
  enum class Stage : std::uint8_t { unhashed, waiting, putting, sending, finishing, unsure };

  Upload(std::unique_ptr<UploadSource> source, std::string target);

  const UploadSource& source() const { return *source_; }
  const std::string& file() const { return file_; }
  Stage stage() const { return stage_; }
  std::uint64_t confirmed() const { return confirmed_; }

  // The hash of the source, which PUT announces. Until then it is of no use to the server.
  const std::string& sha256() const { return sha256_; }
  std::uint64_t hashed() const { return hashing_ == nullptr ? 0 : hashing_->done(); }
  // Starts it, or looks how far it is: whether it is there now, or why it never will be.
  std::expected<bool, std::string> hash();

  void write_put(std::string& out);
  // The answer to PUT. False when it makes no sense.
  bool accepted(std::string file, std::uint64_t next, std::uint64_t chunk, std::uint64_t credit);
  void granted(std::uint64_t credit);
  // ACK: the server has everything before `next`.
  void acknowledged(std::uint64_t next);
  // 409 OFFSET or 429 RATE on the DATA frame of generation `generation` with `size` bytes: go back, once for
  // all frames in flight.
  void rewind(std::uint64_t next, std::uint64_t size, unsigned generation, bool wait_for_credit);

  bool may_send() const;
  // Appends one DATA frame; how many bytes of the file it has, or why they cannot be read. REQUIRES:
  // may_send().
  std::expected<std::uint64_t, std::string> write_data(std::string& out);
  // Only when all of it is known to be there: a frame that was refused may still have to be repeated.
  bool may_finish() const { return stage_ == Stage::sending && confirmed_ == source_->size(); }
  // May be repeated: it names the file, so that it is announced once whichever answers arrive.
  void write_done(std::string& out);
  // The server does not know it, or not any more.
  void start_over() { stage_ = Stage::waiting; }
  unsigned generation() const { return generation_; }

  void connection_lost();

 private:
  std::unique_ptr<UploadSource> source_;
  std::unique_ptr<Hashing> hashing_;  // of source_, so it goes first
  std::string sha256_;
  std::string target_;
  std::string file_;
  Stage stage_ = Stage::unhashed;
  std::uint64_t next_ = 0;       // to be sent
  std::uint64_t confirmed_ = 0;  // stored by the server
  std::uint64_t chunk_ = 0;
  std::uint64_t credit_ = 0;
  unsigned generation_ = 0;  // counts rewinds
};

}  // namespace plaintalk::messenger::client
