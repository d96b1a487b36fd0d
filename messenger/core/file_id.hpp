// How the parts of the server refer to a stored file: by a number that is never used again, never by pointer.
#pragma once

#include <cstdint>

namespace plaintalk::messenger {

enum class FileId : std::uint64_t {};  // counts from 1; 0: none

}  // namespace plaintalk::messenger
