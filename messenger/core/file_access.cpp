#include "messenger/core/file_access.hpp"

#include <algorithm>

#include "messenger/core/membership.hpp"

namespace plaintalk::messenger::core {
namespace {

constexpr Milliseconds kQuotaRetry{60'000};

}  // namespace

bool may_read(const World& world, const Account& account, const StoredFile& file) {
  if (file.is_conversation()) return std::ranges::find(file.people, account.id) != file.people.end();
  const Room* room = world.rooms.find(file.room);
  return room != nullptr && is_in_room(world, account, *room);
}

Refusal upload_ended(ErrorName reason) {
  switch (reason) {
    case ErrorName::quota: return try_later(reason, "spool full; try again later", kQuotaRetry);
    case ErrorName::internal:
      return refusal(reason, "the server could not store this file; send it again later");
    case ErrorName::hash:
      return refusal(reason, "the content does not match its SHA-256 and was discarded; send it again");
    default: return refusal(ErrorName::expired, "this file is gone; it has to be sent again");
  }
}

Refusal no_file(const World& world, std::string_view handle) {
  if (const auto reason = world.transfers.end_of(handle)) return upload_ended(*reason);
  return refusal(ErrorName::no_such, "there is no such file; check the handle");
}

std::expected<StoredFile*, Refusal> readable_file(World& world, const Account& account,
                                                  std::string_view handle) {
  StoredFile* file = world.transfers.find(handle);
  if (file == nullptr && world.transfers.end_of(handle))
    return std::unexpected(refusal(ErrorName::expired, "this file is gone; ask for it to be sent again"));
  if (file == nullptr || !file->is_complete() || !may_read(world, account, *file))
    return std::unexpected(refusal(ErrorName::no_such, "there is no such file in your rooms"));
  return file;
}

std::expected<StoredFile*, Refusal> own_file(World& world, const Account& account, std::string_view handle) {
  StoredFile* file = world.transfers.find(handle);
  if (file == nullptr) return std::unexpected(no_file(world, handle));
  if (file->owner != account.id)
    return std::unexpected(refusal(ErrorName::no_such, "there is no such upload of yours"));
  return file;
}

void log_transfer(World& world, const Connection& connection, std::string_view kind, const StoredFile& file,
                  std::uint64_t offset) {
  world.log(TransferChanged{connection.id, kind, file.handle, world.account_of(connection).name, file.room,
                            file.name, file.size, offset, file.sha256});
}

}  // namespace plaintalk::messenger::core
