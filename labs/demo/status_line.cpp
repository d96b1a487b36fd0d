#include "labs/demo/status_line.hpp"

#include <cstdio>
#include <cstdlib>
#include <string>

#include <unistd.h>

namespace plaintalk::demo {
namespace {

void write_error(const std::string& text) { std::fwrite(text.data(), 1, text.size(), stderr); }

bool understands_escapes() {
  const char* terminal = std::getenv("TERM");
  return isatty(STDERR_FILENO) == 1 && terminal != nullptr && std::string_view(terminal) != "dumb";
}

}  // namespace

StatusLine::StatusLine(bool is_quiet) : is_quiet_(is_quiet), is_terminal_(understands_escapes()) {}

void StatusLine::step(std::string_view text) {
  if (is_quiet_) return;
  clear();
  write_error("  " + std::string(text) + (is_terminal_ ? " ..." : " ...\n"));
  is_shown_ = true;
}

void StatusLine::clear() {
  if (is_terminal_ && is_shown_) write_error("\r\x1b[K");
  is_shown_ = false;
}

}  // namespace plaintalk::demo
