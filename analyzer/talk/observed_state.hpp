// The world as the packets show it: servers with rooms, connections with a login, and who was in which room
// between which moments.
//
// A server is known by its address and port; all loopback addresses of a port are one server. The numbers of
// a room start again when a server is restarted; from then on it is a new ObservedRoom with the next epoch.
#pragma once

#include <cstdint>
#include <deque>
#include <map>
#include <memory>
#include <optional>
#include <set>
#include <string>
#include <unordered_map>
#include <vector>

#include "analyzer/talk/range_set.hpp"
#include "analyzer/talk/results.hpp"

namespace plaintalk::analyzer {

struct ObservedRoom;
struct ObservedServer;
struct ObservedSession;

// A MSG or FILE that may belong to a history page; certain only when the page's END comes.
struct UndecidedDelivery {
  std::uint64_t seq = 0;
  std::optional<std::uint64_t>
      message;  // its serial in the message table; none when that row has been emitted already
  std::size_t delivery = 0;
  Moment out;
};

// One stay of one connection in one room. Before the join is seen it is a non-member's record (joined =
// false).
struct Membership {
  std::shared_ptr<ObservedSession> session;  // a cycle, broken when the session is forgotten
  ObservedRoom* room = nullptr;
  bool joined = false;
  bool dead = false;           // forgotten; only waits for removal from the room
  bool exact_from = false;     // the server said the room's last number at the join
  std::uint64_t from_seq = 0;  // numbers above it are for this member
  Moment from_earliest;        // the join happened between these two
  Moment from_latest;
  bool ended = false;
  bool cut_off = false;  // ended by the end of its connection, which tells nothing about what was on its way
  Moment end_earliest;
  Moment end_latest;
  bool doubtful = false;  // bytes of the client are missing: it may have left unseen
  bool live_known = false;
  std::uint64_t live_high = 0;  // the highest number that came live
  bool catching_up = false;     // SYNC gave a page that was not the last
  RangeSet shed;
  RangeSet uncaptured;
  std::optional<std::uint64_t> uncaptured_from;  // a hole is open behind this number
  std::vector<UndecidedDelivery> undecided;
  std::uint64_t counted_message =
      0;  // serial + 1 of the last message counted as delivered: a mark for one pass over the members
};

struct ObservedRoom {
  ObservedServer* server = nullptr;
  std::string name;
  bool is_direct = false;
  std::string label;  // of the server, and "/2" after a restart
  unsigned epoch = 1;
  std::vector<std::shared_ptr<Membership>> members;
  std::size_t dead_count = 0;
  std::set<std::string> accounts;
  std::string topic;
  RangeSet known;                     // numbers that were given to something seen
  RangeSet emitted;                   // numbers whose row has been emitted
  std::optional<std::uint64_t> base;  // numbers up to here are older than what was seen
  Moment high_seen;                   // when the highest number was first seen
  RoomResult result;
};

struct AwaitedAck {
  std::uint64_t end_offset = 0;
  std::uint64_t message = 0;
  std::size_t delivery = 0;
};

// One connection that speaks PLAINTALK.
struct ObservedSession {
  ConnectionId id{};
  ObservedServer* server = nullptr;
  Endpoint client;
  Moment opened;
  std::string account;
  std::string device;
  bool guest = false;
  Moment login_earliest;
  Moment login_latest;
  bool ended = false;
  bool cut_off = false;
  Moment end_earliest;
  Moment end_latest;
  WallTime closed_at;  // when the connection was given up by the stream layer
  Moment last_server_byte;
  bool lossy = false;  // something of the connection is missing: what it joined or left may be unknown
  bool began_earlier = false;                                        // than the capture
  std::map<ObservedRoom*, std::shared_ptr<Membership>> memberships;  // the current stays
  std::vector<std::shared_ptr<Membership>> earlier_stays;
  std::deque<AwaitedAck> awaited_acks;
};

struct ObservedServer {
  std::string label;  // "192.0.2.1:7777"
  std::map<std::string, std::unique_ptr<ObservedRoom>> rooms;
  std::map<std::string, std::vector<std::shared_ptr<ObservedSession>>>
      sessions;  // by account, ended ones for a while
};

// The record of `session` in `room`: a non-member's when it never joined. In a direct conversation its two
// people are in from their login on.
std::shared_ptr<Membership> membership_of(const std::shared_ptr<ObservedSession>& session,
                                          ObservedRoom& room);
// A new stay, after a join that was answered.
std::shared_ptr<Membership> join(const std::shared_ptr<ObservedSession>& session, ObservedRoom& room);
void leave(Membership& membership, Moment earliest, Moment latest, bool cut_off);
void end_session(ObservedSession& session, Moment earliest, Moment latest, bool cut_off);
// Forgets a session that ended long ago.
void forget(ObservedSession& session);
// Which numbers were seen and told is not known any more: one may be told twice.
void forget_numbers(ObservedRoom& room);
bool is_participant(const ObservedRoom& room, const std::string& account);

}  // namespace plaintalk::analyzer
