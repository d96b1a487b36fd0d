// A small session as both witnesses tell it: alice and bob in #lab, one message, one file.
#pragma once

#include "labs/demo/evidence.hpp"
#include "labs/demo/server_log.hpp"

namespace plaintalk::demo {

inline constexpr std::string_view kServerLines =
    R"({"time":"1.0","event":"server","kind":"started","text":"listening"}
{"time":"1.1","event":"opened","connection":1,"client_address":"127.0.0.11","client_port":4001,"server_address":"127.0.0.1","server_port":7777}
{"time":"1.1","event":"opened","connection":2,"client_address":"127.0.0.12","client_port":4002,"server_address":"127.0.0.1","server_port":7777}
{"time":"1.2","event":"login","connection":1,"client_address":"127.0.0.11","client_port":4001,"account":"alice","device":"a","method":"password"}
{"time":"1.2","event":"login","connection":2,"client_address":"127.0.0.12","client_port":4002,"account":"bob","device":"b","method":"guest"}
{"time":"1.3","event":"routed","connection":1,"room":"#lab","seq":1,"kind":"msg","account":"alice","id":"1","body_size":5,"recipients":[1,2],"shed":[]}
{"time":"1.4","event":"transfer","connection":1,"kind":"verified","file":"f1","account":"alice","room":"#lab","name":"x","size":3,"offset":3,"sha256":"abc"}
{"time":"1.4","event":"routed","connection":1,"room":"#lab","seq":2,"kind":"file","account":"alice","id":"","body_size":1,"recipients":[1,2],"shed":[]}
{"time":"1.5","event":"closed","connection":2,"account":"bob","reason":"quit","bytes_in":20,"bytes_out":200}
)";

inline ServerLog small_log() {
  ServerLog log;
  log.feed(kServerLines);
  log.feed(R"({"time":"1.6","event":"closed","connection":1,"account":"alice","reason":"quit","bytes_in":10,)"
           R"("bytes_out":100})"
           "\n");
  return log;
}

inline Evidence small_evidence() {
  const ClientEnd alice{"127.0.0.11", 4001};
  const ClientEnd bob{"127.0.0.12", 4002};
  Evidence evidence;
  evidence.connections[1].client = alice;
  evidence.connections[1].client_bytes = 10;
  evidence.connections[1].server_bytes = 100;
  evidence.connections[2].client = bob;
  evidence.connections[2].client_bytes = 20;
  evidence.connections[2].server_bytes = 200;
  for (const std::uint64_t seq : {1U, 2U}) {
    SeenMessage message;
    message.key = {"#lab", seq};
    message.sender = "alice";
    evidence.messages.push_back(message);
    evidence.deliveries.push_back({{"#lab", seq}, "alice", alice});
    evidence.deliveries.push_back({{"#lab", seq}, "bob", bob});
  }
  evidence.files.push_back({"f1", "x", "alice", 3, "abc", "abc", true, "files/abc"});
  return evidence;
}

}  // namespace plaintalk::demo
