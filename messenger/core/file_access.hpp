// Who may have a file, and how a file that cannot be had is refused.
#pragma once

#include <cstdint>
#include <expected>
#include <string_view>

#include "messenger/core/replies.hpp"
#include "messenger/core/world.hpp"

namespace plaintalk::messenger::core {

// Members of its room now; of a conversation the two people whom it was sent between, not those who have
// their names now.
bool may_read(const World& world, const Account& account, const StoredFile& file);

// A finished file that the account may have; 404 otherwise, 410 when it is gone.
std::expected<StoredFile*, Refusal> readable_file(World& world, const Account& account,
                                                  std::string_view handle);
// A file that the account itself sends or has sent.
std::expected<StoredFile*, Refusal> own_file(World& world, const Account& account, std::string_view handle);
// What to say of a handle that names nothing.
Refusal no_file(const World& world, std::string_view handle);
// Why an upload was ended by the server.
Refusal upload_ended(ErrorName reason);

void log_transfer(World& world, const Connection& connection, std::string_view kind, const StoredFile& file,
                  std::uint64_t offset);

}  // namespace plaintalk::messenger::core
