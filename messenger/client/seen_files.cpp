#include "messenger/client/seen_files.hpp"

#include <algorithm>
#include <ranges>

namespace plaintalk::messenger::client {
namespace {

constexpr std::size_t kHandleSizeMax = 32;

bool can_be_handle(std::string_view text) {
  constexpr std::string_view kAllowed = "abcdefghijklmnopqrstuvwxyz0123456789";
  return !text.empty() && text.size() <= kHandleSizeMax &&
         text.find_first_not_of(kAllowed) == std::string_view::npos;
}

}  // namespace

void SeenFiles::add(std::string_view handle, std::string_view name) {
  std::erase_if(files_, [&](const Seen& seen) { return seen.handle == handle; });
  files_.push_back({std::string(handle), std::string(name)});
  if (files_.size() > kCountMax) files_.pop_front();
}

bool SeenFiles::has(std::string_view wanted) const {
  return std::ranges::any_of(files_,
                             [&](const Seen& seen) { return seen.name == wanted || seen.handle == wanted; });
}

std::optional<std::string> SeenFiles::handle_of(std::string_view wanted) const {
  for (const Seen& seen : files_ | std::views::reverse)
    if (seen.name == wanted || seen.handle == wanted) return seen.handle;
  if (can_be_handle(wanted)) return std::string(wanted);
  return std::nullopt;
}

}  // namespace plaintalk::messenger::client
