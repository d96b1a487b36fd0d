// Real files: sources read from any path the user named, downloads kept in one folder.
//
// A sender's file name is hostile: only its last part is used, made harmless by safe_file_name(). A download
// is written under a hidden temporary name (O_EXCL, O_NOFOLLOW) and gets its own name, never that of an
// existing file, once it was verified.
#pragma once

#include <string>
#include <string_view>

#include "messenger/client/files.hpp"

namespace plaintalk::messenger::client {

// A plain name in one folder: no '/', no '\', no control or direction characters, no leading '.' or '-', at
// most 200 octets, never empty.
std::string safe_file_name(std::string_view name);

// "photo.jpg", "photo (1).jpg", "photo (2).jpg", ...
std::string numbered_file_name(const std::string& name, unsigned number);

class DiskFiles : public FileStore {
 public:
  explicit DiskFiles(std::string download_folder);

  std::expected<std::unique_ptr<UploadSource>, std::string> open_upload(const std::string& path) override;
  std::expected<std::unique_ptr<DownloadSink>, std::string> create_download(const std::string& name) override;

 private:
  std::string download_folder_;
};

}  // namespace plaintalk::messenger::client
