// A client as plain as netcat: it connects, sends bytes and reads bytes, each with a limit on time.
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace plaintalk::messenger::test {

class Peer {
 public:
  explicit Peer(std::uint16_t port, std::optional<int> receive_buffer_bytes = {});
  ~Peer();
  Peer(const Peer&) = delete;
  Peer& operator=(const Peer&) = delete;

  void send(std::string_view bytes);
  // As much as the sockets take without waiting; how much that was.
  std::size_t send_what_fits(std::string_view bytes);
  // Again and again, and reading nothing, until the server resets the connection; false after `size_max`.
  bool sends_until_cut(std::string_view bytes, std::uint64_t size_max);
  // Until the server's kernel has acknowledged everything, so that what is sent next is a segment of its own.
  void wait_until_delivered();
  // Everything up to and with the next `text`; throws when the connection ends or time is up before.
  std::string read_until(std::string_view text);
  // Everything until the server closes. `was_reset` says how.
  std::string read_to_end();
  bool was_reset() const { return was_reset_; }

  void finish_sending();  // FIN
  void reset();           // RST

  std::uint16_t own_port() const;
  std::uint64_t sent_count() const { return sent_count_; }
  std::uint64_t received_count() const { return received_count_; }

 private:
  bool read_some();

  int descriptor_ = -1;
  std::string unread_;
  std::uint64_t sent_count_ = 0;
  std::uint64_t received_count_ = 0;
  bool was_reset_ = false;
};

// Logged in as a guest and in the room; everything up to the last answer has been read.
void enter(Peer& peer, std::string_view name, std::string_view room);

// Times become T, tokens and what names the run of the server X, so that a whole session can be compared with
// an expected text.
std::string masked(std::string_view text);

}  // namespace plaintalk::messenger::test
