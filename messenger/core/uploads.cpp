#include "messenger/core/uploads.hpp"

#include <algorithm>
#include <expected>
#include <utility>

#include "base/number.hpp"
#include "base/text.hpp"
#include "messenger/core/budget.hpp"
#include "messenger/core/file_access.hpp"
#include "messenger/core/routing.hpp"
#include "messenger/core/targets.hpp"
#include "protocol/names.hpp"

namespace plaintalk::messenger::core {
namespace {

constexpr std::size_t kFileNameSizeMax = 255;
constexpr std::size_t kSha256TextSize = 64;
constexpr std::size_t kHandleRandomSize = 16;
constexpr Milliseconds kBusyRetry{1'000};
constexpr Milliseconds kUploadCheckInterval{1'000};

struct PutRequest {
  std::string name;
  std::uint64_t size = 0;
  std::string sha256;
  Target target;
  std::string room;
  std::array<AccountId, 2> people{};  // of a conversation
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

std::expected<PutRequest, Refusal> read_put(const Frame& frame) {
  const std::unexpected malformed(wrong_form(Verb::put));
  if (frame.argument_count() != 2) return malformed;
  auto name = unescape(frame.argument(0));
  const auto size = parse_decimal<std::uint64_t>(frame.argument(1));
  auto hash = read_sha256(frame.parameter("sha256").value_or(""));
  auto target = parse_target(frame.parameter("to").value_or(""));
  if (!name || name->empty() || !is_inline_text(*name) || !size || !hash || !target) return malformed;
  if (name->size() > kFileNameSizeMax)
    return std::unexpected(too_large("a file name has at most 255 bytes", kFileNameSizeMax));
  return PutRequest{std::move(*name), *size, std::move(*hash), std::move(*target), {}, {}};
}

// Who has the names of a conversation now; nobody for a room.
std::array<AccountId, 2> people_of(const World& world, std::string_view room) {
  std::array<AccountId, 2> people{};
  const auto names = parse_conversation(room);
  if (!names) return people;
  const Account* first = world.accounts.find(names->first);
  const Account* second = world.accounts.find(names->second);
  if (first != nullptr && second != nullptr) people = {first->id, second->id};
  return people;
}

Connection* find_logged_in(const World& world, ConnectionId id) {
  Connection* connection = world.connections.find(id);
  return connection != nullptr && connection->phase == Phase::in ? connection : nullptr;
}

// The answer to a DONE that had to wait: nothing, or why it failed.
void stop_waiting(World& world, Connection& connection) {
  connection.awaits_digest = false;
  world.transfers.to_resume.push_back(connection.id);
}

void discard(World& world, StoredFile& file, ErrorName reason) {
  const std::vector<WaitingDone> waiting = std::exchange(file.done, {});
  world.transfers.erase(file, reason);
  for (const WaitingDone& done : waiting) {
    Connection* connection = find_logged_in(world, done.connection);
    if (connection == nullptr) continue;
    stop_waiting(world, *connection);
    refuse(world, *connection, upload_ended(reason), "DONE", done.id);
  }
}

// What the same PUT resumes. An upload that a living connection sends is not taken from it: whoever sends the
// same file twice at once sends two files.
StoredFile* find_upload(World& world, const Account& account, const PutRequest& request) {
  for (const FileId id : world.transfers.share(account.id).uploads) {
    StoredFile* file = world.transfers.find(id);
    const bool is_free = file->sender == ConnectionId{} && file->done.empty();
    if (is_free && file->name == request.name && file->size == request.size &&
        file->sha256 == request.sha256 && file->room == request.room && file->people == request.people)
      return file;
  }
  return nullptr;
}

// An upload without a connection gives way to a new one when the user is at the limit.
bool make_place_for_transfer(World& world, const Account& account) {
  const auto& limit = world.config.transfers_per_user_max;
  if (!limit) return true;
  for (;;) {
    const Transfers::Share& share = world.transfers.share(account.id);
    if (share.uploads.size() + share.download_count < *limit) return true;
    const auto is_abandoned = [&](FileId id) {
      const StoredFile& file = *world.transfers.find(id);
      return file.state == StoredFile::State::open && file.sender == ConnectionId{};
    };
    const auto abandoned = std::ranges::find_if(share.uploads, is_abandoned);
    if (abandoned == share.uploads.end()) return false;
    discard(world, *world.transfers.find(*abandoned), ErrorName::expired);
  }
}

Answer make_place_for_upload(World& world, const Connection& connection) {
  if (!make_place_for_transfer(world, world.account_of(connection))) {
    Refusal refused = refusal(ErrorName::rate, "you have too many transfers at once; end one first");
    refused.max = *world.config.transfers_per_user_max;
    return refused;
  }
  const auto opening = world.transfers.find_opening(world.now.instant);
  if (!opening.is_possible || world.transfers.spool_is_behind())
    return try_later(ErrorName::busy, "too many uploads at once; try again later", kBusyRetry);
  if (opening.victim != nullptr) discard(world, *opening.victim, ErrorName::expired);
  return kAnswered;
}

// Whatever the new sender may send comes on top of what the old one's frames still hold in the spool's queue.
void hand_over(World& world, Connection& connection, StoredFile& file) {
  const std::uint64_t full = world.config.transfer_credit_bytes;
  file.sender = connection.id;
  file.credit = full - std::min(full, file.next - file.stored);
  file.last_used = world.now.instant;
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

Answer start_upload(World& world, Connection& connection, const Frame& frame, PutRequest request) {
  const auto limit = file_size_limit(world.config);
  if (limit && request.size > *limit) return too_large("the file is larger than this server takes", *limit);
  if (Answer refused = make_place_for_upload(world, connection)) return refused;
  std::string handle = make_handle(world.services.random.bytes(kHandleRandomSize));
  StoredFile& file = world.transfers.open(world.account_of(connection).id, std::move(handle));
  file.name = std::move(request.name);
  file.size = request.size;
  file.sha256 = std::move(request.sha256);
  file.room = std::move(request.room);
  file.people = request.people;
  hand_over(world, connection, file);
  log_transfer(world, connection, "put", file, file.next);
  send_put_ok(world, connection, frame, file);
  return kAnswered;
}

Refusal wrong_offset(const StoredFile& file) {
  Refusal result = refusal(ErrorName::offset, "go on at next=");
  result.next = file.next;
  return result;
}

Answer refuse_data(const World& world, const StoredFile& file, std::uint64_t offset, std::size_t size) {
  if (file.state != StoredFile::State::open || !file.digest.empty() || offset != file.next)
    return wrong_offset(file);
  if (size > world.config.chunk_size_max)
    return too_large("send smaller chunks", world.config.chunk_size_max);
  if (size > file.size - file.next)
    return too_large("this is more than the announced size", file.size - file.next);
  if (size <= file.credit) return kAnswered;
  Refusal result = refusal(ErrorName::rate, "wait for CREDIT, then go on at next=");
  result.next = file.next;
  return result;
}

// When half of it is free again: neither used up nor waiting to be stored.
void grant_credit(World& world, StoredFile& file) {
  const std::uint64_t full = world.config.transfer_credit_bytes;
  const std::uint64_t in_use = file.credit + (file.next - file.stored);
  if (in_use >= full / 2 || file.next == file.size) return;
  Connection* connection = find_logged_in(world, file.sender);
  if (connection == nullptr) return;
  file.credit += full - in_use;
  begin_reply(world, Verb::credit).argument(file.handle).argument(full - in_use).end();
  send(world, *connection);
}

void send_done_ok(World& world, Connection& connection, std::string_view id, std::string_view handle) {
  begin_ok(world, id).parameter("file", handle).parameter("verified", std::uint64_t{1}).end();
  send(world, connection);
}

// The people of a conversation may have left and others may have their names: the file is not for those.
Answer complete_upload(World& world, Connection& connection, std::string_view id, StoredFile& file) {
  if (file.is_complete()) {
    send_done_ok(world, connection, id, file.handle);
    return kAnswered;
  }
  if (file.is_conversation() && file.people != people_of(world, file.room)) {
    discard(world, file, ErrorName::expired);
    return refusal(ErrorName::no_such, "the person whom you sent this to has left; the file was discarded");
  }
  if (hex(file.digest) != file.sha256) {
    log_transfer(world, connection, "hash mismatch", file, file.next);
    discard(world, file, ErrorName::expired);
    return upload_ended(ErrorName::hash);
  }
  const auto room = open_target(world, connection, *parse_target(file.room));
  if (!room) return room.error();
  log_transfer(world, connection, "verified", file, file.next);
  send_done_ok(world, connection, id, file.handle);
  world.transfers.finish(file, world.now.instant);
  route(world, **room, connection, {Verb::file, id, file.name, &file});
  return kAnswered;
}

void give_up_on_trouble(World& world, FileId id, const std::string& trouble) {
  StoredFile* file = world.transfers.find(id);
  if (file == nullptr) return;
  world.log(ServerNote{"spool", trouble});
  discard(world, *file, ErrorName::internal);
}

// The first that waits ends the upload; if its room refuses it, the others are refused as well.
void answer_done(World& world, FileId id) {
  StoredFile* file = world.transfers.find(id);
  if (file == nullptr) return;
  const std::vector<WaitingDone> waiting = std::exchange(file->done, {});
  file->state = StoredFile::State::open;
  for (const WaitingDone& done : waiting) {
    Connection* connection = find_logged_in(world, done.connection);
    if (connection == nullptr) continue;
    stop_waiting(world, *connection);
    file = world.transfers.find(id);
    const Answer answer = file == nullptr ? upload_ended(ErrorName::expired)
                                          : complete_upload(world, *connection, done.id, *file);
    if (answer) refuse(world, *connection, *answer, "DONE", done.id);
  }
}

}  // namespace

Answer handle_put(World& world, Connection& connection, const Frame& frame) {
  auto request = read_put(frame);
  if (!request) return request.error();
  request->room = room_name_of(world.account_of(connection), request->target);
  request->people = people_of(world, request->room);
  if (StoredFile* file = find_upload(world, world.account_of(connection), *request)) {
    hand_over(world, connection, *file);
    log_transfer(world, connection, "resume", *file, file->next);
    send_put_ok(world, connection, frame, *file);
    return kAnswered;
  }
  if (const auto allowed = check_target(world, connection, request->target); !allowed) return allowed.error();
  return start_upload(world, connection, frame, std::move(*request));
}

Answer handle_data(World& world, Connection& connection, const Frame& frame) {
  const auto offset = parse_decimal<std::uint64_t>(frame.argument(1));
  if (frame.argument_count() != 2 || !offset || frame.body.empty()) return wrong_form(Verb::data);
  const auto found = own_file(world, world.account_of(connection), frame.argument(0));
  if (!found) return found.error();
  StoredFile& file = **found;
  if (Answer refused = refuse_data(world, file, *offset, frame.body.size())) return refused;
  if (!world.transfers.make_place(file, frame.body.size(), world.now.instant)) {
    log_transfer(world, connection, "spool full", file, file.next);
    discard(world, file, ErrorName::quota);
    return upload_ended(ErrorName::quota);
  }
  world.transfers.receive(file, frame.body);
  world.has_paid_credit = frame.body.size() >= free_chunk_size_min(world.config) || file.next == file.size;
  file.sender = connection.id;
  file.last_used = world.now.instant;
  FrameWriter ack = begin_reply(world, Verb::ack);
  ack.argument(file.handle).argument(file.next).end();
  send(world, connection);
  return kAnswered;
}

Answer handle_done(World& world, Connection& connection, const Frame& frame) {
  if (frame.argument_count() != 1) return wrong_form(Verb::done);
  const Account& account = world.account_of(connection);
  if (world.transfers.has_finished(frame.argument(0), account.id)) {
    send_done_ok(world, connection, id_of(frame), frame.argument(0));
    return kAnswered;
  }
  const auto found = own_file(world, account, frame.argument(0));
  if (!found) return found.error();
  StoredFile& file = **found;
  if (file.next != file.size) return wrong_offset(file);
  // Asked again because its room refused it, or because the connection went meanwhile.
  if (file.state == StoredFile::State::open && !file.digest.empty())
    return complete_upload(world, connection, id_of(frame), file);
  if (const auto allowed = check_target(world, connection, *parse_target(file.room)); !allowed)
    return allowed.error();
  if (file.state == StoredFile::State::open) world.transfers.ask_for_digest(file);
  file.done.push_back({connection.id, std::string(id_of(frame))});
  file.last_used = world.now.instant;
  connection.awaits_digest = true;
  return kAnswered;
}

Answer handle_stat(World& world, Connection& connection, const Frame& frame) {
  if (frame.argument_count() != 1) return wrong_form(Verb::stat);
  auto file = own_file(world, world.account_of(connection), frame.argument(0));
  if (!file && world.transfers.find(frame.argument(0)) != nullptr)
    file = readable_file(world, world.account_of(connection), frame.argument(0));
  if (!file) return file.error();
  FrameWriter writer = begin_ok(world, frame);
  writer.parameter("file", (*file)->handle)
      .parameter("size", (*file)->size)
      .parameter("next", (*file)->next)
      .parameter("complete", std::uint64_t{(*file)->is_complete()})
      .body((*file)->name);
  send(world, connection);
  return kAnswered;
}

bool cancel_upload(World& world, Connection& connection, std::string_view handle) {
  StoredFile* file = world.transfers.find(handle);
  if (file == nullptr || file->is_complete() || file->owner != world.account_of(connection).id) return false;
  log_transfer(world, connection, "cancelled", *file, file->next);
  discard(world, *file, ErrorName::expired);
  return true;
}

void release_uploads(World& world, Connection& connection) {
  connection.awaits_digest = false;
  if (connection.account.is_none()) return;
  for (const FileId id : world.transfers.share(world.account_of(connection).id).uploads) {
    StoredFile& file = *world.transfers.find(id);
    if (file.sender == connection.id) file.sender = {};
    std::erase_if(file.done, [&](const WaitingDone& done) { return done.connection == connection.id; });
  }
}

void discard_uploads(World& world, const Account& account) {
  const std::vector<FileId> uploads = world.transfers.share(account.id).uploads;
  for (const FileId id : uploads) {
    if (StoredFile* file = world.transfers.find(id)) discard(world, *file, ErrorName::expired);
  }
}

void advance_uploads(World& world) {
  if (world.next_upload_check > world.now.instant) return;
  world.next_upload_check = world.now.instant + kUploadCheckInterval;
  for (const FileId id : world.transfers.idle_uploads(world.now.instant))
    discard(world, *world.transfers.find(id), ErrorName::expired);
}

void take_spool_result(World& world, const SpoolResult& result) {
  world.transfers.job_is_done(result);
  if (!result.trouble.empty()) return give_up_on_trouble(world, result.file, result.trouble);
  StoredFile* file = world.transfers.find(result.file);
  if (file == nullptr) return;  // it was given up meanwhile
  if (result.kind == SpoolJob::Kind::append) {
    file->stored += result.size;
    grant_credit(world, *file);
  } else if (result.kind == SpoolJob::Kind::digest) {
    file->digest = result.sha256;
    answer_done(world, result.file);
  }
}

}  // namespace plaintalk::messenger::core
