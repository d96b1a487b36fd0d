// Files on their way through a server: which bytes of each were seen going up or coming down, and what that
// gives when put together. The bytes themselves go to the ContentStore.
#pragma once

#include <cstddef>
#include <cstdint>
#include <map>
#include <set>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "analyzer/talk/findings.hpp"
#include "analyzer/talk/observed_state.hpp"
#include "analyzer/talk/range_set.hpp"
#include "analyzer/talk/talk_sink.hpp"
#include "protocol/frame.hpp"

namespace plaintalk::analyzer {

class ObservedFiles {
 public:
  static constexpr std::size_t kFileCountMax = 100'000;
  static constexpr std::size_t kRangeCountMax = 1 << 14;  // pieces of one file
  static constexpr std::size_t kFewRanges = 64;           // of one, when there is no memory for more
  static constexpr std::size_t kTransferCountMax = 1 << 17;

  ObservedFiles(ContentStore& store, Findings& findings) : store_(store), findings_(findings) {}

  struct Piece {
    std::uint64_t offset = 0;
    std::string_view body;
    const std::vector<BodyHole>& holes;
    Moment first;
    Moment last;
    ConnectionId connection{};
    bool is_upload = false;
    std::string_view user;
  };

  // What the server answered to PUT, or said about a file in FILE or in the OK to GET. Empty and absent parts
  // change nothing.
  struct FileInfo {
    std::string room;
    std::optional<std::uint64_t> seq;
    std::string name;
    std::string sender;
    std::string sha256;
    std::optional<std::uint64_t> size;
  };
  void describe(const ObservedServer& server, const std::string& file, const FileInfo& info, Moment seen);
  void piece(const ObservedServer& server, const std::string& file, const Piece& piece);
  // The server accepted a GET: what it sends from here on is another download.
  void download_begins(const ObservedServer& server, const std::string& file, ConnectionId connection,
                       Moment seen);
  void downloaded(const ObservedServer& server, const std::string& file, const std::string& account,
                  ConnectionId connection, Moment seen);
  // The moment DONE completed the upload, for the FILE that follows.
  void upload_done(const ObservedServer& server, const std::string& file, ConnectionId connection,
                   Moment seen, WallTime ok);
  struct Done {
    ConnectionId connection{};
    Moment in;
    WallTime ok;
  };
  const Done* done(const ObservedServer& server, const std::string& file) const;

  void finish(TalkSink& sink);
  // Whether there may be further files and transfers, and more than a few pieces of one.
  void allow_growth(bool is_allowed) { may_grow_ = is_allowed; }

 private:
  using TransferKey = std::pair<ConnectionId, bool>;  // (on which, is_upload)
  struct File {
    FileResult row;
    std::vector<TransferResult> transfers;
    std::map<TransferKey, std::size_t> running;  // of them
    std::uint64_t number = 0;                    // in the store
    RangeSet seen;
    std::set<std::string> recipients;
    std::optional<Done> done;
    std::uint64_t end = 0;  // highest byte seen
    bool conflict_reported = false;
    bool refused = false;
  };
  File* file(const ObservedServer& server, const std::string& handle, Moment seen);
  void count_transfer(File& file, const Piece& piece);
  static void end_transfer(File& file, TransferKey key, bool done);
  void finish_file(File& file, TalkSink& sink);

  ContentStore& store_;
  Findings& findings_;
  std::vector<File> files_;
  std::map<std::pair<std::string, std::string>, std::size_t> by_handle_;  // (server, handle)
  std::size_t transfer_count_ = 0;
  bool limit_reported_ = false;
  bool transfer_limit_reported_ = false;
  bool may_grow_ = true;
};

}  // namespace plaintalk::analyzer
