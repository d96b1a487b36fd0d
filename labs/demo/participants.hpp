// Who takes part in the demo and what each says: scripts for plaintalk-client that anybody can read, change
// and run again.
//
// Nobody waits a fixed time: each script waits for what the others say (/expect) and for who is there
// (/members), so the conversation is the same on a slow machine and a fast one.
#pragma once

#include <cstddef>
#include <string>
#include <string_view>
#include <vector>

namespace plaintalk::demo {

inline constexpr std::size_t kUserCountMin = 3;
inline constexpr std::size_t kUserCountMax = 200;
inline constexpr std::size_t kUserCountDefault = 5;

inline constexpr std::string_view kRoom = "#lab";
inline constexpr std::string_view kPassword = "wheel-of-cheese-42";
inline constexpr std::string_view kFileName = "measurements.bin";
inline constexpr std::size_t kFileSize = 1 << 20;
// What DemoSession watches for.
inline constexpr std::string_view kReconnectAfterText = "I have the file too.";

struct Participant {
  std::string name;
  std::string address;  // on the wire; each their own, so that they can be told apart in the packets
  std::string script;
};

struct Participants {
  std::string registration;  // alice's first visit
  Participant alice;         // registered; sends the file
  Participant bob;           // loses his line
  Participant carol;         // comes late
  std::vector<Participant> others;

  std::size_t user_count() const { return 3 + others.size(); }
};

// How a person runs the same again, each line in a terminal of its own.
std::string instructions_to_run_again(const Participants& participants);

// REQUIRES: user_count between kUserCountMin and kUserCountMax.
Participants make_participants(std::size_t user_count);

// The content of the file: the same on every machine, and nothing that a compressing link could shrink.
std::string make_file_content(std::size_t size);

}  // namespace plaintalk::demo
