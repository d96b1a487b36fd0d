// Real files: sources read from any path the user named, downloads kept in one folder.
//
// A sender's file name is hostile: only its last part is used, made harmless by safe_file_name(). A download
// is written to a hidden part (part_file.hpp) and gets its own name, never that of an existing file, once it
// was verified.
#pragma once

#include <functional>
#include <string>
#include <string_view>

#include "messenger/client/files.hpp"

namespace plaintalk::messenger::client {

// A plain name in one folder: no '/', no '\', no control or direction characters, no leading '.' or '-', at
// most 200 bytes, never empty.
std::string safe_file_name(std::string_view name);

// "photo.jpg", "photo (1).jpg", "photo (2).jpg", ...
std::string numbered_file_name(const std::string& name, unsigned number);

class DiskFiles : public FileStore {
 public:
  // `on_hashed` is called by another thread when a hash is there to be taken.
  explicit DiskFiles(std::string download_folder, std::function<void()> on_hashed = {});

  std::expected<std::unique_ptr<UploadSource>, std::string> open_upload(const std::string& path) override;
  std::expected<std::unique_ptr<DownloadSink>, std::string> create_download(const std::string& name,
                                                                            const std::string& sha256,
                                                                            std::uint64_t size) override;

 private:
  std::string download_folder_;
  std::function<void()> on_hashed_;
};

}  // namespace plaintalk::messenger::client
