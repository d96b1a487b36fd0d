// PUT, DATA, DONE, and the end of uploads that are given up.
#include <algorithm>
#include <utility>

#include "base/number.hpp"
#include "base/text.hpp"
#include "messenger/core/rooms.hpp"
#include "messenger/core/routing.hpp"
#include "messenger/core/targets.hpp"
#include "messenger/core/transfers.hpp"
#include "protocol/names.hpp"

namespace plaintalk::messenger::core {
namespace {

constexpr std::size_t kFileNameSizeMax = 255;
constexpr std::size_t kSha256TextSize = 64;
constexpr Milliseconds kQuotaRetry{60'000};

struct PutRequest {
  std::string name;
  std::uint64_t size = 0;
  std::string sha256;
  Target target;
};

std::optional<std::string> read_sha256(std::string_view text) {
  if (text.size() != kSha256TextSize) return std::nullopt;
  std::string folded(text);
  for (char& c : folded) {
    if (c >= 'A' && c <= 'F') c = static_cast<char>(c - 'A' + 'a');
    if (!(c >= '0' && c <= '9') && !(c >= 'a' && c <= 'f')) return std::nullopt;
  }
  return folded;
}

std::optional<PutRequest> read_put(const Frame& frame) {
  if (frame.argument_count() != 2) return std::nullopt;
  auto name = unescape(frame.argument(0));
  const auto size = parse_decimal<std::uint64_t>(frame.argument(1));
  auto hash = read_sha256(frame.parameter("sha256").value_or(""));
  auto target = parse_target(frame.parameter("to").value_or(""));
  if (!name || name->empty() || name->size() > kFileNameSizeMax || !is_inline_text(*name) || !size || !hash ||
      !target)
    return std::nullopt;
  return PutRequest{std::move(*name), *size, std::move(*hash), std::move(*target)};
}

void log_transfer(World& world, const Connection& connection, std::string_view kind, const StoredFile& file) {
  world.log(TransferChanged{connection.id, kind, file.handle, connection.account->name, file.room, file.name,
                            file.size, file.next, file.sha256});
}

Refusal spool_trouble(World& world, const FileSpool::Error& error) {
  world.log(ServerNote{"spool", error.what});
  return refusal(ErrorName::internal, "the server cannot store this now; try again later");
}

void discard(World& world, StoredFile& file) {
  if (file.connection != nullptr && file.connection->new_file == &file) file.connection->new_file = nullptr;
  if (file.owner != nullptr) std::erase(file.owner->uploads, &file);
  world.services.spool.remove(file.handle);
  world.files.remove(file);
}

StoredFile* find_upload(const Account& account, const PutRequest& request, const std::string& room) {
  for (StoredFile* file : account.uploads) {
    // A finished file is only here while its owner may not know of it: see transfers.hpp.
    if (file->is_complete && file->connection != nullptr) continue;
    if (file->name == request.name && file->size == request.size && file->sha256 == request.sha256 &&
        file->room == room)
      return file;
  }
  return nullptr;
}

// An upload without a connection gives way to a new one when the user is at the limit.
bool make_place_for_transfer(World& world, Account& account) {
  const auto& limit = world.config.transfers_per_user_max;
  if (!limit) return true;
  const auto running = [&] {
    return account.download_count +
           static_cast<std::size_t>(std::ranges::count_if(
               account.uploads, [](const StoredFile* file) { return !file->is_complete; }));
  };
  while (running() >= *limit) {
    const auto abandoned = std::ranges::find_if(account.uploads, [](const StoredFile* file) {
      return !file->is_complete && file->connection == nullptr;
    });
    if (abandoned == account.uploads.end()) return false;
    discard(world, **abandoned);
  }
  return true;
}

bool make_place_in_spool(World& world, std::uint64_t size) {
  const auto& limit = world.config.spool_size_max;
  if (!limit) return true;
  const std::uint64_t charge = FileTable::charge_of(size);
  while (world.files.charged_size() + charge > *limit) {
    StoredFile* oldest = world.files.oldest_droppable();
    if (oldest == nullptr || charge > *limit) return false;
    discard(world, *oldest);
  }
  return true;
}

void send_put_ok(World& world, Connection& connection, const Frame& frame, const StoredFile& file) {
  FrameWriter writer = begin_ok(world, frame);
  writer.parameter("file", file.handle)
      .parameter("next", file.next)
      .parameter("chunk", world.config.chunk_size_max)
      .parameter("credit", file.credit);
  if (file.next > 0) {
    writer.body("resuming");
  } else {
    writer.end();
  }
  send(world, connection);
}

Answer start_upload(World& world, Connection& connection, const Frame& frame, PutRequest request,
                    const std::string& room) {
  Account& account = *connection.account;
  if (world.config.file_size_max && request.size > *world.config.file_size_max)
    return too_large("the file is larger than this server takes", *world.config.file_size_max);
  if (!make_place_for_transfer(world, account)) {
    Refusal refused =
        refusal(ErrorName::rate, "as many transfers are running as one may have; end one first");
    refused.max = *world.config.transfers_per_user_max;
    return refused;
  }
  if (!make_place_in_spool(world, request.size))
    return try_later(ErrorName::quota, "there is no place for this file now; try again later", kQuotaRetry);
  StoredFile& file = world.files.add();
  file.size = request.size;
  world.files.charge(file);
  if (const auto made = world.services.spool.create(file.handle); !made) {
    world.files.remove(file);
    return spool_trouble(world, made.error());
  }
  file.name = std::move(request.name);
  file.sha256 = std::move(request.sha256);
  file.room = room;
  file.owner = &account;
  file.connection = &connection;
  file.credit = world.config.transfer_credit_bytes;
  file.last_used = world.now.instant;
  account.uploads.push_back(&file);
  log_transfer(world, connection, "put", file);
  send_put_ok(world, connection, frame, file);
  return kAnswered;
}

Refusal no_such_file(const World& world, std::string_view handle) {
  if (world.files.was_given(handle))
    return refusal(ErrorName::expired, "this file is gone; it has to be sent again");
  return refusal(ErrorName::no_such, "there is no such file");
}

// The upload that the connection may continue; 404 and 410 otherwise.
std::expected<StoredFile*, Refusal> own_upload(World& world, const Connection& connection,
                                               std::string_view handle) {
  StoredFile* file = world.files.find(handle);
  if (file == nullptr) return std::unexpected(no_such_file(world, handle));
  if (file->owner != connection.account)
    return std::unexpected(refusal(ErrorName::no_such, "there is no such upload of yours"));
  return file;
}

Refusal wrong_offset(const StoredFile& file) {
  Refusal result = refusal(ErrorName::offset, "go on at next=");
  result.next = file.next;
  return result;
}

Answer refuse_data(const World& world, const StoredFile& file, std::uint64_t offset, std::size_t size) {
  if (file.is_complete || offset != file.next) return wrong_offset(file);
  if (size > world.config.chunk_size_max)
    return too_large("send smaller chunks", world.config.chunk_size_max);
  if (size > file.size - file.next)
    return too_large("this is more than the announced size", file.size - file.next);
  if (size <= file.credit) return kAnswered;
  Refusal result = refusal(ErrorName::rate, "wait for CREDIT, then go on at next=");
  result.next = file.next;
  return result;
}

void grant_credit(World& world, Connection& connection, StoredFile& file) {
  const std::uint64_t full = world.config.transfer_credit_bytes;
  if (file.credit >= full / 2 || file.next == file.size) return;
  const std::uint64_t granted = full - file.credit;
  file.credit = full;
  begin_reply(world, Verb::credit).argument(file.handle).argument(granted).end();
  send(world, connection);
}

void send_done_ok(World& world, Connection& connection, const Frame& frame, StoredFile& file) {
  begin_ok(world, frame).parameter("file", file.handle).parameter("verified", std::uint64_t{1}).end();
  send(world, connection);
  if (connection.new_file != nullptr) confirm_file(connection);
  connection.new_file = &file;
  file.connection = &connection;
}

}  // namespace

Answer handle_put(World& world, Connection& connection, const Frame& frame) {
  auto request = read_put(frame);
  if (!request) return wrong_form(Verb::put);
  const std::string room = room_name_of(*connection.account, request->target);
  if (StoredFile* file = find_upload(*connection.account, *request, room)) {
    file->connection = &connection;
    file->credit = world.config.transfer_credit_bytes;
    file->last_used = world.now.instant;
    log_transfer(world, connection, "resume", *file);
    send_put_ok(world, connection, frame, *file);
    return kAnswered;
  }
  const auto target = open_target(world, connection, request->target);
  if (!target) return target.error();
  return start_upload(world, connection, frame, std::move(*request), room);
}

Answer handle_data(World& world, Connection& connection, const Frame& frame) {
  const auto offset = parse_decimal<std::uint64_t>(frame.argument(1));
  if (frame.argument_count() != 2 || !offset || frame.body.empty()) return wrong_form(Verb::data);
  const auto found = own_upload(world, connection, frame.argument(0));
  if (!found) return found.error();
  StoredFile& file = **found;
  if (Answer refused = refuse_data(world, file, *offset, frame.body.size())) return refused;
  if (const auto stored = world.services.spool.append(file.handle, *offset, frame.body); !stored)
    return spool_trouble(world, stored.error());
  file.hash.update(frame.body);
  file.next += frame.body.size();
  file.credit -= frame.body.size();
  file.connection = &connection;
  file.last_used = world.now.instant;
  FrameWriter ack = begin_reply(world, Verb::ack);
  ack.argument(file.handle).argument(file.next).end();
  send(world, connection);
  grant_credit(world, connection, file);
  return kAnswered;
}

Answer handle_done(World& world, Connection& connection, const Frame& frame) {
  if (frame.argument_count() != 1) return wrong_form(Verb::done);
  const auto found = own_upload(world, connection, frame.argument(0));
  if (!found) return found.error();
  StoredFile& file = **found;
  if (file.is_complete) {  // asked again because the first answer may have been lost
    send_done_ok(world, connection, frame, file);
    return kAnswered;
  }
  if (file.next != file.size) return wrong_offset(file);
  const auto target = open_target(world, connection, *parse_target(file.room));
  if (!target) return target.error();
  if (hex(file.hash.finish()) != file.sha256) {
    log_transfer(world, connection, "hash mismatch", file);
    discard(world, file);
    return refusal(ErrorName::hash,
                   "the content does not match its SHA-256 and was discarded; send it again");
  }
  file.is_complete = true;
  file.last_used = world.now.instant;
  log_transfer(world, connection, "verified", file);
  send_done_ok(world, connection, frame, file);
  route(world, **target, connection, {Verb::file, id_of(frame), file.name, &file});
  return kAnswered;
}

Answer handle_stat(World& world, Connection& connection, const Frame& frame) {
  if (frame.argument_count() != 1) return wrong_form(Verb::stat);
  StoredFile* file = world.files.find(frame.argument(0));
  if (file == nullptr) return no_such_file(world, frame.argument(0));
  const bool is_own = file->owner == connection.account;
  if (!is_own && !(file->is_complete && may_read(world, *connection.account, file->room)))
    return refusal(ErrorName::no_such, "there is no such file");
  FrameWriter writer = begin_ok(world, frame);
  writer.parameter("file", file->handle)
      .parameter("size", file->size)
      .parameter("next", file->next)
      .parameter("complete", std::uint64_t{file->is_complete})
      .body(file->name);
  send(world, connection);
  return kAnswered;
}

void discard_uploads(World& world, Account& account) {
  while (!account.uploads.empty()) {
    StoredFile& file = *account.uploads.back();
    if (file.is_complete) {
      file.owner = nullptr;
      account.uploads.pop_back();
    } else {
      discard(world, file);
    }
  }
}

bool cancel_upload(World& world, Connection& connection, std::string_view handle) {
  StoredFile* file = world.files.find(handle);
  if (file == nullptr || file->is_complete || file->owner != connection.account) return false;
  log_transfer(world, connection, "cancelled", *file);
  discard(world, *file);
  return true;
}

void confirm_file(Connection& connection) {
  StoredFile* file = std::exchange(connection.new_file, nullptr);
  if (file == nullptr) return;
  if (file->owner != nullptr) std::erase(file->owner->uploads, file);
  file->owner = nullptr;
  file->connection = nullptr;
}

void advance_uploads(World& world) {
  if (world.next_upload_check > world.now.instant) return;
  world.next_upload_check = world.now.instant + kUploadCheckInterval;
  for (auto place = world.files.all().begin(); place != world.files.all().end();) {
    StoredFile& file = (place++)->second;
    if (file.owner == nullptr || file.last_used + kUploadIdleMax > world.now.instant) continue;
    if (!file.is_complete) {
      discard(world, file);
    } else if (file.connection == nullptr) {
      std::erase(file.owner->uploads, &file);
      file.owner = nullptr;
    }
  }
}

}  // namespace plaintalk::messenger::core
