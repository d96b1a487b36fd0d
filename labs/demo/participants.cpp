#include "labs/demo/participants.hpp"

#include <array>
#include <cstdint>

#include "base/check.hpp"
#include "base/front_door.hpp"
#include "labs/session/session_network.hpp"

namespace plaintalk::demo {
namespace {

constexpr std::size_t kFirstAddress = 11;  // 10.0.0.11

constexpr std::array<std::string_view, 12> kOtherNames{"dave", "erin", "frank",   "grace", "heidi", "ivan",
                                                       "judy", "leo",  "mallory", "nina",  "oscar", "peggy"};

std::string address_of(std::size_t index) { return "10.0.0." + std::to_string(kFirstAddress + index); }

std::string other_name(std::size_t index) {
  if (index < kOtherNames.size()) return std::string(kOtherNames[index]);
  std::string number = std::to_string(index + 4);  // counted with alice, bob and carol
  return "user" + std::string(3 - number.size(), '0') + number;
}

std::string greeting_of(const std::string& name) { return "Hello from " + name + '.'; }

std::string alice_script(std::size_t present_count, const std::vector<Participant>& others) {
  std::string script =
      "/join #lab\n"
      "/members #lab " +
      std::to_string(present_count) +
      "\n"
      "Good morning! Who is here today?\n"
      "/expect everybody on this wire can read us\n";
  for (const Participant& other : others) script += "/expect " + greeting_of(other.name) + '\n';
  return script +
         "/msg bob Then let us keep this between the two of us: the exam is on Friday.\n"
         "/expect I will not tell anybody\n"
         "/send sent/measurements.bin\n"
         "/expect I have the file, thank you\n"
         "You are welcome, bob.\n"
         "/expect Sorry, I am late\n"
         "Never mind. bob's line has just dropped: he will read this when he is back.\n"
         "/expect I have the file too\n"
         "Welcome back, bob.\n"
         "/expect I missed nothing\n"
         "Class is over. Goodbye!\n";
}

constexpr std::string_view kBobScript =
    "/join #lab\n"
    "/expect Who is here today\n"
    "Good morning, alice. Do you know that everybody on this wire can read us?\n"
    "/expect between the two of us\n"
    "/msg alice I will not tell anybody. (The wire just did.)\n"
    "/expect measurements.bin\n"
    "/get measurements.bin\n"
    "I have the file, thank you!\n"
    "/expect You are welcome, bob\n"
    "/drop\n"
    "/expect Welcome back, bob\n"
    "I am back, and I missed nothing.\n"
    "/expect Class is over\n";

constexpr std::string_view kCarolScript =
    "/join #lab\n"
    "/history #lab\n"
    "Sorry, I am late! I have read what you said.\n"
    "/expect he will read this\n"
    "/get measurements.bin\n"
    "I have the file too.\n"
    "/expect Class is over\n";

std::string other_script(const std::string& name) {
  return "/join #lab\n"
         "/expect Who is here today\n" +
         greeting_of(name) +
         "\n"
         "/expect Class is over\n";
}

}  // namespace

Participants make_participants(std::size_t user_count) {
  check(user_count >= kUserCountMin && user_count <= kUserCountMax,
        "the caller has checked the number of users");
  Participants participants;
  for (std::size_t index = 0; index + 3 < user_count; ++index) {
    const std::string name = other_name(index);
    participants.others.push_back({name, address_of(index + 3), other_script(name)});
  }
  participants.registration = "/rooms\n";
  participants.alice = {"alice", address_of(0), alice_script(user_count - 1, participants.others)};
  participants.bob = {"bob", address_of(1), std::string(kBobScript)};
  participants.carol = {"carol", address_of(2), std::string(kCarolScript)};
  return participants;
}

std::string instructions_to_run_again(const Participants& participants) {
  std::string text =
      "These scripts are what the demo's clients were told to do. To run it again, enter these lines in the "
      "folder\n"
      "above this one, each in a terminal of its own; carol's last, when bob's connection has been "
      "dropped.\n\n" +
      front_door_from_anywhere("server") + '\n';
  const auto line = [&](const Participant& participant, std::string_view login, const std::string& script) {
    text += front_door_from_anywhere("client --user ") + participant.name + ' ' + std::string(login) +
            " --bind " + session::loopback_address_of(participant.address) + " --download-dir downloads/" +
            participant.name + " --script scripts/" + script + ".txt\n";
  };
  line(participants.alice, "--password-file alice-password.txt --register", "alice-registers");
  line(participants.alice, "--password-file alice-password.txt", "alice");
  line(participants.bob, "--guest", "bob");
  for (const Participant& other : participants.others) line(other, "--guest", other.name);
  line(participants.carol, "--guest", "carol");
  return text;
}

std::string make_file_content(std::size_t size) {
  std::string content;
  content.reserve(size + 8);
  // A multiplicative generator with a full-width mix (the finalizer of MurmurHash3).
  for (std::uint64_t counter = 1; content.size() < size; ++counter) {
    std::uint64_t word = counter * 0x9E3779B97F4A7C15ULL;
    word = (word ^ (word >> 33)) * 0xFF51AFD7ED558CCDULL;
    word = (word ^ (word >> 33)) * 0xC4CEB9FE1A85EC53ULL;
    word ^= word >> 33;
    for (int shift = 0; shift < 64; shift += 8) content.push_back(static_cast<char>(word >> shift & 0xFF));
  }
  content.resize(size);
  return content;
}

}  // namespace plaintalk::demo
