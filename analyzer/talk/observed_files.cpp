#include "analyzer/talk/observed_files.hpp"

#include <algorithm>

#include "base/text.hpp"

namespace plaintalk::analyzer {

ObservedFiles::File* ObservedFiles::file(const ObservedServer& server, const std::string& handle,
                                         Moment seen) {
  if (handle.empty() || server.label.empty()) return nullptr;
  const auto [found, is_new] = by_handle_.try_emplace({server.label, handle}, files_.size());
  if (is_new) {
    if (files_.size() >= kFileCountMax || !may_grow_) {
      by_handle_.erase(found);
      if (!limit_reported_)
        findings_.add("limit-reached", seen.time, {}, {seen.packet},
                      "too many files: files.csv is not complete");
      limit_reported_ = true;
      return nullptr;
    }
    File& file = files_.emplace_back();
    file.number = files_.size();
    file.row.server = server.label;
    file.row.file = handle;
    file.row.first = seen;
    file.row.last = seen;
  }
  File& file = files_[found->second];
  if (file.row.last < seen) file.row.last = seen;
  return &file;
}

void ObservedFiles::describe(const ObservedServer& server, const std::string& handle, const FileInfo& info,
                             Moment seen) {
  File* found = file(server, handle, seen);
  if (found && !info.sha256.empty() && !found->row.sha256_announced.empty() &&
      found->row.sha256_announced != info.sha256) {
    // The same handle for another content: a restarted server began to count again.
    by_handle_.erase({server.label, handle});
    found = file(server, handle, seen);
  }
  if (!found) return;
  FileResult& row = found->row;
  if (!info.room.empty()) row.room = info.room;
  if (info.seq) row.seq = info.seq;
  if (!info.name.empty()) row.name = info.name;
  if (!info.sender.empty()) row.sender = info.sender;
  if (!info.sha256.empty()) row.sha256_announced = info.sha256;
  if (info.size) row.size = info.size;
}

void ObservedFiles::piece(const ObservedServer& server, const std::string& handle, const Piece& piece) {
  File* found = file(server, handle, piece.last);
  if (!found) return;
  (piece.is_upload ? found->row.uploaded_bytes : found->row.downloaded_bytes) += piece.body.size();
  count_transfer(*found, piece);
  std::size_t at = 0;
  const auto keep = [&](std::size_t end) {
    if (end <= at) return;
    const std::string_view bytes = piece.body.substr(at, end - at);
    const std::uint64_t offset = piece.offset + at;
    if (offset + bytes.size() < offset ||
        found->seen.range_count() >= (may_grow_ ? kRangeCountMax : kFewRanges)) {
      found->refused = true;
      return;
    }
    const auto written = store_.write(found->number, offset, bytes);
    if (written == ContentStore::Written::refused) {
      found->refused = true;
      return;
    }
    found->seen.add(offset, offset + bytes.size());
    found->end = std::max(found->end, offset + bytes.size());
    if (written == ContentStore::Written::differs && !found->conflict_reported) {
      found->conflict_reported = true;
      findings_.add("file-conflict", piece.last.time, piece.connection,
                    {piece.first.packet, piece.last.packet},
                    "bytes from " + std::to_string(offset) + " of file " + terminal_safe(handle) +
                        " differ from what another transfer carried; the first are kept");
    }
  };
  for (const BodyHole& hole : piece.holes) {
    keep(hole.offset);
    at = std::max(at, hole.offset + hole.size);
  }
  keep(piece.body.size());
}

void ObservedFiles::count_transfer(File& file, const Piece& piece) {
  const TransferKey key(piece.connection, piece.is_upload);
  const auto running = file.running.find(key);
  if (running == file.running.end() && (transfer_count_ >= kTransferCountMax || !may_grow_)) {
    if (!transfer_limit_reported_)
      findings_.add("limit-reached", piece.last.time, {}, {piece.last.packet},
                    "too many transfers of files: transfers.csv is not complete");
    transfer_limit_reported_ = true;
    return;
  }
  if (running == file.running.end()) {
    ++transfer_count_;
    file.running.emplace(key, file.transfers.size());
    TransferResult& row = file.transfers.emplace_back();
    row.is_upload = piece.is_upload;
    row.connection = piece.connection;
    row.first = piece.first;
    row.last = piece.last;
  }
  TransferResult& row = file.transfers[file.running.at(key)];
  if (row.user.empty()) row.user = piece.user;
  if (row.last < piece.last) row.last = piece.last;
  ++row.chunks;
  row.bytes += piece.body.size();
}

void ObservedFiles::end_transfer(File& file, TransferKey key, bool done) {
  const auto running = file.running.find(key);
  if (running == file.running.end()) return;
  file.transfers[running->second].ended = done;
  file.running.erase(running);
}

void ObservedFiles::download_begins(const ObservedServer& server, const std::string& handle,
                                    ConnectionId connection, Moment seen) {
  const auto found = by_handle_.find({server.label, handle});
  if (found == by_handle_.end()) return;
  File& file = files_[found->second];
  const auto running = file.running.find({connection, false});
  // The answer may be understood late, when what it promised has been seen already.
  if (running != file.running.end() && file.transfers[running->second].last < seen)
    end_transfer(file, running->first, false);
}

void ObservedFiles::downloaded(const ObservedServer& server, const std::string& handle,
                               const std::string& account, ConnectionId connection, Moment seen) {
  File* found = file(server, handle, seen);
  if (!found) return;
  end_transfer(*found, {connection, false}, true);
  ++found->row.downloads;
  if (!account.empty() && may_grow_) found->recipients.insert(account);
}

void ObservedFiles::upload_done(const ObservedServer& server, const std::string& handle,
                                ConnectionId connection, Moment seen, WallTime ok) {
  File* found = file(server, handle, seen);
  if (!found) return;
  found->done = Done{connection, seen, ok};
  end_transfer(*found, {connection, true}, true);
}

const ObservedFiles::Done* ObservedFiles::done(const ObservedServer& server,
                                               const std::string& handle) const {
  const auto found = by_handle_.find({server.label, handle});
  if (found == by_handle_.end() || !files_[found->second].done) return nullptr;
  return &*files_[found->second].done;
}

void ObservedFiles::finish_file(File& file, TalkSink& sink) {
  FileResult& row = file.row;
  for (const std::string& account : file.recipients) {
    if (!row.recipients.empty()) row.recipients += ' ';
    row.recipients += account;
  }
  const std::uint64_t size = row.size.value_or(file.end);
  const std::uint64_t inside = file.end <= size ? file.seen.size() : 0;
  row.gap_bytes = file.end <= size ? size - inside : 0;
  row.complete = row.size.has_value() && row.gap_bytes == 0 && file.end <= size && !file.refused;
  if (file.seen.size() > 0 || row.complete) {
    const auto outcome = store_.finish(file.number, std::max(size, file.end));
    row.sha256_carved = outcome.sha256;
    row.path = outcome.path;
  }
  const std::string name =
      "file " + terminal_safe(row.file) + (row.name.empty() ? "" : " (" + terminal_safe(row.name) + ")");
  if (!row.complete) {
    findings_.add("incomplete-file", row.last.time, {}, {row.first.packet, row.last.packet},
                  name + ": " + std::to_string(file.seen.size()) + " of " +
                      (row.size ? std::to_string(*row.size) : std::string("an unknown number of")) +
                      " bytes were in the capture" +
                      (file.refused ? "; some were too scattered or too many to keep" : ""));
  } else if (!row.sha256_announced.empty() && !row.sha256_carved.empty() &&
             row.sha256_announced != row.sha256_carved) {
    findings_.add("hash-mismatch", row.last.time, {}, {row.first.packet, row.last.packet},
                  name + " is complete but its SHA-256 is not the announced one");
  }
  sink.file(row);
  for (TransferResult& transfer : file.transfers) {
    transfer.server = row.server;
    transfer.file = row.file;
    transfer.name = row.name;
    transfer.room = row.room;
    sink.transfer(transfer);
  }
}

void ObservedFiles::finish(TalkSink& sink) {
  for (File& file : files_) finish_file(file, sink);
  files_.clear();
  by_handle_.clear();
}

}  // namespace plaintalk::analyzer
