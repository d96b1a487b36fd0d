#include "labs/workspace/hand_in.hpp"

#include <array>
#include <fstream>
#include <memory>
#include <stdexcept>
#include <system_error>

#include <archive.h>
#include <archive_entry.h>

namespace plaintalk::labs {
namespace {

struct FreeArchive {
  void operator()(archive* handle) const { archive_write_free(handle); }
};
struct FreeEntry {
  void operator()(archive_entry* entry) const { archive_entry_free(entry); }
};

class ZipWriter {
 public:
  explicit ZipWriter(const std::filesystem::path& path) : path_(path), zip_(archive_write_new()) {
    archive_write_set_format_zip(zip_.get());
    expect(archive_write_open_filename(zip_.get(), path.c_str()));
  }

  void add(const std::filesystem::path& file, const std::string& name) {
    const std::unique_ptr<archive_entry, FreeEntry> entry(archive_entry_new());
    archive_entry_set_pathname(entry.get(), name.c_str());
    archive_entry_set_size(entry.get(), static_cast<la_int64_t>(std::filesystem::file_size(file)));
    archive_entry_set_filetype(entry.get(), AE_IFREG);
    archive_entry_set_perm(entry.get(), 0644);
    // No time stamps: the same hand-in is the same file.
    expect(archive_write_header(zip_.get(), entry.get()));
    std::ifstream source(file, std::ios::binary);
    std::array<char, 65536> block;
    while (source.read(block.data(), block.size()) || source.gcount() > 0)
      if (archive_write_data(zip_.get(), block.data(), static_cast<std::size_t>(source.gcount())) < 0) fail();
  }

  void finish() { expect(archive_write_close(zip_.get())); }

 private:
  void expect(int result) {
    if (result != ARCHIVE_OK) fail();
  }
  [[noreturn]] void fail() {
    const char* why = archive_error_string(zip_.get());
    throw std::runtime_error(path_.string() +
                             " cannot be written: " + (why != nullptr ? why : "unknown error"));
  }

  std::filesystem::path path_;
  std::unique_ptr<archive, FreeArchive> zip_;
};

}  // namespace

std::string write_hand_in(const Workspace& workspace, const Lab& lab) {
  const std::filesystem::path capture = workspace.capture();
  std::string name = "plaintalk-lab-" + lab.id + '-' + workspace.student() + ".zip";
  if (std::filesystem::exists(workspace.folder() / name))
    name = workspace.free_name(std::filesystem::path(name).stem().string(), ".zip");
  const std::filesystem::path fresh = workspace.folder() / (name + ".new");
  try {
    ZipWriter zip(fresh);
    for (const std::string_view file : kHandInFiles)
      if (std::filesystem::exists(workspace.folder() / file))
        zip.add(workspace.folder() / file, std::string(file));
    if (const auto description = workspace.description(lab); !description.empty())
      zip.add(description, std::string(kDescriptionFile));
    zip.add(capture, capture.filename().string());
    zip.finish();
    std::filesystem::rename(fresh, workspace.folder() / name);
  } catch (const std::exception&) {
    std::error_code ignored;
    std::filesystem::remove(fresh, ignored);
    throw;
  }
  return name;
}

}  // namespace plaintalk::labs
