// GET, CREDIT, CANCEL, and the chunks of running downloads.
#include <algorithm>
#include <utility>

#include "base/number.hpp"
#include "messenger/core/targets.hpp"
#include "messenger/core/transfers.hpp"

namespace plaintalk::messenger::core {
namespace {

constexpr std::uint64_t kCreditDefault = 256 << 10;
constexpr std::uint64_t kCreditMax = std::uint64_t{1} << 40;

void end_download(Connection& connection, std::size_t index) {
  Downloads& downloads = *connection.downloads;
  --downloads.running[index].file->reader_count;
  if (connection.account != nullptr) --connection.account->download_count;
  downloads.running.erase(downloads.running.begin() + static_cast<std::ptrdiff_t>(index));
  if (downloads.running.empty()) connection.downloads.reset();
}

Download* find_download(Connection& connection, const StoredFile* file) {
  if (!connection.downloads) return nullptr;
  for (Download& download : connection.downloads->running)
    if (download.file == file) return &download;
  return nullptr;
}

bool can_go_on(const Download& download) {
  return download.credit > 0 || download.next == download.file->size;
}

void log_transfer(World& world, const Connection& connection, std::string_view kind, const StoredFile& file,
                  std::uint64_t offset) {
  world.log(TransferChanged{connection.id, kind, file.handle, connection.account->name, file.room, file.name,
                            file.size, offset, file.sha256});
}

// The next chunk of a download, and DONE behind the last one. Nothing when the spool fails.
bool write_chunk(World& world, Download& download, std::string& out) {
  const StoredFile& file = *download.file;
  const std::uint64_t size =
      std::min({std::uint64_t{world.config.chunk_size_max}, download.credit, file.size - download.next});
  if (size > 0) {
    std::string content;
    const auto read =
        world.services.spool.read(file.handle, download.next, static_cast<std::size_t>(size), content);
    if (!read) {
      world.log(ServerNote{"spool", read.error().what});
      return false;
    }
    FrameWriter(out, Verb::data).argument(file.handle).argument(download.next).counted_body(content);
    download.next += size;
    download.credit -= size;
  }
  if (download.next == file.size)
    FrameWriter(out, Verb::done).argument(file.handle).argument(file.sha256).end();
  return true;
}

std::expected<StoredFile*, Refusal> readable_file(World& world, const Connection& connection,
                                                  std::string_view handle) {
  StoredFile* file = world.files.find(handle);
  if (file == nullptr && world.files.was_given(handle))
    return std::unexpected(refusal(ErrorName::expired, "this file is gone; ask for it to be sent again"));
  if (file == nullptr || !file->is_complete || !may_read(world, *connection.account, file->room))
    return std::unexpected(refusal(ErrorName::no_such, "there is no such file in your rooms"));
  return file;
}

std::optional<std::uint64_t> number_or(const Frame& frame, std::string_view key, std::uint64_t otherwise) {
  const auto text = frame.parameter(key);
  return text ? parse_decimal<std::uint64_t>(*text) : otherwise;
}

}  // namespace

Answer handle_get(World& world, Connection& connection, const Frame& frame) {
  const auto from = number_or(frame, "from", 0);
  const auto credit = number_or(frame, "credit", kCreditDefault);
  if (frame.argument_count() != 1 || !from || !credit) return wrong_form(Verb::get);
  const auto found = readable_file(world, connection, frame.argument(0));
  if (!found) return found.error();
  StoredFile& file = **found;
  if (*from > file.size) {
    Refusal refused = refusal(ErrorName::offset, "from= is behind the end of the file");
    refused.next = file.size;
    return refused;
  }
  Account& account = *connection.account;
  Download* download = find_download(connection, &file);
  if (download == nullptr) {
    const auto& limit = world.config.transfers_per_user_max;
    const auto is_running = [](const StoredFile* upload) {
      return !upload->is_complete && upload->connection != nullptr;
    };
    if (limit && account.download_count +
                         static_cast<std::size_t>(std::ranges::count_if(account.uploads, is_running)) >=
                     *limit) {
      Refusal refused =
          refusal(ErrorName::rate, "as many transfers are running as one may have; wait for one to end");
      refused.max = *limit;
      return refused;
    }
    if (!connection.downloads) connection.downloads = std::make_unique<Downloads>();
    download = &connection.downloads->running.emplace_back(Download{&file, 0, 0});
    ++file.reader_count;
    ++account.download_count;
  } else {
    connection.out.drop_bulk();  // asked again: it starts where it was asked to
  }
  download->next = *from;
  download->credit = std::min(*credit, kCreditMax);
  begin_ok(world, frame)
      .parameter("file", file.handle)
      .parameter("size", file.size)
      .parameter("sha256", file.sha256)
      .parameter("from", *from)
      .body(file.name);
  send(world, connection);
  log_transfer(world, connection, "get", file, *from);
  return kAnswered;
}

// No answer: it may cross the end of the download on its way, and then there is nothing left to allow.
Answer handle_credit(World& world, Connection& connection, const Frame& frame) {
  const auto octets = parse_decimal<std::uint64_t>(frame.argument(1));
  if (frame.argument_count() != 2 || !octets) return wrong_form(Verb::credit);
  if (Download* download = find_download(connection, world.files.find(frame.argument(0)))) {
    download->credit = std::min(download->credit + std::min(*octets, kCreditMax), kCreditMax);
    world.touch(connection);
  }
  return kAnswered;
}

Answer handle_cancel(World& world, Connection& connection, const Frame& frame) {
  if (frame.argument_count() != 1) return wrong_form(Verb::cancel);
  const std::string_view handle = frame.argument(0);
  StoredFile* file = world.files.find(handle);
  if (Download* download = find_download(connection, file)) {
    log_transfer(world, connection, "cancelled", *file, download->next);
    connection.out.drop_bulk();
    end_download(connection, static_cast<std::size_t>(download - connection.downloads->running.data()));
  } else if (!cancel_upload(world, connection, handle)) {
    return refusal(ErrorName::no_such, "neither an upload of yours nor a running download");
  }
  begin_ok(world, frame).parameter("file", handle).end();
  send(world, connection);
  return kAnswered;
}

void fill_bulk(World& world, Connection& connection) {
  Downloads& downloads = *connection.downloads;
  const std::size_t count = downloads.running.size();
  for (std::size_t step = 0; step < count; ++step) {
    const std::size_t index = (downloads.turn + step) % count;
    Download& download = downloads.running[index];
    if (!can_go_on(download)) continue;
    downloads.turn = index + 1;
    std::string chunk;
    const bool is_read = write_chunk(world, download, chunk);
    const bool is_finished = is_read && download.next == download.file->size;
    if (is_finished) log_transfer(world, connection, "sent", *download.file, download.next);
    if (!is_read || is_finished) end_download(connection, index);
    if (!is_read) {
      refuse(world, connection,
             refusal(ErrorName::internal, "the server cannot read this file now; GET it again later"), "GET",
             "");
    } else {
      connection.write_progress_at = world.now.instant;
      connection.out.bulk(std::move(chunk));
    }
    return;
  }
}

bool has_bulk(const Connection& connection) {
  return connection.downloads && std::ranges::any_of(connection.downloads->running, can_go_on);
}

void release_transfers(Connection& connection) {
  while (connection.downloads) end_download(connection, connection.downloads->running.size() - 1);
  connection.new_file = nullptr;
  if (connection.account == nullptr) return;
  for (StoredFile* file : connection.account->uploads)
    if (file->connection == &connection) file->connection = nullptr;
}

}  // namespace plaintalk::messenger::core
