#include "labs/workspace/workspace.hpp"

#include <cstdlib>
#include <fstream>
#include <stdexcept>

#include <nlohmann/json.hpp>

#include "base/front_door.hpp"
#include "base/text.hpp"
#include "labs/files/text_file.hpp"
#include "labs/workspace/answers_file.hpp"
#include "labs/workspace/json_text.hpp"

namespace plaintalk::labs {
namespace {

constexpr std::string_view kStateFile = "lab.json";
constexpr std::string_view kAnswersFile = "answers.txt";
constexpr std::string_view kTriesFile = "tries.jsonl";
constexpr std::uintmax_t kFileSizeMax = 16U << 20;

}  // namespace

std::filesystem::path Workspace::default_root() {
  const char* chosen = std::getenv("PLAINTALK_WORKSPACE");
  if (chosen != nullptr && *chosen != '\0') return chosen;
  const char* home = std::getenv("HOME");
  std::error_code error;
  if (home != nullptr && std::filesystem::is_directory(home, error))
    return std::filesystem::path(home) / "plaintalk-labs";
  return std::filesystem::current_path() / "plaintalk-labs";
}

bool Workspace::exists(const std::filesystem::path& root, const Lab& lab) {
  std::error_code error;
  return std::filesystem::is_regular_file(root / lab.id / kStateFile, error);
}

Workspace Workspace::open(const std::filesystem::path& root, const Lab& lab) {
  if (!exists(root, lab))
    throw std::runtime_error("you have not begun lab " + lab.id + " (nothing in " + (root / lab.id).string() +
                             "): " + front_door("lab start " + lab.id + " --student YOUR-ID"));
  return of_folder(root / lab.id);
}

Workspace Workspace::of_folder(const std::filesystem::path& folder) {
  Workspace workspace(folder);
  workspace.read_state();
  return workspace;
}

Workspace Workspace::create(const std::filesystem::path& root, const Lab& lab, const std::string& student) {
  if (exists(root, lab)) {
    Workspace workspace = of_folder(root / lab.id);
    if (workspace.student() != student)
      throw std::runtime_error((root / lab.id).string() + " belongs to " +
                               terminal_safe(workspace.student()) +
                               ": choose another folder with --workspace DIR");
    return workspace;
  }
  Workspace workspace(root / lab.id);
  workspace.state_.lab = lab.id;
  workspace.state_.student = student;
  std::error_code error;
  std::filesystem::create_directories(workspace.folder_, error);
  if (error) throw std::runtime_error(workspace.folder_.string() + " cannot be made: " + error.message());
  if (!std::filesystem::exists(workspace.folder_ / kAnswersFile, error))
    workspace.write_answers(empty_answers(lab));
  workspace.write_state();
  return workspace;
}

void Workspace::read_state() {
  auto state = parse_state(read_text_file(folder_ / kStateFile, kFileSizeMax));
  if (!state) throw std::runtime_error((folder_ / kStateFile).string() + ' ' + state.error());
  state_ = *std::move(state);
}

void Workspace::write_state() const { write_text_file(folder_ / kStateFile, render(state_)); }

std::string Workspace::answers_text() const {
  std::error_code error;
  const auto path = folder_ / kAnswersFile;
  return std::filesystem::exists(path, error) ? read_text_file(path, kFileSizeMax) : std::string();
}

void Workspace::write_answers(std::string_view text) const { write_text_file(folder_ / kAnswersFile, text); }

std::filesystem::path Workspace::capture() const {
  if (state_.capture.empty())
    throw std::runtime_error("there is no capture yet: " + front_door("lab start " + state_.lab) +
                             " makes one, or take your own with " +
                             front_door("lab use " + state_.lab + " FILE"));
  std::filesystem::path path = folder_ / state_.capture;
  std::error_code error;
  if (!std::filesystem::is_regular_file(path, error))
    throw std::runtime_error(
        path.string() + " is not there any more: " + front_door("lab start " + state_.lab) +
        " makes another capture, or take one with " + front_door("lab use " + state_.lab + " FILE"));
  return path;
}

void Workspace::use_capture(const std::string& name) {
  state_.capture = name;
  write_state();
}

std::string Workspace::free_name(std::string_view stem, std::string_view extension) const {
  for (unsigned number = 1;; ++number) {
    std::string name = std::string(stem) + '-' + std::to_string(number) + std::string(extension);
    std::error_code error;
    if (!std::filesystem::exists(folder_ / name, error)) return name;
  }
}

std::filesystem::path Workspace::description(const Lab& lab) const {
  std::error_code error;
  const auto path = folder_ / kDescriptionFile;
  return lab.description.is_wanted && std::filesystem::is_regular_file(path, error) ? path
                                                                                    : std::filesystem::path();
}

void Workspace::add_try(const Try& entry, std::string_view time, std::string_view answer) const {
  const nlohmann::ordered_json line{{"time", time},
                                    {"question", entry.question},
                                    {"answer", answer},
                                    {"verdict", entry.verdict},
                                    {"mistake", entry.mistake}};
  std::ofstream file(folder_ / kTriesFile, std::ios::binary | std::ios::app);
  file << line.dump(-1, ' ', false, nlohmann::json::error_handler_t::replace) << '\n' << std::flush;
  if (!file) throw std::runtime_error((folder_ / kTriesFile).string() + " cannot be written");
}

std::vector<Try> Workspace::tries() const {
  std::vector<Try> all;
  std::ifstream file(folder_ / kTriesFile, std::ios::binary);
  for (std::string line; std::getline(file, line);) {
    const auto entry = nlohmann::json::parse(line, nullptr, false);
    if (entry.is_object())
      all.push_back({text_of(entry, "question"), text_of(entry, "verdict"), text_of(entry, "mistake")});
  }
  return all;
}

}  // namespace plaintalk::labs
