#include "labs/stage/process_identity.hpp"

#include <fstream>
#include <iterator>
#include <sstream>
#include <string>

namespace plaintalk::stage {

std::optional<std::uint64_t> start_time_of(pid_t process) {
  std::ifstream file("/proc/" + std::to_string(process) + "/stat");
  const std::string text(std::istreambuf_iterator<char>(file), {});
  // The second field is the program's name in brackets, which may contain anything.
  const std::size_t end_of_name = text.rfind(')');
  if (end_of_name == std::string::npos) return std::nullopt;
  std::istringstream fields(text.substr(end_of_name + 1));
  std::string field;
  constexpr int kState = 3;
  constexpr int kStartTime = 22;
  for (int number = kState; number <= kStartTime && fields >> field; ++number) {
    if (number == kState && (field == "Z" || field == "X")) return std::nullopt;
    if (number == kStartTime) return std::stoull(field);
  }
  return std::nullopt;
}

}  // namespace plaintalk::stage
