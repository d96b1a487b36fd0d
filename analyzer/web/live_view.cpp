#include "analyzer/web/live_view.hpp"

#include <algorithm>

#include "base/number.hpp"

namespace plaintalk::analyzer::web {
namespace {

constexpr std::string_view kLoopback = "127.0.0.1";

std::size_t share_of(std::size_t memory_max) {
  if (memory_max == 0) return LiveView::kBytesMax;
  return std::min(LiveView::kBytesMax, memory_max / LiveView::kBudgetPart);
}

}  // namespace

std::expected<HostPort, std::string> parse_web_address(std::string_view text) {
  if (text.empty()) return HostPort{std::string(kLoopback), kDefaultWebPort};
  const std::string_view port = text.starts_with(':') ? text.substr(1) : text;
  if (const auto number = parse_decimal<std::uint16_t>(port))
    return HostPort{std::string(kLoopback), *number};
  return parse_host_port(text, kDefaultWebPort);
}

LiveView::LiveView(const HostPort& where, std::size_t memory_max)
    : state_(share_of(memory_max)), server_(where, state_) {}

std::string LiveView::warning() const {
  if (server_.place().is_loopback()) return {};
  return "others can reach the live view: whoever learns its address reads along, and it goes over the "
         "network "
         "without encryption";
}

}  // namespace plaintalk::analyzer::web
