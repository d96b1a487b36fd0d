// A file that lies on no disk (memfd_create(2)), for what a child shall read and nobody find afterwards.
#pragma once

#include <string>
#include <string_view>

#include "base/file_descriptor.hpp"

namespace plaintalk::stage {

// Holds `content`, read from its beginning. Throws std::runtime_error.
FileDescriptor memory_file(const std::string& name, std::string_view content);

// How a process that has the descriptor opens it by name.
std::string path_of(const FileDescriptor& file);

}  // namespace plaintalk::stage
