#include "messenger/core/world.hpp"

#include <algorithm>
#include <utility>

#include "base/text.hpp"

namespace plaintalk::messenger::core {

namespace {

constexpr std::size_t kRunSize = 16;

}  // namespace

Connection::Connection() = default;
Connection::~Connection() = default;

World::World(ServerConfig configuration, Services outside, Now start)
    : config(std::move(configuration)),
      services(outside),
      run(hex(services.random.bytes(kRunSize))),
      now(start),
      decoders(DecoderLimits{
          config.line_size_max, std::max(config.body_size_max, config.chunk_size_max),
          std::max(kSkippedBodySizeMax, std::max(config.body_size_max, config.chunk_size_max))}),
      timers(start.instant),
      user_limits(budget_limits(config, 1)),
      address_limits(budget_limits(config, config.guest_users_per_address)),
      request_memories(config.remembered_request_bytes_max),
      transfers(config, services.spool) {
  if (config.password_guesses_per_minute) guesses.emplace(*config.password_guesses_per_minute);
}

}  // namespace plaintalk::messenger::core
