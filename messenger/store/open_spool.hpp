// The spool that a server was told to use: a folder, "memory", or nothing, which is the temporary folder of
// the system: /var/tmp, which is a disk where /tmp is memory, unless TMPDIR says otherwise.
#pragma once

#include <memory>
#include <string>

#include "messenger/store/block_spool.hpp"

namespace plaintalk::messenger {

// Throws std::system_error when the folder cannot be used.
std::unique_ptr<BlockSpool> open_spool(const std::string& where);
// What the server says of it at the start; nothing when it was told.
std::string spool_line(const std::string& where);

}  // namespace plaintalk::messenger
