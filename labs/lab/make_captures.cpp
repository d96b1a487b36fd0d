#include <filesystem>
#include <fstream>
#include <iostream>
#include <stdexcept>
#include <string>
#include <vector>

#include <fcntl.h>

#include "base/file_descriptor.hpp"
#include "base/program_path.hpp"
#include "base/spawn_program.hpp"
#include "base/text.hpp"
#include "labs/files/temporary_folder.hpp"
#include "labs/grade/roster.hpp"
#include "labs/lab/commands.hpp"

namespace plaintalk::labs {
namespace {

namespace fs = std::filesystem;

std::vector<std::string> students_of(const CapturesOptions& options) {
  std::vector<std::string> all;
  if (!options.student.empty()) all.push_back(options.student);
  if (!options.roster.empty())
    for (const RosterEntry& entry : read_roster(options.roster)) all.push_back(entry.id);
  if (all.empty()) throw std::runtime_error("whose? Name a --roster FILE, or one --student ID");
  return all;
}

std::string last_line_of(const fs::path& path) {
  std::ifstream file(path);
  std::string last;
  for (std::string line; std::getline(file, line);)
    if (!line.empty()) last = line;
  return terminal_safe(last);
}

// `lab solve` in a process of its own, since a stage changes the network of the one that plays it. It also
// sees to it that every question has an answer in the capture. Throws std::runtime_error.
void play(const Places& places, const Lab& lab, const std::string& student, const fs::path& to) {
  const TemporaryFolder scratch("lab");
  const fs::path words = scratch.path() / "words";
  const auto program = find_program("plaintalk-lab");
  if (!program) throw std::runtime_error("plaintalk-lab is neither beside this program nor on PATH");
  const FileDescriptor output(::open(words.c_str(), O_WRONLY | O_CREAT | O_CLOEXEC, 0600));
  const int status = wait_for_exit(
      spawn_program({program->string(), "--labs", places.labs.string(), "solve", lab.id, "--student", student,
                     "--mode", "namespace", "--keep", (scratch.path() / "kept").string()},
                    {.output = output.number(), .error = output.number()}));
  if (status != 0)
    throw std::runtime_error("the session of " + student + " was not played: " + last_line_of(words));
  fs::path fresh = to;
  fresh += ".new";
  fs::copy_file(scratch.path() / "kept" / "capture.pcapng", fresh, fs::copy_options::overwrite_existing);
  fs::rename(fresh, to);
}

}  // namespace

int make_captures(const Places& places, const Lab& lab, const CapturesOptions& options) {
  for (const ProgramRule& program : lab.programs)
    if (!program.command.empty())
      throw std::runtime_error("lab " + lab.id +
                               " is about programs that the student writes: nobody else can play it");
  const std::vector<std::string> students = students_of(options);
  fs::create_directories(options.out);
  std::size_t made = 0;
  std::size_t kept = 0;
  for (const std::string& student : students) {
    const fs::path to = fs::path(options.out) / ("plaintalk-lab-" + lab.id + '-' + student + ".pcapng");
    if (fs::exists(to)) {
      ++kept;
      continue;
    }
    play(places, lab, student, to);
    ++made;
    std::cout << to.string() << '\n' << std::flush;
  }
  std::cout << plural(made, "capture") << " made";
  if (kept > 0) std::cout << ", " << kept << " were there already";
  std::cout << ". Each is of one student's session: they take it with plaintalk lab use " << lab.id
            << " FILE\n";
  return 0;
}

}  // namespace plaintalk::labs
