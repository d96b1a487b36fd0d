// --record: the server's own bytes as a capture file, for machines on which packets may not be captured.
//
// The TCP/IP headers are made up (capture/synthetic) and the file says so. Bytes stand in it in the order in
// which the loop read and wrote them. Packets are collected and written once a turn, so at most one turn's
// traffic waits in memory.
#pragma once

#include <cstddef>
#include <cstdint>
#include <span>
#include <string>
#include <string_view>
#include <unordered_map>

#include <sys/uio.h>

#include "base/endpoint.hpp"
#include "base/time.hpp"
#include "capture/file/file_sink.hpp"
#include "capture/file/pcapng_writer.hpp"
#include "capture/synthetic/synthetic_connection.hpp"
#include "messenger/core/server_events.hpp"

namespace plaintalk::messenger {

class Recorder {
 public:
  enum class Ending : std::uint8_t { client_first, server_first, reset_by_client, reset_by_server };

  // Throws std::runtime_error when the file cannot be created.
  Recorder(const std::string& path, capture::FileSink::Existing existing, const std::string& application);
  ~Recorder();
  Recorder(const Recorder&) = delete;
  Recorder& operator=(const Recorder&) = delete;

  void opened(ConnectionId id, const Endpoint& client, const Endpoint& server, WallTime time);
  void client_sent(ConnectionId id, std::string_view bytes, WallTime time);
  // The first `size` bytes of `pieces`.
  void server_sent(ConnectionId id, std::span<const iovec> pieces, std::size_t size, WallTime time);
  void closed(ConnectionId id, Ending ending, WallTime time);

  // Hands the file what was collected. The first failure is reported on standard error and ends the
  // recording.
  void flush();

 private:
  capture::FileSink file_;
  bool failed_ = false;
  bool is_writing_packet_ = false;
  std::string joined_;
  std::uint64_t packet_count_ = 0;
  WallTime last_time_{};
  capture::PcapngWriter writer_;
  std::uint32_t interface_ = 0;
  std::unordered_map<std::uint64_t, capture::SyntheticConnection> connections_;
};

}  // namespace plaintalk::messenger
