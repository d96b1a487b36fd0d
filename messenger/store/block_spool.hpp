// Where files lie while they pass through the server: in the blocks of one file without a name.
//
// In a folder that file is made where nobody sees it and belongs to this process alone: whatever happens, the
// system takes it back when the server ends, so there is nothing to clean up and nothing of anybody else is
// ever touched. Without a folder it lies in memory (memfd_create(2)). Blocks of removed files are used again,
// and are given back to the file system meanwhile.
//
// One thread may append and remove while another reads: the table of blocks has a lock, the bytes need none,
// because a file is read only after it is complete and removed only after the last read.
#pragma once

#include <cstddef>
#include <cstdint>
#include <expected>
#include <filesystem>
#include <mutex>
#include <span>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

#include "messenger/core/services.hpp"

namespace plaintalk::messenger {

class BlockSpool {
 public:
  // In memory.
  BlockSpool();
  // Makes the folder if need be. Throws std::system_error when it cannot be used.
  explicit BlockSpool(const std::filesystem::path& folder);
  ~BlockSpool();
  BlockSpool(const BlockSpool&) = delete;
  BlockSpool& operator=(const BlockSpool&) = delete;

  using Error = FileSpool::Error;
  // Adds to the end of the file, which is made if need be.
  std::expected<void, Error> append(FileId file, std::string_view bytes);
  // Exactly out.size() bytes.
  std::expected<void, Error> read(FileId file, std::uint64_t offset, std::span<char> out) const;
  void remove(FileId file);

  std::size_t file_count() const;
  // What the files hold, in whole blocks.
  std::uint64_t held_bytes() const;

 private:
  struct Extent {  // part of a block
    std::uint64_t place;
    std::size_t size;
  };
  struct Entry {
    std::uint64_t size = 0;
    std::vector<std::uint32_t> blocks;
  };
  std::expected<std::vector<Extent>, Error> find(FileId file, std::uint64_t offset, std::size_t size) const;
  Extent next_extent(FileId file, std::size_t size);

  int descriptor_ = -1;
  mutable std::mutex mutex_;  // for what follows
  std::unordered_map<FileId, Entry> files_;
  std::vector<std::uint32_t> free_;
  std::uint32_t block_count_ = 0;
};

}  // namespace plaintalk::messenger
