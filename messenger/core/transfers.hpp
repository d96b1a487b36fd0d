// The files that pass through the server and the downloads that run: the one owner of both. Connections,
// accounts and queues refer to them by FileId and handle, so a file may go at any time.
//
// A file is an open upload until its SHA-256 was found right, then it is finished and lies here until the
// spool needs its place. Limits count what is really there: blocks of bytes that were received, and entries.
// Knows nothing of rooms, replies or sockets (uploads.hpp and downloads.hpp do).
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <deque>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

#include "base/time.hpp"
#include "messenger/core/account.hpp"
#include "messenger/core/file_id.hpp"
#include "messenger/core/server_config.hpp"
#include "messenger/core/services.hpp"
#include "protocol/error_name.hpp"

namespace plaintalk::messenger::core {

inline constexpr std::size_t kHandleSize = 26;  // 128 random bits in base 32 (RFC 4648, in lower case)

// A connection whose DONE waits for the hash of the last chunk.
struct WaitingDone {
  ConnectionId connection;
  std::string id;
};

struct StoredFile {
  enum class State : std::uint8_t { open, checking, complete };

  FileId id{};
  std::string handle;
  std::string name;  // the sender's; data, never a path
  std::uint64_t size = 0;
  std::string sha256;  // announced, lower-case hexadecimal
  std::string room;
  std::array<AccountId, 2> people{};  // of a conversation: who may have it, whatever their names are now
  AccountId owner{};                  // who sent it
  State state = State::open;

  std::uint64_t next = 0;    // received
  std::uint64_t stored = 0;  // hashed and written
  std::uint64_t credit = 0;
  std::string digest;             // of the content, once it was asked for
  ConnectionId sender{};          // that sends it at the moment; none after it was lost
  std::vector<WaitingDone> done;  // answered when the digest is there
  Instant last_used{};

  std::size_t reader_count = 0;  // running downloads
  Instant last_read{};

  bool is_complete() const { return state == State::complete; }
  bool is_conversation() const { return people[0] != AccountId{}; }
};

struct Download {
  FileId file;
  std::uint64_t size;  // of the file
  std::uint64_t next;
  std::uint64_t credit;
};
struct Downloads {
  std::vector<Download> running;
  std::size_t turn = 0;  // whose chunk is next
};

class Transfers {
 public:
  // What one account has here. Only accounts that have something have one.
  struct Share {
    std::vector<FileId> uploads;  // open ones
    std::size_t finished_count = 0;
    std::size_t download_count = 0;
  };

  Transfers(const ServerConfig& config, FileSpool& spool);

  StoredFile* find(FileId id);
  StoredFile* find(std::string_view handle);
  // Why a file that was here lately is not here any more.
  std::optional<ErrorName> end_of(std::string_view handle) const;
  // Whether it is a finished file of that owner, or was one when it made way.
  bool has_finished(std::string_view handle, AccountId owner);
  const Share& share(AccountId account) const;
  // Uploads of the account that a connection sends at the moment.
  std::size_t sending_count(AccountId account) const;

  // A new upload; the caller fills in the rest. REQUIRES: `handle` is not in use.
  StoredFile& open(AccountId owner, std::string handle);
  // The bytes are accepted: they are charged and go to the spool. REQUIRES: make_place() for them.
  void receive(StoredFile& file, std::string_view bytes);
  void ask_for_digest(StoredFile& file);
  // The digest is right. Finished files of the account, or of all, go when there are too many.
  void finish(StoredFile& file, Instant now);
  // REQUIRES: nobody waits for its digest.
  void erase(StoredFile& file, ErrorName reason);
  // The spool has done something with bytes that it was given.
  void job_is_done(const SpoolResult& result) { queued_bytes_ -= result.size; }

  // Whether there is place for `size` more bytes of the file; finished files that nobody reads make way.
  bool make_place(const StoredFile& file, std::uint64_t size, Instant now);
  // Whether one more upload may be opened; in need, which other one has to be given up for it: one that sent
  // nothing, or that has paused.
  struct Opening {
    bool is_possible;
    StoredFile* victim;
  };
  Opening find_opening(Instant now);
  bool spool_is_behind() const;

  Downloads* downloads_of(ConnectionId connection);
  Download& start_download(ConnectionId connection, AccountId account, StoredFile& file);
  // False when that was the last one of the connection.
  bool end_download(ConnectionId connection, AccountId account, std::size_t index);

  std::vector<FileId> idle_uploads(Instant now) const;
  std::uint64_t charged_bytes() const { return charged_bytes_; }
  std::uint64_t queued_bytes() const { return queued_bytes_; }
  std::size_t file_count() const { return files_.size(); }

  // Connections to be looked at again: their DONE was answered, or a file that they fetch is gone.
  std::vector<ConnectionId> to_resume;

 private:
  struct End {
    ErrorName reason;
    AccountId owner;
    bool is_finished;  // it was announced before
  };

  Share& open_share(AccountId account) { return shares_[account]; }
  void close_share(AccountId account);
  bool may_drop(const StoredFile& file, Instant now) const;
  bool drop_oldest(std::optional<AccountId> owner, Instant now);
  void wake_readers(const StoredFile& file);
  void remember_end(const StoredFile& file, ErrorName reason);

  const ServerConfig& config_;
  FileSpool& spool_;
  std::map<FileId, StoredFile> files_;  // by age
  std::unordered_map<std::string, FileId> by_handle_;
  std::unordered_map<AccountId, Share> shares_;
  std::unordered_map<ConnectionId, Downloads> downloads_;
  std::deque<std::string> recent_ends_;
  std::unordered_map<std::string, End> ends_;
  std::uint64_t last_id_ = 0;
  std::uint64_t charged_bytes_ = 0;
  std::uint64_t queued_bytes_ = 0;  // given to the spool and not yet stored
  std::size_t open_count_ = 0;
};

// A new handle from 16 random bytes.
std::string make_handle(std::string_view random);

}  // namespace plaintalk::messenger::core
