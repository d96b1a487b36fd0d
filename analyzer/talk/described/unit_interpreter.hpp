// Understands what the units of a described protocol mean together: who is logged in where, who is in which
// room, which message became which copies, which files are on their way. What of it becomes a row goes out
// through the sink.
#pragma once

#include <cstddef>
#include <cstdint>
#include <map>
#include <memory>
#include <string>
#include <string_view>

#include "analyzer/talk/described/description.hpp"
#include "analyzer/talk/described/message_board.hpp"
#include "analyzer/talk/described/session.hpp"
#include "analyzer/talk/described/unit_fields.hpp"
#include "analyzer/talk/findings.hpp"
#include "analyzer/talk/observed_files.hpp"
#include "analyzer/talk/observed_users.hpp"
#include "analyzer/talk/talk_sink.hpp"
#include "analyzer/talk/timeline.hpp"

namespace plaintalk::analyzer::described {

// What all protocols share.
struct SharedTables {
  TalkSink& sink;
  Findings& findings;
  Timeline& timeline;
  ObservedUsers& users;
  ObservedFiles& files;
  bool show_secrets = false;
};

// Where a unit lies.
struct UnitPlace {
  Moment first;
  Moment last;
  std::uint64_t end = 0;          // in the stream
  std::optional<WallTime> acked;  // when it had been acknowledged before it could be read
};

class UnitInterpreter {
 public:
  static constexpr std::size_t kServerCountMax = 100'000;
  static constexpr std::size_t kRoomCountMax = 200'000;
  static constexpr std::size_t kPersonCountMax = 1 << 18;  // sessions known by a name
  static constexpr std::size_t kNameSizeMax = 256;         // longer names are none

  UnitInterpreter(const Description& description, SharedTables tables);
  ~UnitInterpreter();
  UnitInterpreter(const UnitInterpreter&) = delete;
  UnitInterpreter& operator=(const UnitInterpreter&) = delete;

  std::shared_ptr<Session> opened(const ConnectionRecord& connection, Moment when);
  // A unit of the client or the server that fits the rule.
  void unit(const std::shared_ptr<Session>& session, Direction direction, const Rule& rule,
            const UnitFields& fields, const UnitPlace& place);
  // A unit that may be more of what the last one said. Gives how many of its bytes are; 0: none.
  std::size_t goes_on(Session& session, Direction direction, std::string_view content);
  // The longest end of `text` that is the name of somebody who is there: how long it is.
  std::size_t name_at_end(const Session& session, std::string_view text) const;
  void lost(Session& session, Direction direction, Moment seen);
  void acknowledged(Session& session, std::uint64_t offset, WallTime time);
  void closed(const std::shared_ptr<Session>& session, const ConnectionRecord& connection);

  void advance(WallTime now) { board_.finalize_older(now); }
  void give_way(WallTime now) { board_.give_way(now); }
  void allow_growth(bool is_allowed) { may_grow_ = is_allowed; }
  void finish(WallTime now);

 private:
  Server* server_of(const Endpoint& endpoint, WallTime when);
  Room* room_of(Server& server, const std::string& name, WallTime when);
  void limit(bool& reported, WallTime when, std::string_view what);

  void set_user(const std::shared_ptr<Session>& session, const std::string& user, Moment seen);
  void forget_people(Server& server);
  void login(const std::shared_ptr<Session>& session, const Rule& rule, const UnitFields& fields,
             const UnitPlace& place);
  void accepted(const std::shared_ptr<Session>& session, const std::optional<std::string>& user, Moment seen);
  void refused(const std::shared_ptr<Session>& session, Moment seen);
  void add_secret(Session& session, const std::string& user, const std::string& secret, Direction direction,
                  Moment seen);
  void answer_secrets(Session& session, std::string_view accepted);
  void tell_secret(const Session& session, const SeenSecret& secret, std::string_view accepted);

  void enter(const std::shared_ptr<Session>& session, const std::string& name, Moment seen, bool confirmed);
  void leave(Session& session, const std::string& name, Moment seen);
  void presence(Session& session, const std::string& user, const std::string& room, WallTime when);
  void said(const std::shared_ptr<Session>& session, const Rule& rule, const UnitFields& fields,
            const UnitPlace& place);
  void copied(const std::shared_ptr<Session>& session, const Rule& rule, const UnitFields& fields,
              const UnitPlace& place);
  // What both have in common; nothing when the unit does not say where it goes.
  std::optional<BoardMessage> read_message(Session& session, const Rule& rule, const UnitFields& fields,
                                           const UnitPlace& place, bool is_copy);
  void acknowledgement(Session& session, const std::optional<std::string>& id, Moment seen);
  void file(Session& session, Direction direction, const Rule& rule, const UnitFields& fields,
            const UnitPlace& place);
  void finalized(const MessageResult& row, const BoardMessage& message);
  void publish(LiveEvent::Kind kind, Moment seen, const Session& session, std::string_view room,
               std::string_view text);
  void publish_message(LiveEvent::Kind kind, Moment seen, const Session& session, std::string_view who,
                       std::uint64_t serial);

  const Description& description_;
  SharedTables tables_;
  std::map<Endpoint, std::unique_ptr<Server>> servers_;
  MessageBoard board_;
  std::size_t room_count_ = 0;
  std::size_t person_count_ = 0;
  bool servers_reported_ = false;
  bool rooms_reported_ = false;
  bool stays_reported_ = false;
  bool people_reported_ = false;
  bool may_grow_ = true;
};

}  // namespace plaintalk::analyzer::described
