// One person of client_run.hpp: the session of the real client, its disk, and the wire to the server.
#pragma once

#include <cstdint>
#include <map>
#include <memory>
#include <optional>
#include <string>

#include "messenger/client/session.hpp"
#include "tests/messenger_client/memory_files.hpp"
#include "tests/sim/client_judge.hpp"
#include "tests/sim/stage.hpp"

namespace plaintalk::sim {

namespace client = messenger::client;

// Faults that no correct server or client has, to prove that the run finds them.
enum class ClientFault : std::uint8_t {
  none,
  never_comes_back,   // a client that is not told that its connection is gone
  no_request_memory,  // the server takes a repeat for a new message
  bent_text,          // one client gets another text
};

class Person {
 public:
  Person(Stage& stage, ClientFault fault, client::SessionConfig config, bool guest,
         std::shared_ptr<client::MemoryFiles> disk);

  client::RequestId ask(client::Request request);

  void connect();
  // The network takes the connection away; a new one is tried some time later.
  void lose(bool server_knows);
  // Some of what the client has to send arrives.
  void send_on();
  // Some of what the server has to say arrives, or that it is done with the connection.
  void read_on();
  bool is_connected() const { return connection_.has_value(); }
  // Everything was asked, answered and read.
  bool is_settled();
  const std::string& name() const { return session.user(); }

  bool is_guest;
  std::string device;
  std::shared_ptr<client::MemoryFiles> files;  // survives the program
  client::ClientSession session;
  bool is_leaving = false;
  bool was_ready = false;
  bool was_cut = false;  // after it had sent something, its login first
  bool has_joined = false;
  bool has_seen_talk = false;  // something of its conversation, so that it asks for more
  // Of this server: the program was in the room, or saw the conversation, before it was started.
  bool must_see_room = false;
  bool must_see_talk = false;
  Instant connect_at{};
  std::map<client::RequestId, std::string> asked;  // unanswered; the text of a message, else empty
  Screen screen;                                   // since the last restart

 private:
  Stage& stage_;
  ClientFault fault_;
  std::optional<messenger::ConnectionId> connection_;
  bool has_sent_ = false;
  std::string upstream_;  // on its way to the server
};

}  // namespace plaintalk::sim
