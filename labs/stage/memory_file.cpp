#include "labs/stage/memory_file.hpp"

#include <cerrno>
#include <cstring>
#include <stdexcept>

#include <sys/mman.h>
#include <unistd.h>

#include "base/write_all.hpp"

namespace plaintalk::stage {

FileDescriptor memory_file(const std::string& name, std::string_view content) {
  FileDescriptor file(memfd_create(name.c_str(), MFD_CLOEXEC));
  int error = file.is_open() ? write_all(file.number(), content) : errno;
  if (error == 0 && lseek(file.number(), 0, SEEK_SET) != 0) error = errno;
  if (error != 0) throw std::runtime_error("cannot keep " + name + " in memory: " + std::strerror(error));
  return file;
}

std::string path_of(const FileDescriptor& file) { return "/proc/self/fd/" + std::to_string(file.number()); }

}  // namespace plaintalk::stage
