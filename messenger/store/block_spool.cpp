#include "messenger/store/block_spool.hpp"

#include <algorithm>
#include <system_error>

#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <sys/mman.h>
#include <unistd.h>

namespace plaintalk::messenger {
namespace {

constexpr mode_t kFileMode = 0600;

[[noreturn]] void fail(const std::string& where, int error) {
  throw std::system_error(error, std::generic_category(), where);
}

FileSpool::Error error_of(std::string_view action, int error) {
  return {std::string(action) + " the spool: " + std::generic_category().message(error)};
}

// For file systems without O_TMPFILE: made under a name that is new, and the name goes at once.
int open_and_unlink(const std::filesystem::path& folder) {
  std::string name = (folder / "plaintalk-spool-XXXXXX").string();
  const int descriptor = ::mkostemp(name.data(), O_CLOEXEC);
  if (descriptor >= 0) ::unlink(name.c_str());
  return descriptor;
}

int open_nameless(const std::filesystem::path& folder) {
  const int descriptor = ::open(folder.c_str(), O_RDWR | O_TMPFILE | O_CLOEXEC, kFileMode);
  if (descriptor >= 0 || (errno != EOPNOTSUPP && errno != EISDIR && errno != ENOENT)) return descriptor;
  return open_and_unlink(folder);
}

}  // namespace

BlockSpool::BlockSpool() : descriptor_(::memfd_create("plaintalk-spool", MFD_CLOEXEC)) {
  if (descriptor_ < 0) fail("spool in memory", errno);
}

BlockSpool::BlockSpool(const std::filesystem::path& folder) {
  std::filesystem::create_directories(folder);
  descriptor_ = open_nameless(folder);
  if (descriptor_ < 0) fail("spool folder " + folder.string(), errno);
}

BlockSpool::~BlockSpool() { ::close(descriptor_); }

// Room for the next bytes of the file: what is left of its last block, or a new one.
BlockSpool::Extent BlockSpool::next_extent(FileId file, std::size_t size) {
  const std::scoped_lock lock(mutex_);
  Entry& entry = files_[file];
  const std::uint64_t within = entry.size % kSpoolBlockSize;
  if (within == 0) {
    if (free_.empty()) {
      entry.blocks.push_back(block_count_++);
    } else {
      entry.blocks.push_back(free_.back());
      free_.pop_back();
    }
  }
  const auto part = std::min<std::size_t>(size, static_cast<std::size_t>(kSpoolBlockSize - within));
  entry.size += part;
  return {entry.blocks.back() * kSpoolBlockSize + within, part};
}

std::expected<void, BlockSpool::Error> BlockSpool::append(FileId file, std::string_view bytes) {
  while (!bytes.empty()) {
    Extent extent = next_extent(file, bytes.size());
    while (extent.size > 0) {
      const ssize_t written =
          ::pwrite(descriptor_, bytes.data(), extent.size, static_cast<off_t>(extent.place));
      if (written < 0 && errno == EINTR) continue;
      if (written < 0) return std::unexpected(error_of("writing to", errno));
      bytes.remove_prefix(static_cast<std::size_t>(written));
      extent.place += static_cast<std::uint64_t>(written);
      extent.size -= static_cast<std::size_t>(written);
    }
  }
  return {};
}

std::expected<std::vector<BlockSpool::Extent>, BlockSpool::Error> BlockSpool::find(FileId file,
                                                                                   std::uint64_t offset,
                                                                                   std::size_t size) const {
  const std::scoped_lock lock(mutex_);
  const auto found = files_.find(file);
  if (found == files_.end() || offset > found->second.size || found->second.size - offset < size)
    return std::unexpected(Error{"reading the spool: a file is shorter than expected"});
  std::vector<Extent> extents;
  while (size > 0) {
    const std::uint64_t within = offset % kSpoolBlockSize;
    const auto part = std::min<std::size_t>(size, static_cast<std::size_t>(kSpoolBlockSize - within));
    const std::uint64_t block = found->second.blocks[static_cast<std::size_t>(offset / kSpoolBlockSize)];
    extents.push_back({block * kSpoolBlockSize + within, part});
    offset += part;
    size -= part;
  }
  return extents;
}

std::expected<void, BlockSpool::Error> BlockSpool::read(FileId file, std::uint64_t offset,
                                                        std::span<char> out) const {
  const auto extents = find(file, offset, out.size());
  if (!extents) return std::unexpected(extents.error());
  for (Extent extent : *extents) {
    while (extent.size > 0) {
      const ssize_t part = ::pread(descriptor_, out.data(), extent.size, static_cast<off_t>(extent.place));
      if (part < 0 && errno == EINTR) continue;
      if (part < 0) return std::unexpected(error_of("reading", errno));
      if (part == 0) return std::unexpected(Error{"reading the spool: it was cut"});
      out = out.subspan(static_cast<std::size_t>(part));
      extent.place += static_cast<std::uint64_t>(part);
      extent.size -= static_cast<std::size_t>(part);
    }
  }
  return {};
}

void BlockSpool::remove(FileId file) {
  Entry entry;
  {
    const std::scoped_lock lock(mutex_);
    const auto found = files_.find(file);
    if (found == files_.end()) return;
    entry = std::move(found->second);
    files_.erase(found);
  }
  // Where holes cannot be made, the blocks are still used again.
  for (const std::uint32_t block : entry.blocks)
    ::fallocate(descriptor_, FALLOC_FL_PUNCH_HOLE | FALLOC_FL_KEEP_SIZE,
                static_cast<off_t>(block * kSpoolBlockSize), static_cast<off_t>(kSpoolBlockSize));
  const std::scoped_lock lock(mutex_);
  free_.insert(free_.end(), entry.blocks.rbegin(), entry.blocks.rend());
}

std::size_t BlockSpool::file_count() const {
  const std::scoped_lock lock(mutex_);
  return files_.size();
}

std::uint64_t BlockSpool::held_bytes() const {
  const std::scoped_lock lock(mutex_);
  std::uint64_t count = 0;
  for (const auto& [id, entry] : files_) count += entry.blocks.size();
  return count * kSpoolBlockSize;
}

}  // namespace plaintalk::messenger
