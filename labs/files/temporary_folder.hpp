#pragma once

#include <filesystem>
#include <string_view>

#include "base/file_descriptor.hpp"

namespace plaintalk::labs {

// A folder among the temporary files, for its owner only; removed with all that is in it at the end. It holds
// a file that is locked (flock(2)) as long as its process lives. So what a process that was killed left
// behind is known for certain, and is removed when the next folder is made.
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
  FileDescriptor lock_;
};

// Removes folders of this kind, of this user, whose process is no more. Never throws; what cannot be looked
// at stays.
void remove_left_folders();

}  // namespace plaintalk::labs
