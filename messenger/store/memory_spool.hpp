// A file spool in memory: for tests, and for a server that is given no spool folder.
#pragma once

#include <cstdint>
#include <expected>
#include <map>
#include <string>
#include <string_view>

#include "messenger/core/services.hpp"

namespace plaintalk::messenger {

class MemorySpool : public FileSpool {
 public:
  std::expected<void, Error> create(std::string_view file) override;
  std::expected<void, Error> append(std::string_view file, std::uint64_t offset,
                                    std::string_view octets) override;
  std::expected<void, Error> read(std::string_view file, std::uint64_t offset, std::size_t size,
                                  std::string& out) override;
  void remove(std::string_view file) override;

  std::size_t file_count() const { return files_.size(); }

 private:
  std::map<std::string, std::string, std::less<>> files_;
};

}  // namespace plaintalk::messenger
