// The unfinished beginning of a file that is being fetched, in the folder where the file will be:
//
//   .plaintalk-<SHA-256 of the whole file>.part, or ...-1.part, ...-2.part while others are being written
//
// Its name says which file it belongs to, so whoever fetches that file again goes on with it, also after
// kill -9. It is locked (flock) while somebody writes it. Taken is only a plain file of our own user with one
// name; whatever else has such a name is left alone.
#pragma once

#include <cstdint>
#include <expected>
#include <string>
#include <string_view>

#include "messenger/client/descriptor.hpp"

namespace plaintalk::messenger::client {

class PartFile {
 public:
  // `folder` is open and outlives the part. A part of more than `size_max` bytes is no part of that file.
  static std::expected<PartFile, std::string> open(int folder, std::string_view sha256,
                                                   std::uint64_t size_max);

  int fd() const { return fd_.get(); }
  const std::string& name() const { return name_; }
  std::uint64_t size() const { return size_; }  // when it was opened

 private:
  PartFile(Descriptor fd, std::string name, std::uint64_t size)
      : fd_(std::move(fd)), name_(std::move(name)), size_(size) {}

  Descriptor fd_;
  std::string name_;
  std::uint64_t size_;
};

// Removes parts of the file with that hash that nobody writes: it is here as a whole now.
void remove_parts(int folder, std::string_view sha256);
// Removes parts of any file that nobody has gone on with for a week.
void remove_old_parts(int folder);

}  // namespace plaintalk::messenger::client
