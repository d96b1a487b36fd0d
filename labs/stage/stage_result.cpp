#include <algorithm>
#include <csignal>
#include <string>

#include "base/front_door.hpp"
#include "base/text.hpp"
#include "labs/stage/stage.hpp"

namespace plaintalk::stage {
namespace {

using End = PersonOutcome::End;

constexpr int kExitByCtrlC = 128 + SIGINT;

std::string counted(std::uint64_t count, const std::string& one) {
  return std::to_string(count) + ' ' + one + (count == 1 ? "" : "s");
}

std::string describe(const PersonOutcome& person) {
  const std::string name = terminal_safe(person.name);
  switch (person.end) {
    case End::finished: break;
    case End::stopped: return name + " was still waiting: " + person.last_words;
    case End::failed: return "! " + name + " failed: " + person.last_words;
    case End::never_came: return name + " never came: " + terminal_safe(person.last_words);
  }
  return {};
}

}  // namespace

bool StageResult::is_clean() const {
  return (student_exit_code == 0 || student_exit_code == kExitByCtrlC) &&
         std::ranges::none_of(people, [](const PersonOutcome& person) { return person.end == End::failed; });
}

std::vector<std::string> describe(const StageResult& result) {
  std::vector<std::string> lines;
  lines.push_back("captured (" + std::string(render(result.capture.mode)) +
                  "): " + result.capture.explanation);
  // What would help is the doctor's to tell; here is only what is in the way.
  for (const std::string& reason : result.capture.refused)
    lines.push_back("not by " + reason.substr(0, std::min(reason.find(". "), reason.find(" ("))));
  if (!result.capture.refused.empty())
    lines.push_back('\'' + front_door("doctor") + "' tells what would allow it");
  if (!result.link.empty()) lines.push_back("the line: " + result.link);
  if (!result.link_refused.empty()) lines.push_back("the line " + result.link_refused);
  const bool is_recording = result.capture.mode == session::CaptureMode::own_recording;
  std::string file = counted(result.packet_count, is_recording ? "made-up packet" : "packet") + " in " +
                     terminal_safe(result.capture_file.string());
  if (result.lost_packet_count > 0)
    file += "; " + std::to_string(result.lost_packet_count) + " more were lost";
  lines.push_back(std::move(file));
  if (result.lacks_real_tcp) {
    lines.emplace_back("this lab asks about real TCP, which a recording does not have");
  }
  for (const PersonOutcome& person : result.people) {
    if (person.end != End::finished) lines.push_back(describe(person));
  }
  if (!result.is_clean() && !result.program_failed && result.student_exit_code != 0 &&
      result.student_exit_code != kExitByCtrlC) {
    lines.push_back("! your client ended with status " + std::to_string(result.student_exit_code));
  }
  return lines;
}

}  // namespace plaintalk::stage
