#include "messenger/core/server_config.hpp"

#include <algorithm>
#include <array>
#include <limits>

namespace plaintalk::messenger {
namespace {

// What our own client takes of a line, and every decoder of a body (docs/PROTOCOL.md, section 2).
constexpr std::size_t kLineMin = 256;
constexpr std::size_t kLineMax = 64 << 10;
constexpr std::size_t kQueueMin = 4096;
constexpr std::size_t kUnfinishedMin = 256 << 10;
constexpr std::size_t kQueueMax = 1 << 30;  // a block has less than 2 GiB
constexpr std::size_t kCountMax = 1'000'000;
constexpr std::size_t kBytesMax = std::size_t{1} << 40;
constexpr unsigned kIterationMax = 10'000'000;  // seconds for each login

struct Range {
  std::string_view setting;
  std::size_t value;
  std::size_t least;
  std::size_t most;
};

}  // namespace

Limit<std::uint64_t> file_size_limit(const ServerConfig& config) {
  if (!config.file_size_max || !config.spool_size_max)
    return config.file_size_max ? config.file_size_max : config.spool_size_max;
  return std::min(*config.file_size_max, *config.spool_size_max);
}

std::optional<ConfigFault> find_fault(const ServerConfig& config) {
  const std::array<Range, 18> ranges{{
      {"line_size_max", config.line_size_max, kLineMin, kLineMax},
      {"body_size_max", config.body_size_max, 1, kSkippedBodySizeMax},
      {"chunk_size_max", config.chunk_size_max, 1, kSkippedBodySizeMax},
      {"transfer_credit_bytes", config.transfer_credit_bytes, 1, kQueueMax},
      {"room_queue_bytes_max", config.room_queue_bytes_max, 1, kQueueMax},
      {"reply_queue_bytes_max", config.reply_queue_bytes_max, 1, kQueueMax},
      {"history_count", config.history_count, 1, kCountMax},
      {"room_count_max", config.room_count_max, 1, kCountMax},
      {"conversation_count_max", config.conversation_count_max, 1, kCountMax},
      {"room_percent_per_address", config.room_percent_per_address, 1, 100},
      {"remembered_request_count_max", config.remembered_request_count_max, 0, kCountMax},
      {"unfinished_frames_bytes_max", config.unfinished_frames_bytes_max, kUnfinishedMin, kBytesMax},
      {"remembered_request_bytes_max", config.remembered_request_bytes_max, kQueueMin, kBytesMax},
      {"guest_users_per_address", config.guest_users_per_address, 1, kCountMax},
      {"account_count_max", config.account_count_max, 1, kCountMax},
      {"account_percent_per_address", config.account_percent_per_address, 1, 100},
      {"connection_percent_per_address", config.connection_percent_per_address, 1, 100},
      {"password_iteration_count", config.password_iteration_count, 1, kIterationMax},
  }};
  for (const Range& range : ranges) {
    if (range.value < range.least)
      return ConfigFault{range.setting, "has to be at least " + std::to_string(range.least)};
    if (range.value > range.most)
      return ConfigFault{range.setting, "may be at most " + std::to_string(range.most)};
  }
  if (config.chunk_size_max > config.transfer_credit_bytes)
    return ConfigFault{"chunk_size_max", "is more than transfer_credit_bytes (" +
                                             std::to_string(config.transfer_credit_bytes) +
                                             "), so that no chunk of that size could ever be sent"};
  const std::size_t frame_size = config.line_size_max + std::max(config.body_size_max, config.chunk_size_max);
  if (config.unfinished_frames_bytes_max < 4 * frame_size)
    return ConfigFault{"unfinished_frames_bytes_max", "has to be at least " + std::to_string(4 * frame_size) +
                                                          ", two frames of the largest size"};
  return std::nullopt;
}

}  // namespace plaintalk::messenger
