#include "labs/lab/analyse_capture.hpp"

#include <fstream>
#include <stdexcept>
#include <string>
#include <system_error>
#include <utility>
#include <vector>

#include <fcntl.h>

#include "base/file_descriptor.hpp"
#include "base/program_path.hpp"
#include "base/spawn_program.hpp"
#include "base/text.hpp"

namespace plaintalk::labs {
namespace {

constexpr int kDamagedInput = 3;  // plaintalk-analyze's exit status: the readable rest was analysed

std::string first_line(const std::filesystem::path& path) {
  std::ifstream file(path);
  std::string line;
  std::getline(file, line);
  return terminal_safe(line);
}

}  // namespace

FreshAnalysis::FreshAnalysis(const std::filesystem::path& capture, const std::filesystem::path& description) {
  std::error_code error;
  if (!std::filesystem::is_regular_file(capture, error))
    throw std::runtime_error(capture.string() +
                             " is not there (any more): give another capture with lab use");
  const auto program = find_program("plaintalk-analyze");
  if (!program) throw std::runtime_error("plaintalk-analyze is neither beside this program nor on PATH");
  const auto words = base_.path() / "words";
  const FileDescriptor output(::open(words.c_str(), O_WRONLY | O_CREAT | O_CLOEXEC, 0600));
  std::vector<std::string> command{program->string(), "--quiet", "--no-html",
                                   "--show-secrets",  "--out",   folder().string()};
  if (!description.empty())
    command.insert(command.end(), {"--protocol", std::filesystem::absolute(description).string()});
  command.insert(command.end(), {"--", std::filesystem::absolute(capture).string()});
  const int status =
      wait_for_exit(spawn_program(std::move(command), {.output = output.number(), .error = output.number()}));
  if (status == 0 || status == kDamagedInput) return;
  throw std::runtime_error("the capture cannot be analysed: " + first_line(words));
}

}  // namespace plaintalk::labs
