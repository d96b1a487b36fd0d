#include "messenger/net/descriptor_limit.hpp"

#include <algorithm>

#include <sys/resource.h>

namespace plaintalk::messenger {
namespace {

// Listeners, log, recording, spool, epoll, signals; and those who are told that the server is full, for as
// long as that takes.
constexpr std::size_t kOwnDescriptors = 24;
constexpr std::size_t kRefusedDescriptors = 8;

}  // namespace

std::size_t raise_descriptor_limit() {
  rlimit limit{};
  if (::getrlimit(RLIMIT_NOFILE, &limit) != 0) return 1024;
  const rlimit raised{limit.rlim_max, limit.rlim_max};
  if (limit.rlim_cur < limit.rlim_max && ::setrlimit(RLIMIT_NOFILE, &raised) == 0) limit = raised;
  return static_cast<std::size_t>(limit.rlim_cur);
}

std::string fit_connections(ServerConfig& config, std::size_t descriptor_count) {
  constexpr std::size_t kKept = kOwnDescriptors + kRefusedDescriptors;
  const std::size_t allowed = std::max<std::size_t>(descriptor_count - std::min(descriptor_count, kKept), 1);
  if (config.connection_count_max && *config.connection_count_max <= allowed) return {};
  config.connection_count_max = allowed;
  return "note: " + std::to_string(descriptor_count) + " file descriptors allow " + std::to_string(allowed) +
         " connections (ulimit -n)\n";
}

}  // namespace plaintalk::messenger
