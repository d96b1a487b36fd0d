// Who is where, as the units of a described protocol show it: servers, their rooms, and the connections that
// were in them from when to when.
#pragma once

#include <cstddef>
#include <cstdint>
#include <deque>
#include <map>
#include <memory>
#include <optional>
#include <set>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

#include "analyzer/talk/described/description.hpp"
#include "analyzer/talk/observed_state.hpp"
#include "analyzer/talk/results.hpp"

namespace plaintalk::analyzer::described {

struct Server;
struct Session;

// One stay of a connection in a room.
struct Stay {
  std::shared_ptr<Session> session;
  Moment from;
  std::optional<Moment> to;
  bool is_confirmed = false;  // the server said so; else only the client did

  bool covers(const Moment& moment) const { return !(moment < from) && !(to && *to < moment); }
};

struct Room {
  Server* server = nullptr;
  std::string name;
  bool is_direct = false;
  bool is_wildcard = false;  // stands for several
  static constexpr std::size_t kStayCountMax = 20'000;
  static constexpr std::size_t kAccountCountMax = 10'000;

  std::vector<std::shared_ptr<Stay>> stays;  // in the order of their beginnings
  std::size_t stays_kept = 0;                // when those that nobody may ask for were last forgotten
  std::set<std::string> accounts;
  std::uint64_t last_seq = 0;
  RoomResult result;
};

struct Server {
  static constexpr std::size_t kSessionsPerNameMax = 1000;

  std::string label;  // "192.0.2.1:6667"
  ObservedServer for_files;
  std::map<std::string, std::unique_ptr<Room>, std::less<>> rooms;
  std::vector<Room*> wildcard_rooms;
  // By name, those that ended included as long as a message may still ask for them.
  std::map<std::string, std::vector<std::shared_ptr<Session>>, std::less<>> people;
  std::size_t people_kept = 0;
};

struct SeenSecret {
  std::string user;  // empty: whoever then is logged in
  std::string secret;
  Moment seen;
  Direction direction{};
};

// One connection.
struct Session {
  static constexpr std::size_t kUnackedCountMax = 1000;
  static constexpr std::size_t kSecretCountMax = 8;
  static constexpr std::size_t kHoleCountMax = 64;
  static constexpr std::size_t kAwaitedCountMax = 4096;
  static constexpr std::size_t kRoomCountMax = 10'000;

  struct AwaitedAck {
    std::uint64_t end = 0;  // in the server's stream
    std::uint64_t message = 0;
    std::size_t copy = 0;
  };

  ConnectionId id{};
  Endpoint client;
  Server* server = nullptr;
  Moment opened;
  std::string user;
  std::string accepted_user;  // that the server agreed to
  bool has_password = false;
  bool began_earlier = false;
  bool client_lossy = false;  // it may have entered or left a room unseen
  std::vector<Moment> holes;  // in what the server sent
  bool has_more_holes = false;
  std::optional<WallTime> closed_at;
  std::vector<SeenSecret> secrets;                   // whose answer is awaited
  std::deque<std::uint64_t> unacked;                 // messages, by serial
  std::deque<AwaitedAck> awaited;                    // copies
  std::map<std::string, std::weak_ptr<Stay>> rooms;  // it is in now
  std::map<std::string, std::string> room_of_id;     // where leaving names only the number of the joining
  std::unordered_map<std::uint64_t, std::uint64_t> last_copy;  // of each key: the serial after it
  std::size_t last_copy_kept = 0;
  std::string file;  // that its chunks belong to, where they do not say
  std::uint64_t file_offset = 0;
  // Of a message that came in pieces: which, and how much of its text is here.
  struct Pieces {
    std::uint64_t message = 0;
    std::size_t size = 0;
  };
  std::optional<Pieces> in_pieces;   // that it sends
  std::optional<Pieces> out_pieces;  // that it gets
};

}  // namespace plaintalk::analyzer::described
