// Each check tries the real thing (opens a capture, makes a namespace, binds an address) instead of guessing
// from settings, and a "no" comes with the command that changes it.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

namespace plaintalk::doctor {

struct Finding {
  enum class Answer : std::uint8_t { yes, no, optional_no };  // optional_no: nothing of ours needs it
  Answer answer = Answer::no;
  std::string subject;
  std::string detail;
  std::string fix{};  // a command or a sentence; empty with yes
};

// In this order: the later ones run inside a private network, from which there is no way back.
std::vector<Finding> check_this_machine();

// "yes  subject: detail", and for a no "     fix: ...". The texts may come from other programs and are made
// safe.
std::string render(const Finding& finding);

}  // namespace plaintalk::doctor
