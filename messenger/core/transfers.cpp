#include "messenger/core/transfers.hpp"

#include <algorithm>
#include <utility>

#include "base/check.hpp"

namespace plaintalk::messenger::core {
namespace {

constexpr std::uint64_t kEntryCharge = 1024;  // what the table keeps of a file, its name included
constexpr std::uint64_t kQueuedBytesMax = 32 << 20;
constexpr std::size_t kRecentEndCountMax = 1024;
// A download that gets nothing for so long does not hold a file any more.
constexpr Milliseconds kHoldTime{60'000};
constexpr Milliseconds kUploadPauseMin{10'000};
constexpr Milliseconds kUploadSilentMax{60'000};
constexpr Milliseconds kUploadIdleMax{600'000};

std::uint64_t charge_of(std::uint64_t size) {
  return kEntryCharge + (size + kSpoolBlockSize - 1) / kSpoolBlockSize * kSpoolBlockSize;
}

}  // namespace

Transfers::Transfers(const ServerConfig& config, FileSpool& spool) : config_(config), spool_(spool) {}

StoredFile* Transfers::find(FileId id) {
  const auto found = files_.find(id);
  return found == files_.end() ? nullptr : &found->second;
}

StoredFile* Transfers::find(std::string_view handle) {
  if (handle.size() != kHandleSize) return nullptr;
  const auto found = by_handle_.find(std::string(handle));
  return found == by_handle_.end() ? nullptr : find(found->second);
}

std::optional<ErrorName> Transfers::end_of(std::string_view handle) const {
  if (handle.size() != kHandleSize) return std::nullopt;
  const auto found = ends_.find(std::string(handle));
  return found == ends_.end() ? std::nullopt : std::optional(found->second.reason);
}

bool Transfers::has_finished(std::string_view handle, AccountId owner) {
  if (const StoredFile* file = find(handle)) return file->is_complete() && file->owner == owner;
  const auto found = ends_.find(std::string(handle));
  return found != ends_.end() && found->second.is_finished && found->second.owner == owner;
}

const Transfers::Share& Transfers::share(AccountId account) const {
  static const Share kNothing;
  const auto found = shares_.find(account);
  return found == shares_.end() ? kNothing : found->second;
}

std::size_t Transfers::sending_count(AccountId account) const {
  return static_cast<std::size_t>(std::ranges::count_if(
      share(account).uploads, [&](FileId id) { return files_.at(id).sender != ConnectionId{}; }));
}

void Transfers::close_share(AccountId account) {
  const auto found = shares_.find(account);
  if (found == shares_.end()) return;
  const Share& share = found->second;
  if (share.uploads.empty() && share.finished_count + share.download_count == 0) shares_.erase(found);
}

StoredFile& Transfers::open(AccountId owner, std::string handle) {
  const FileId id{++last_id_};
  StoredFile& file = files_[id];
  file.id = id;
  file.owner = owner;
  check(by_handle_.emplace(handle, id).second, "a handle is in use");
  file.handle = std::move(handle);
  charged_bytes_ += charge_of(0);
  ++open_count_;
  open_share(owner).uploads.push_back(id);
  return file;
}

void Transfers::receive(StoredFile& file, std::string_view bytes) {
  const std::uint64_t offset = file.next;
  charged_bytes_ += charge_of(offset + bytes.size()) - charge_of(offset);
  file.next += bytes.size();
  file.credit -= bytes.size();
  queued_bytes_ += bytes.size();
  spool_.submit({SpoolJob::Kind::append, file.id, offset, std::string(bytes)});
}

void Transfers::ask_for_digest(StoredFile& file) {
  check(file.state == StoredFile::State::open, "a digest is asked for twice");
  file.state = StoredFile::State::checking;
  spool_.submit({SpoolJob::Kind::digest, file.id, file.next, {}});
}

void Transfers::finish(StoredFile& file, Instant now) {
  // Others make way before this one is among those that may: when all of them are being read, it stays all
  // the same.
  Share& share = open_share(file.owner);
  const auto& of_one = config_.files_per_user_max;
  while (of_one && share.finished_count >= *of_one && drop_oldest(file.owner, now)) {
  }
  const auto& of_all = config_.file_count_max;
  while (of_all && files_.size() - open_count_ >= *of_all && drop_oldest(std::nullopt, now)) {
  }
  file.state = StoredFile::State::complete;
  file.sender = {};
  file.last_used = now;
  --open_count_;
  std::erase(share.uploads, file.id);
  ++share.finished_count;
}

void Transfers::erase(StoredFile& file, ErrorName reason) {
  check(file.done.empty(), "a file goes that somebody waits for");
  spool_.submit({SpoolJob::Kind::remove, file.id, 0, {}});
  remember_end(file, reason);
  if (file.reader_count > 0) wake_readers(file);
  charged_bytes_ -= charge_of(file.next);
  Share& share = open_share(file.owner);
  if (file.is_complete()) {
    --share.finished_count;
  } else {
    std::erase(share.uploads, file.id);
    --open_count_;
  }
  const AccountId owner = file.owner;
  by_handle_.erase(file.handle);
  files_.erase(file.id);
  close_share(owner);
}

void Transfers::wake_readers(const StoredFile& file) {
  for (const auto& [connection, downloads] : downloads_)
    if (std::ranges::any_of(downloads.running,
                            [&](const Download& download) { return download.file == file.id; }))
      to_resume.push_back(connection);
}

void Transfers::remember_end(const StoredFile& file, ErrorName reason) {
  if (recent_ends_.size() >= kRecentEndCountMax) {
    ends_.erase(recent_ends_.front());
    recent_ends_.pop_front();
  }
  recent_ends_.push_back(file.handle);
  ends_.emplace(file.handle, End{reason, file.owner, file.is_complete()});
}

bool Transfers::may_drop(const StoredFile& file, Instant now) const {
  const bool is_read = file.reader_count > 0 && file.last_read + kHoldTime > now;
  return file.is_complete() && !is_read;
}

bool Transfers::drop_oldest(std::optional<AccountId> owner, Instant now) {
  for (auto& [id, file] : files_) {
    if ((owner && file.owner != *owner) || !may_drop(file, now)) continue;
    erase(file, ErrorName::expired);
    return true;
  }
  return false;
}

bool Transfers::make_place(const StoredFile& file, std::uint64_t size, Instant now) {
  const auto& limit = config_.spool_size_max;
  if (!limit) return true;
  const std::uint64_t growth = charge_of(file.next + size) - charge_of(file.next);
  while (growth > 0 && charged_bytes_ + growth > *limit)
    if (!drop_oldest(std::nullopt, now)) return false;
  return true;
}

Transfers::Opening Transfers::find_opening(Instant now) {
  const auto& limit = config_.open_upload_count_max;
  if (!limit || open_count_ < *limit) return {true, nullptr};
  StoredFile* paused = nullptr;
  for (auto& [id, file] : files_) {
    if (file.state != StoredFile::State::open) continue;
    if (file.next == 0) return {true, &file};
    if (file.last_used + kUploadPauseMin <= now && (paused == nullptr || file.last_used < paused->last_used))
      paused = &file;
  }
  return {paused != nullptr, paused};
}

bool Transfers::spool_is_behind() const { return queued_bytes_ >= kQueuedBytesMax; }

Downloads* Transfers::downloads_of(ConnectionId connection) {
  const auto found = downloads_.find(connection);
  return found == downloads_.end() ? nullptr : &found->second;
}

Download& Transfers::start_download(ConnectionId connection, AccountId account, StoredFile& file) {
  ++file.reader_count;
  ++open_share(account).download_count;
  return downloads_[connection].running.emplace_back(Download{file.id, file.size, 0, 0});
}

bool Transfers::end_download(ConnectionId connection, AccountId account, std::size_t index) {
  const auto found = downloads_.find(connection);
  check(found != downloads_.end() && index < found->second.running.size(), "no such download");
  std::vector<Download>& running = found->second.running;
  if (StoredFile* file = find(running[index].file)) --file->reader_count;
  running.erase(running.begin() + static_cast<std::ptrdiff_t>(index));
  --open_share(account).download_count;
  close_share(account);
  if (!running.empty()) return true;
  downloads_.erase(found);
  return false;
}

std::vector<FileId> Transfers::idle_uploads(Instant now) const {
  std::vector<FileId> idle;
  for (const auto& [account, share] : shares_) {
    for (const FileId id : share.uploads) {
      const StoredFile& file = files_.at(id);
      const Milliseconds patience = file.next == 0 ? kUploadSilentMax : kUploadIdleMax;
      if (file.state != StoredFile::State::checking && file.last_used + patience <= now) idle.push_back(id);
    }
  }
  std::ranges::sort(idle);
  return idle;
}

std::string make_handle(std::string_view random) {
  constexpr std::string_view kDigits = "abcdefghijklmnopqrstuvwxyz234567";
  std::string handle;
  unsigned bits = 0;
  unsigned bit_count = 0;
  for (const char byte : random) {
    bits = (bits << 8 | static_cast<unsigned char>(byte)) & 0xfff;
    for (bit_count += 8; bit_count >= 5; bit_count -= 5) handle += kDigits[bits >> (bit_count - 5) & 31];
  }
  if (bit_count > 0) handle += kDigits[bits << (5 - bit_count) & 31];
  return handle;
}

}  // namespace plaintalk::messenger::core
