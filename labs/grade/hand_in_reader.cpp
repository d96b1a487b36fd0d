#include "labs/grade/hand_in_reader.hpp"

#include <algorithm>
#include <array>
#include <cerrno>
#include <cstring>
#include <fstream>
#include <map>
#include <memory>
#include <optional>
#include <stdexcept>

#include <archive.h>
#include <archive_entry.h>
#include <fcntl.h>

#include "base/file_descriptor.hpp"
#include "base/text.hpp"
#include "base/write_all.hpp"
#include "labs/course/letters.hpp"
#include "labs/files/text_file.hpp"
#include "labs/workspace/workspace.hpp"
#include "labs/workspace/workspace_state.hpp"

namespace plaintalk::labs {
namespace {

namespace fs = std::filesystem;

// What is wrong with the hand-in, not with this machine.
class Refused : public std::runtime_error {
 public:
  using std::runtime_error::runtime_error;
};

struct FreeArchive {
  void operator()(archive* handle) const { archive_read_free(handle); }
};

bool is_capture_name(std::string_view name) {
  for (const std::string_view ending : {".pcapng", ".pcap", ".cap", ".pcapng.gz", ".pcap.gz"})
    if (name.ends_with(ending)) return true;
  return false;
}

// Only these are taken out; where in the archive they lie does not matter, so no path of the archive is ever
// used.
bool is_wanted(std::string_view name) {
  return name == "lab.json" || name == "answers.txt" || name == kDescriptionFile || is_capture_name(name);
}

// As it is named on other systems too: A.ZIP.
bool is_zip_name(std::string_view name) {
  constexpr std::string_view kEnding = ".zip";
  if (name.size() < kEnding.size()) return false;
  return lower_case(name.substr(name.size() - kEnding.size())) == kEnding;
}

std::string last_part(std::string_view path) {
  const std::size_t slash = path.find_last_of("/\\");
  return std::string(slash == path.npos ? path : path.substr(slash + 1));
}

// Copies at most `size_max` bytes; false when there are more.
template <typename Read>
bool copy_bounded(const fs::path& to, std::uint64_t size_max, Read read) {
  const FileDescriptor file(::open(to.c_str(), O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0600));
  int error = file.is_open() ? 0 : errno;
  std::array<char, 65536> block;
  std::uint64_t total = 0;
  while (error == 0) {
    const std::size_t size = read(block);
    if (size == 0) return true;
    total += size;
    if (total > size_max) return false;
    error = write_all(file.number(), std::string_view(block.data(), size));
  }
  throw std::runtime_error(to.string() + " cannot be written: " + std::strerror(error));
}

// The wanted members, by their names, each once.
class Unpacked {
 public:
  Unpacked(fs::path folder, const HandInLimits& limits) : folder_(std::move(folder)), limits_(limits) {
    fs::create_directories(folder_);
  }

  template <typename Read>
  void take(const std::string& name, Read read) {
    if (files_.contains(name)) throw Refused(terminal_safe(name) + " is in it more than once");
    // Our own name: the member's could be anything.
    const fs::path path = folder_ / ("member-" + std::to_string(files_.size()));
    const std::uint64_t limit = is_capture_name(name) ? limits_.capture_size_max : limits_.text_size_max;
    if (!copy_bounded(path, limit, read))
      throw Refused(terminal_safe(name) + " is larger than " + std::to_string(limit >> 20) +
                    " MiB when unpacked");
    files_[name] = path;
  }

  std::optional<fs::path> find(const std::string& name) const {
    const auto found = files_.find(name);
    return found == files_.end() ? std::nullopt : std::optional(found->second);
  }

 private:
  fs::path folder_;
  const HandInLimits& limits_;
  std::map<std::string, fs::path> files_;
};

// Past a member that nobody wants. libarchive would unpack it on the way where the zip has no directory,
// however large it is.
void skip(archive* zip, std::uint64_t& left) {
  std::array<char, 65536> block;
  for (;;) {
    const la_ssize_t size = archive_read_data(zip, block.data(), block.size());
    if (size <= 0) return;  // damage shows at the next header
    if (static_cast<std::uint64_t>(size) > left) throw Refused("the zip file unpacks to more than it may");
    left -= static_cast<std::uint64_t>(size);
  }
}

void unpack_zip(const fs::path& path, Unpacked& unpacked, const HandInLimits& limits) {
  const std::unique_ptr<archive, FreeArchive> zip(archive_read_new());
  archive_read_support_format_zip(zip.get());
  constexpr std::size_t kBlockSize = 65536;
  if (archive_read_open_filename(zip.get(), path.c_str(), kBlockSize) != ARCHIVE_OK)
    throw Refused("it is no zip file that can be read");
  archive_entry* entry = nullptr;
  std::size_t count = 0;
  std::uint64_t left_to_skip = limits.capture_size_max;
  for (;;) {
    const int result = archive_read_next_header(zip.get(), &entry);
    if (result == ARCHIVE_EOF) break;
    if (result < ARCHIVE_WARN) throw Refused("the zip file is damaged");
    if (++count > limits.member_count_max)
      throw Refused("the zip file has more than " + std::to_string(limits.member_count_max) + " members");
    const char* member = archive_entry_pathname(entry);
    const std::string name = member != nullptr ? last_part(member) : std::string();
    const bool is_plain =
        archive_entry_filetype(entry) == AE_IFREG && archive_entry_hardlink(entry) == nullptr;
    if (is_wanted(name) && archive_entry_is_encrypted(entry) != 0)
      throw Refused("the zip file is encrypted: it has to be made without a password");
    if (!is_plain || !is_wanted(name)) {
      skip(zip.get(), left_to_skip);
      continue;
    }
    unpacked.take(name, [&](std::array<char, 65536>& block) {
      const la_ssize_t size = archive_read_data(zip.get(), block.data(), block.size());
      if (size < 0) throw Refused(terminal_safe(name) + " in the zip file is damaged");
      return static_cast<std::size_t>(size);
    });
  }
}

void copy_folder(const fs::path& folder, Unpacked& unpacked, const HandInLimits& limits) {
  std::size_t count = 0;
  std::error_code error;
  std::vector<fs::path> files;
  for (const auto& entry : fs::directory_iterator(folder, error)) {
    if (++count > limits.member_count_max)
      throw Refused("the folder has more than " + std::to_string(limits.member_count_max) + " members");
    const bool is_plain = fs::symlink_status(entry.path(), error).type() == fs::file_type::regular;
    if (is_plain && is_wanted(entry.path().filename().string())) files.push_back(entry.path());
  }
  std::ranges::sort(files);
  for (const fs::path& path : files) {
    std::ifstream file(path, std::ios::binary);
    unpacked.take(path.filename().string(), [&](std::array<char, 65536>& block) {
      file.read(block.data(), static_cast<std::streamsize>(block.size()));
      return static_cast<std::size_t>(file.gcount());
    });
  }
}

void read_members(const Unpacked& unpacked, HandIn& hand_in, const HandInLimits& limits) {
  const auto state_path = unpacked.find("lab.json");
  if (!state_path) throw Refused("lab.json is missing: it was not made with lab pack");
  auto state = parse_state(read_text_file(*state_path, limits.text_size_max));
  if (!state) throw Refused("lab.json " + state.error());
  hand_in.lab = state->lab;
  hand_in.student = state->student;
  if (const auto answers = unpacked.find("answers.txt"))
    hand_in.answers = read_text_file(*answers, limits.text_size_max);
  const auto capture = unpacked.find(state->capture);
  if (!capture) throw Refused("the capture that lab.json names is missing");
  hand_in.capture = *capture;
  if (const auto description = unpacked.find(std::string(kDescriptionFile)))
    hand_in.description = *description;
}

void look_in(const fs::path& folder, int depth, std::vector<fs::path>& found) {
  std::error_code error;
  std::vector<fs::path> entries;
  for (const auto& entry : fs::directory_iterator(folder, error)) entries.push_back(entry.path());
  std::ranges::sort(entries);
  for (const fs::path& entry : entries) {
    const fs::file_type type = fs::symlink_status(entry, error).type();
    if (type != fs::file_type::directory && is_zip_name(entry.filename().string())) {
      found.push_back(entry);  // a link or a device too: it gets its row, and is not opened
    } else if (type == fs::file_type::directory) {
      if (fs::symlink_status(entry / "lab.json", error).type() == fs::file_type::regular)
        found.push_back(entry);
      else if (depth > 0)
        look_in(entry, depth - 1, found);
    }
  }
}

}  // namespace

std::vector<fs::path> find_hand_ins(const fs::path& folder) {
  constexpr int kDepth = 3;
  std::vector<fs::path> found;
  look_in(folder, kDepth, found);
  return found;
}

HandIn open_hand_in(const fs::path& path, const fs::path& root, const fs::path& to,
                    const HandInLimits& limits) {
  HandIn hand_in;
  hand_in.source = path.lexically_relative(root).string();
  try {
    Unpacked unpacked(to, limits);
    const fs::file_type type = fs::symlink_status(path).type();
    if (type == fs::file_type::directory)
      copy_folder(path, unpacked, limits);
    else if (type == fs::file_type::regular)
      unpack_zip(path, unpacked, limits);
    else
      throw Refused("it is a link, a pipe or a device, and no file");
    read_members(unpacked, hand_in, limits);
  } catch (const Refused& refused) {
    hand_in.fault = refused.what();
  }
  return hand_in;
}

}  // namespace plaintalk::labs
