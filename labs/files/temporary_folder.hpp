#pragma once

#include <filesystem>
#include <string_view>

namespace plaintalk::labs {

// A folder among the temporary files, for its owner only; removed with all that is in it at the end.
class TemporaryFolder {
 public:
  // Named plaintalk-PURPOSE-XXXXXX. Throws std::system_error.
  explicit TemporaryFolder(std::string_view purpose);
  ~TemporaryFolder();
  TemporaryFolder(const TemporaryFolder&) = delete;
  TemporaryFolder& operator=(const TemporaryFolder&) = delete;

  const std::filesystem::path& path() const { return path_; }

 private:
  std::filesystem::path path_;
};

}  // namespace plaintalk::labs
