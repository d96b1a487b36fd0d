#include "messenger/core/downloads.hpp"

#include <algorithm>
#include <utility>

#include "base/number.hpp"
#include "messenger/core/budget.hpp"
#include "messenger/core/file_access.hpp"
#include "messenger/core/output.hpp"
#include "messenger/core/uploads.hpp"

namespace plaintalk::messenger::core {
namespace {

constexpr std::uint64_t kCreditDefault = 256 << 10;
constexpr std::uint64_t kCreditMax = std::uint64_t{1} << 40;

void end_download(World& world, Connection& connection, std::size_t index) {
  connection.has_downloads =
      world.transfers.end_download(connection.id, world.account_of(connection).id, index);
}

struct FoundDownload {
  Download* download = nullptr;
  std::size_t index = 0;
};

FoundDownload find_download(World& world, const Connection& connection, const StoredFile* file) {
  if (file == nullptr || !connection.has_downloads) return {};
  std::vector<Download>& running = world.transfers.downloads_of(connection.id)->running;
  const auto found =
      std::ranges::find_if(running, [&](const Download& download) { return download.file == file->id; });
  if (found == running.end()) return {};
  return {&*found, static_cast<std::size_t>(found - running.begin())};
}

// To its end, too, when the file is gone.
bool can_go_on(World& world, const Download& download) {
  return download.credit > 0 || download.next == download.size ||
         world.transfers.find(download.file) == nullptr;
}

// The next chunk of a download, and DONE behind the last one. False when the spool fails.
bool write_chunk(World& world, const StoredFile& file, Download& download, std::string& out) {
  const std::uint64_t size =
      std::min({std::uint64_t{world.config.chunk_size_max}, download.credit, file.size - download.next});
  if (size > 0) {
    FrameWriter(out, Verb::data)
        .argument(file.handle)
        .argument(download.next)
        .counted_head(static_cast<std::size_t>(size));
    const std::size_t head_size = out.size();
    out.resize(head_size + static_cast<std::size_t>(size));
    if (const auto read =
            world.services.spool.read(file.id, download.next, std::span(out).subspan(head_size));
        !read) {
      world.log(ServerNote{"spool", read.error().what});
      return false;
    }
    out += '\n';
    download.next += size;
    download.credit -= size;
  }
  if (download.next == file.size)
    FrameWriter(out, Verb::done).argument(file.handle).argument(file.sha256).end();
  return true;
}

std::optional<std::uint64_t> number_or(const Frame& frame, std::string_view key, std::uint64_t otherwise) {
  const auto text = frame.parameter(key);
  return text ? parse_decimal<std::uint64_t>(*text) : otherwise;
}

bool has_place_for_download(const World& world, const Account& account) {
  const auto& limit = world.config.transfers_per_user_max;
  if (!limit) return true;
  return world.transfers.share(account.id).download_count + world.transfers.sending_count(account.id) <
         *limit;
}

void refuse_download(World& world, Connection& connection, std::size_t index, const Refusal& why) {
  end_download(world, connection, index);
  refuse(world, connection, why, "GET", "");
}

// One step of the download at `index`.
void send_chunk(World& world, Connection& connection, std::size_t index) {
  Download& download = world.transfers.downloads_of(connection.id)->running[index];
  StoredFile* file = world.transfers.find(download.file);
  if (file == nullptr)
    return refuse_download(
        world, connection, index,
        refusal(ErrorName::expired, "the file that you were fetching is gone; ask for it to be sent again"));
  if (!may_read(world, world.account_of(connection), *file))
    return refuse_download(world, connection, index,
                           refusal(ErrorName::no_such, "you have left the room of the file"));
  std::string chunk;
  if (!write_chunk(world, *file, download, chunk))
    return refuse_download(
        world, connection, index,
        refusal(ErrorName::internal, "the server cannot read this file now; GET it again later"));
  file->last_read = world.now.instant;
  if (download.next == file->size) {
    log_transfer(world, connection, "sent", *file, download.next);
    end_download(world, connection, index);
  }
  open_output(world, connection).bulk(std::move(chunk), file->id);
}

// File data that has not begun to be written. False when none waits.
bool drop_bulk(World& world, Connection& connection, FileId file) {
  if (!connection.out || !connection.out->drop_bulk(file)) return false;
  close_output_if_empty(world, connection);
  return true;
}

}  // namespace

Answer handle_get(World& world, Connection& connection, const Frame& frame) {
  const auto from = number_or(frame, "from", 0);
  const auto credit = number_or(frame, "credit", kCreditDefault);
  if (frame.argument_count() != 1 || !from || !credit) return wrong_form(Verb::get);
  const auto found = readable_file(world, world.account_of(connection), frame.argument(0));
  if (!found) return found.error();
  StoredFile& file = **found;
  if (*from > file.size) {
    Refusal refused = refusal(ErrorName::offset, "from= is beyond the end of the file");
    refused.next = file.size;
    return refused;
  }
  Download* download = find_download(world, connection, &file).download;
  if (download == nullptr) {
    if (!has_place_for_download(world, world.account_of(connection))) {
      Refusal refused =
          refusal(ErrorName::rate, "you have too many transfers at once; wait until one has ended");
      refused.max = *world.config.transfers_per_user_max;
      return refused;
    }
    download = &world.transfers.start_download(connection.id, world.account_of(connection).id, file);
    connection.has_downloads = true;
  }
  drop_bulk(world, connection, file.id);  // asked again: it starts where it was asked to
  download->next = *from;
  download->credit = std::min(*credit, kCreditMax);
  file.last_read = world.now.instant;
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
  const auto bytes = parse_decimal<std::uint64_t>(frame.argument(1));
  if (frame.argument_count() != 2 || !bytes) return wrong_form(Verb::credit);
  StoredFile* file = world.transfers.find(frame.argument(0));
  if (Download* download = find_download(world, connection, file).download) {
    // More than the rest of the file has no use, and would be free for ever.
    world.has_paid_credit =
        *bytes >= free_chunk_size_min(world.config) && download->credit < file->size - download->next;
    download->credit = std::min(download->credit + std::min(*bytes, kCreditMax), kCreditMax);
    file->last_read = world.now.instant;
    world.connections.touch(connection);
  }
  return kAnswered;
}

Answer handle_cancel(World& world, Connection& connection, const Frame& frame) {
  if (frame.argument_count() != 1) return wrong_form(Verb::cancel);
  const std::string_view handle = frame.argument(0);
  StoredFile* file = world.transfers.find(handle);
  const FoundDownload found = find_download(world, connection, file);
  // The last chunk may still wait when the download has ended.
  const bool had_bulk = file != nullptr && drop_bulk(world, connection, file->id);
  if (found.download != nullptr) {
    log_transfer(world, connection, "cancelled", *file, found.download->next);
    end_download(world, connection, found.index);
  } else if (!had_bulk && !cancel_upload(world, connection, handle)) {
    return refusal(ErrorName::no_such, "neither an upload of yours nor a running download");
  }
  begin_ok(world, frame).parameter("file", handle).end();
  send(world, connection);
  return kAnswered;
}

void fill_bulk(World& world, Connection& connection) {
  Downloads& downloads = *world.transfers.downloads_of(connection.id);
  const std::size_t count = downloads.running.size();
  for (std::size_t step = 0; step < count; ++step) {
    const std::size_t index = (downloads.turn + step) % count;
    if (!can_go_on(world, downloads.running[index])) continue;
    downloads.turn = index + 1;
    return send_chunk(world, connection, index);
  }
}

bool has_bulk(World& world, const Connection& connection) {
  return connection.has_downloads &&
         std::ranges::any_of(world.transfers.downloads_of(connection.id)->running,
                             [&](const Download& download) { return can_go_on(world, download); });
}

void release_downloads(World& world, Connection& connection) {
  while (connection.has_downloads) end_download(world, connection, 0);
}

}  // namespace plaintalk::messenger::core
