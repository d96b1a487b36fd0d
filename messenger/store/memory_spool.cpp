#include "messenger/store/memory_spool.hpp"

namespace plaintalk::messenger {

std::expected<void, FileSpool::Error> MemorySpool::create(std::string_view file) {
  if (!files_.emplace(std::string(file), std::string()).second)
    return std::unexpected(Error{"file " + std::string(file) + " is in the spool already"});
  return {};
}

std::expected<void, FileSpool::Error> MemorySpool::append(std::string_view file, std::uint64_t offset,
                                                          std::string_view octets) {
  const auto found = files_.find(file);
  if (found == files_.end()) return std::unexpected(Error{"no file " + std::string(file) + " in the spool"});
  if (offset != found->second.size())
    return std::unexpected(Error{"file " + std::string(file) + " ends elsewhere"});
  found->second.append(octets);
  return {};
}

std::expected<void, FileSpool::Error> MemorySpool::read(std::string_view file, std::uint64_t offset,
                                                        std::size_t size, std::string& out) {
  const auto found = files_.find(file);
  if (found == files_.end()) return std::unexpected(Error{"no file " + std::string(file) + " in the spool"});
  if (offset > found->second.size() || found->second.size() - offset < size)
    return std::unexpected(Error{"file " + std::string(file) + " is shorter than expected"});
  out.assign(found->second, static_cast<std::size_t>(offset), size);
  return {};
}

void MemorySpool::remove(std::string_view file) {
  const auto found = files_.find(file);
  if (found != files_.end()) files_.erase(found);
}

}  // namespace plaintalk::messenger
