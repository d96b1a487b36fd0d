// What the live view knows, between the thread that analyses and the one that serves browsers: each holds the
// lock for a few rows at a time. Everything is bounded, by what it really holds; a browser asks for what
// changed since it asked last, so that one that is slow has no queue here.
#pragma once

#include <cstddef>
#include <cstdint>
#include <deque>
#include <mutex>
#include <span>
#include <string>
#include <vector>

#include "analyzer/talk/live_watcher.hpp"
#include "analyzer/web/entry_store.hpp"
#include "analyzer/web/recent_rows.hpp"
#include "analyzer/web/rows.hpp"

namespace plaintalk::analyzer::web {

// What a browser has been told.
struct Cursor {
  std::uint64_t version = 0;        // 0: nothing yet
  std::uint64_t last_id = 0;        // of the lines
  std::uint64_t table_version = 0;  // the same as `version`, of the tables
  auto operator<=>(const Cursor&) const = default;
};

// What is new for it.
struct Update {
  bool is_snapshot = false;
  bool has_tables = false;
  bool is_ended = false;
  std::uint64_t left_out = 0;  // lines that passed too quickly for this browser
  std::vector<Entry> entries;
  // The tables, the latest change first.
  std::vector<Person> people;
  std::vector<Room> rooms;
  std::vector<Secret> secrets;
  std::vector<Connection> connections;
  std::vector<Second> seconds;
  // How many rows are not held any more.
  std::uint64_t forgotten_people = 0;
  std::uint64_t forgotten_rooms = 0;
  std::uint64_t forgotten_secrets = 0;
  std::uint64_t forgotten_connections = 0;
  Totals totals;
  EntryStore::Hole hole;
  std::uint64_t last_id = 0;

  bool empty() const { return entries.empty() && left_out == 0 && !has_tables; }
};

struct EntryPage {
  std::vector<Entry> entries;
  EntryStore::Hole hole;
  std::uint64_t last_id = 0;
};

struct FramePage {
  std::vector<FrameRow> frames;
  std::uint64_t first_held = 0;  // number of the oldest frame that is held; 0: none is
};

class LiveState : public LiveWatcher {
 public:
  static constexpr std::size_t kBytesMin = 1 << 20;
  static constexpr std::size_t kTextSizeMax = 1000;  // of a message, before it is made safe
  static constexpr std::size_t kNameSizeMax = 100;
  static constexpr std::size_t kEntriesPerUpdate = 128;
  static constexpr std::size_t kEntriesPerPage = 200;
  static constexpr std::size_t kRowsPerUpdate = 300;  // of each table
  static constexpr std::size_t kFramesPerPage = 100;
  static constexpr std::size_t kSecondCount = 300;

  // Holds at most about so many bytes; at least kBytesMin.
  explicit LiveState(std::size_t bytes_max);

  // ---- by the thread that analyses
  void live_event(const LiveEvent& event) override;
  bool wants_everything() const override { return true; }
  void packet(WallTime time, std::uint32_t size) override;
  void opened(const ConnectionRecord& connection) override;
  void segment(const JudgedSegment& segment) override;
  void closed(const ConnectionRecord& connection) override;
  void pdu(const PduResult& row) override;
  void credential(const CredentialResult& row) override;
  void counts(const CaptureCounts& counts) override;
  // Nothing more will come.
  void end();

  // ---- by the thread that serves
  // What changed since `cursor`, which moves on. Tables only if asked for.
  Update collect(Cursor& cursor, bool with_tables);
  EntryPage page_after(std::uint64_t id, std::size_t count_max) const;
  EntryPage page_before(std::uint64_t id, std::size_t count_max) const;
  FramePage frames(std::span<const std::uint64_t> numbers) const;

  std::size_t bytes() const;

 private:
  // The seconds, and what containers hold when they are empty.
  static constexpr std::size_t kFixedBytes = 32 << 10;
  static_assert(kFixedBytes >= 2 * kSecondCount * sizeof(Second));
  struct Shared {};
  LiveState(std::size_t bytes, Shared);

  void count_in_room(const LiveEvent& event, WallTime time, std::uint64_t Room::*number);
  void count_for_person(const std::string& who, WallTime time, std::uint64_t Person::*number);
  void add_entry(Entry entry);
  void add_message(const LiveEvent& event);
  void add_copy(const LiveEvent& event);
  void add_command(const LiveEvent& event);
  void note(Entry::Kind kind, const LiveEvent& event);
  void logged_in(const LiveEvent& event);
  void joined(const LiveEvent& event);
  void parted(const LiveEvent& event);
  void session_ended(const LiveEvent& event);
  void leave_room(const std::string& key, std::uint64_t connection);
  std::uint64_t frame_of_command(const LiveEvent& event) const;
  std::uint64_t frame_of_copy(const LiveEvent& event) const;
  Second& second_of(WallTime time);
  void come_to(WallTime time);

  mutable std::mutex mutex_;
  std::uint64_t version_ = 0;
  EntryStore entries_;
  RecentRows<std::string, Person> people_;
  RecentRows<std::string, Room> rooms_;
  RecentRows<std::string, Secret> secrets_;
  RecentRows<std::uint64_t, Connection> connections_;
  std::deque<FrameRow> frames_;
  std::size_t frame_bytes_ = 0;
  std::size_t frame_bytes_max_;
  std::deque<Second> seconds_;
  Totals totals_;
  bool is_ended_ = false;
};

}  // namespace plaintalk::analyzer::web
