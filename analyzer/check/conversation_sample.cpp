#include "analyzer/check/conversation_sample.hpp"

#include <algorithm>

#include "base/bytes.hpp"

namespace plaintalk::analyzer {

void SampleCollector::opened(const ConnectionRecord& connection) {
  const std::uint16_t number = connection.server.endpoint.port;
  if (ports_.size() >= kPortCountMax && !ports_.contains(number)) return;
  Port& port = ports_[number];
  ++port.connection_count;
  if (port.conversations.size() >= kConversationCountMax) return;
  ConversationSample& conversation = port.conversations.emplace_back();
  conversation.client.is_broken = conversation.server.is_broken = connection.midstream;
  places_[connection.id] = {number, port.conversations.size() - 1};
}

StreamSample* SampleCollector::sample(ConnectionId connection, Direction direction) {
  const auto place = places_.find(connection);
  if (place == places_.end()) return nullptr;
  ConversationSample& conversation = ports_.at(place->second.port).conversations[place->second.index];
  return direction == Direction::client_to_server ? &conversation.client : &conversation.server;
}

void SampleCollector::data(const StreamData& data) {
  StreamSample* const kept = sample(data.connection, data.direction);
  if (kept == nullptr || kept->is_cut) return;
  const std::string_view bytes = as_text(data.bytes);
  if (kept->bytes.size() + bytes.size() > kSampleSizeMax) {
    kept->is_cut = true;
    return;
  }
  kept->bytes += bytes;
  kept->segment_ends.push_back(kept->bytes.size());
}

void SampleCollector::gap(const StreamGap& gap) {
  StreamSample* const kept = sample(gap.connection, gap.direction);
  if (kept == nullptr) return;
  // What came before the hole is still good.
  kept->is_cut = true;
  if (kept->bytes.empty()) kept->is_broken = true;
}

}  // namespace plaintalk::analyzer
