#include "messenger/net/recorder.hpp"

#include <algorithm>
#include <cstdio>
#include <utility>

namespace plaintalk::messenger {
namespace {

std::uint64_t key(ConnectionId id) { return static_cast<std::uint64_t>(id); }

}  // namespace

Recorder::Recorder(const std::string& path, capture::FileSink::Existing existing,
                   const std::string& application)
    : file_(capture::FileSink::create(path, existing)),
      writer_([this](std::string_view block) { file_.write(block, is_writing_packet_); },
              {application, std::string(capture::kSyntheticComment)}),
      interface_(writer_.add_interface({LinkType::raw, 0, application, ""})) {}

Recorder::~Recorder() {
  capture::InterfaceStatistics statistics;
  statistics.received_count = packet_count_;
  writer_.statistics(interface_, last_time_, statistics);
  flush();
}

void Recorder::opened(ConnectionId id, const Endpoint& client, const Endpoint& server, WallTime time) {
  const auto emit = [this](WallTime when, Bytes packet) {
    ++packet_count_;
    last_time_ = when;
    is_writing_packet_ = true;
    writer_.packet(interface_, when, packet, static_cast<std::uint32_t>(packet.size()));
    is_writing_packet_ = false;
  };
  const auto [place, added] =
      connections_.try_emplace(key(id), capture::SyntheticConnection(client, server, emit));
  if (added) place->second.open(time);
}

void Recorder::client_sent(ConnectionId id, std::string_view bytes, WallTime time) {
  const auto found = connections_.find(key(id));
  if (found != connections_.end()) found->second.client_sent(bytes, time);
}

void Recorder::server_sent(ConnectionId id, std::span<const iovec> pieces, std::size_t size, WallTime time) {
  const auto found = connections_.find(key(id));
  if (found == connections_.end()) return;
  // One system call may leave in one segment: the pieces are joined before they are cut into packets.
  joined_.clear();
  for (const iovec& piece : pieces) {
    const std::size_t part = std::min(size, piece.iov_len);
    joined_.append(static_cast<const char*>(piece.iov_base), part);
    size -= part;
    if (size == 0) break;
  }
  found->second.server_sent(joined_, time);
}

void Recorder::closed(ConnectionId id, Ending ending, WallTime time) {
  const auto found = connections_.find(key(id));
  if (found == connections_.end()) return;
  switch (ending) {
    case Ending::client_first: found->second.close(true, time); break;
    case Ending::server_first: found->second.close(false, time); break;
    case Ending::reset_by_client: found->second.reset(true, time); break;
    case Ending::reset_by_server: found->second.reset(false, time); break;
  }
  connections_.erase(found);
}

void Recorder::flush() {
  if (failed_ || file_.flush()) return;
  failed_ = true;
  const std::string text = "plaintalk-server: the recording ends here: " + file_.error() + "; " +
                           std::to_string(file_.packet_count()) + " packets can be read from it\n";
  std::fputs(text.c_str(), stderr);
}

}  // namespace plaintalk::messenger
