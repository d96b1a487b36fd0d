// A file spool in a folder. Files are named by the server's own handles, created with O_EXCL and never opened
// through a link, so that neither a client nor another user of the machine chooses what is written.
//
// One server at a time uses a folder (it is locked). What an earlier one left there is removed: nobody can
// ask for it any more.
#pragma once

#include <cstdint>
#include <expected>
#include <filesystem>
#include <map>
#include <string>
#include <string_view>

#include "messenger/core/services.hpp"

namespace plaintalk::messenger {

class DiskSpool : public FileSpool {
 public:
  // Makes the folder if need be. Throws std::system_error when it cannot be used.
  explicit DiskSpool(const std::filesystem::path& folder);
  ~DiskSpool() override;
  DiskSpool(const DiskSpool&) = delete;
  DiskSpool& operator=(const DiskSpool&) = delete;

  std::expected<void, Error> create(std::string_view file) override;
  std::expected<void, Error> append(std::string_view file, std::uint64_t offset,
                                    std::string_view octets) override;
  std::expected<void, Error> read(std::string_view file, std::uint64_t offset, std::size_t size,
                                  std::string& out) override;
  void remove(std::string_view file) override;

 private:
  std::expected<int, Error> descriptor_of(std::string_view file);
  void remember(std::string_view file, int descriptor);
  void remove_leftovers();

  int folder_ = -1;
  std::map<std::string, int, std::less<>> open_;  // a few descriptors that are in use
};

}  // namespace plaintalk::messenger
