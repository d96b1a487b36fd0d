#include "analyzer/talk/described/description.hpp"

#include <algorithm>

namespace plaintalk::analyzer::described {
namespace {

constexpr std::array<std::string_view, 15> kMeanings{
    "nothing",  "login",   "accepted", "refused", "secret",     "rename",     "join",    "leave",
    "presence", "message", "delivery", "ack",     "file-begin", "file-chunk", "file-end"};
constexpr std::array<std::string_view, kRoleCount> kRoles{
    "user", "secret", "name", "room", "to", "text", "id", "file", "size", "offset", "sha256", "data"};

template <typename Enum, std::size_t Count>
std::optional<Enum> find_name(const std::array<std::string_view, Count>& names, std::string_view name) {
  const auto found = std::ranges::find(names, name);
  if (found == names.end()) return std::nullopt;
  return static_cast<Enum>(found - names.begin());
}

}  // namespace

std::optional<Meaning> meaning_of(std::string_view name) { return find_name<Meaning>(kMeanings, name); }

std::string_view name_of(Meaning meaning) { return kMeanings[static_cast<std::size_t>(meaning)]; }

std::string meaning_names() {
  std::string all;
  for (const std::string_view name : kMeanings) all += (all.empty() ? "" : ", ") + std::string(name);
  return all;
}

std::optional<Role> role_of(std::string_view name) { return find_name<Role>(kRoles, name); }

}  // namespace plaintalk::analyzer::described
