// The folder a demo writes into: made when missing, made again when it is a demo's own, and left alone when
// it is not.
//
// A marker file says whose it is; while a demo runs, the marker is locked, so that two demos cannot mix in
// one folder. Only the names listed in the .cpp are ever removed: whatever else somebody put beside them
// stays.
#pragma once

#include <filesystem>
#include <string_view>

#include "base/file_descriptor.hpp"

namespace plaintalk::demo {

class DemoFolder {
 public:
  // Throws std::runtime_error when `path` cannot be used, with what to do instead.
  explicit DemoFolder(const std::filesystem::path& path);

  const std::filesystem::path& path() const { return path_; }
  std::filesystem::path operator/(std::string_view name) const { return path_ / name; }

  // Writes a small file of the session, replacing an older one. Throws std::runtime_error.
  void write_file(std::string_view name, std::string_view content, bool is_private = false) const;

 private:
  std::filesystem::path path_;
  FileDescriptor marker_;
};

}  // namespace plaintalk::demo
