// The files that pass through the server: running uploads, and finished files until the spool is full (then
// the oldest goes).
#pragma once

#include <cstdint>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <string_view>

#include "base/crypto/digest.hpp"
#include "base/time.hpp"

namespace plaintalk::messenger::core {

struct Account;
struct Connection;

struct StoredFile {
  std::uint64_t number = 0;
  std::string handle;  // the server's name for it: "f" and the number in base 36
  std::string name;    // the sender's; data, never a path
  std::uint64_t size = 0;
  std::string sha256;  // announced, lower-case hexadecimal
  std::string room;
  bool is_complete = false;

  // While it is uploaded.
  Account* owner = nullptr;          // none once the owner knows that it is complete
  Connection* connection = nullptr;  // that sends it at the moment
  std::uint64_t next = 0;
  std::uint64_t credit = 0;
  Sha256 hash;
  Instant last_used{};

  std::size_t reader_count = 0;  // running downloads; such a file is not dropped
};

class FileTable {
 public:
  StoredFile& add();
  StoredFile* find(std::string_view handle);
  // True for a handle that was given out, whether the file still exists or not.
  bool was_given(std::string_view handle) const;
  void remove(StoredFile& file);
  // What the files count against the limit: their sizes, and something for each so that empty files are
  // bounded too.
  std::uint64_t charged_size() const { return charged_size_; }
  void charge(const StoredFile& file) { charged_size_ += charge_of(file.size); }
  static std::uint64_t charge_of(std::uint64_t size);
  // The oldest finished file that nobody reads or still waits to hear of; nullptr when there is none.
  StoredFile* oldest_droppable();
  std::map<std::uint64_t, StoredFile>& all() { return files_; }

 private:
  std::optional<std::uint64_t> number_of(std::string_view handle) const;
  std::map<std::uint64_t, StoredFile> files_;  // by number, so by age
  std::uint64_t last_number_ = 0;
  std::uint64_t charged_size_ = 0;
};

}  // namespace plaintalk::messenger::core
