#include "messenger/bench/process_usage.hpp"

#include <fstream>
#include <sstream>
#include <string>

#include <sys/resource.h>
#include <unistd.h>

namespace plaintalk::messenger::bench {
namespace {

std::optional<std::string> read_proc(int process, const char* name) {
  std::ifstream file("/proc/" + std::to_string(process) + '/' + name);
  std::ostringstream text;
  if (!(file && text << file.rdbuf())) return std::nullopt;
  return text.str();
}

double seconds(const timeval& time) {
  return static_cast<double>(time.tv_sec) + static_cast<double>(time.tv_usec) / 1e6;
}

}  // namespace

std::optional<double> cpu_seconds(int process) {
  const auto text = read_proc(process, "stat");
  if (!text) return std::nullopt;
  // The name in the second field may hold anything: the fields are counted from its closing bracket
  // (proc(5)).
  const std::size_t name_end = text->rfind(')');
  if (name_end == std::string::npos) return std::nullopt;
  std::istringstream fields(text->substr(name_end + 1));
  std::string skipped;
  for (int field = 3; field < 14; ++field) fields >> skipped;
  std::uint64_t user_ticks = 0;
  std::uint64_t system_ticks = 0;
  if (!(fields >> user_ticks >> system_ticks)) return std::nullopt;
  return static_cast<double>(user_ticks + system_ticks) / static_cast<double>(::sysconf(_SC_CLK_TCK));
}

std::optional<std::uint64_t> resident_bytes(int process) {
  const auto text = read_proc(process, "statm");
  if (!text) return std::nullopt;
  std::istringstream fields(*text);
  std::uint64_t total_pages = 0;
  std::uint64_t resident_pages = 0;
  if (!(fields >> total_pages >> resident_pages)) return std::nullopt;
  return resident_pages * static_cast<std::uint64_t>(::sysconf(_SC_PAGESIZE));
}

double own_cpu_seconds() {
  rusage usage{};
  ::getrusage(RUSAGE_SELF, &usage);
  return seconds(usage.ru_utime) + seconds(usage.ru_stime);
}

}  // namespace plaintalk::messenger::bench
