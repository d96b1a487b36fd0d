#include "labs/stage/stage_state.hpp"

#include <algorithm>
#include <cctype>
#include <cerrno>
#include <cstring>
#include <fstream>
#include <iterator>
#include <stdexcept>

#include <fcntl.h>
#include <nlohmann/json.hpp>
#include <sys/file.h>
#include <unistd.h>

#include "base/write_all.hpp"
#include "labs/stage/process_identity.hpp"

namespace plaintalk::stage {
namespace {

using Json = nlohmann::json;

constexpr const char* kStateName = ".stage.json";
constexpr std::size_t kStateSizeMax = 64 * 1024;

// Null when there is nothing, or nothing that makes sense.
Json read_state(const std::filesystem::path& folder) {
  std::ifstream file(folder / kStateName, std::ios::binary);
  std::string text(kStateSizeMax, '\0');
  file.read(text.data(), static_cast<std::streamsize>(text.size()));
  text.resize(static_cast<std::size_t>(file.gcount()));
  Json state = Json::parse(text, nullptr, false);
  return state.is_object() ? state : Json();
}

// The file may have come from anywhere, and these go into a shell's prompt.
std::string one_word(const Json& value) {
  const auto word = value.get<std::string>();
  const auto is_plain = [](char c) {
    return std::isalnum(static_cast<unsigned char>(c)) != 0 || c == '.' || c == ':';
  };
  return std::ranges::all_of(word, is_plain) ? word : "?";
}

}  // namespace

StageState::StageState(const std::filesystem::path& folder) {
  const auto path = folder / kStateName;
  file_ = FileDescriptor(open(path.c_str(), O_RDWR | O_CREAT | O_CLOEXEC | O_NOFOLLOW, 0600));
  if (!file_.is_open()) {
    throw std::runtime_error("cannot write into the folder " + folder.string() + ": " + std::strerror(errno));
  }
  if (flock(file_.number(), LOCK_EX | LOCK_NB) != 0) {
    file_.close();  // it is somebody else's
    throw std::runtime_error("a stage is running in " + folder.string() + " already, in another terminal");
  }
}

StageState::~StageState() {
  if (file_.is_open()) [[maybe_unused]]
    const int emptied = ftruncate(file_.number(), 0);
}

void StageState::write(const RunningStage& stage) const {
  const Json state{{"server", stage.server},
                   {"interface", stage.interface},
                   {"mode", stage.mode},
                   {"attempt", stage.attempt},
                   {"stage_process", stage.stage_process},
                   {"stage_start", stage.stage_start},
                   {"server_process", stage.server_process},
                   {"server_start", stage.server_start},
                   {"is_private", stage.is_private}};
  int error = ftruncate(file_.number(), 0) == 0 && lseek(file_.number(), 0, SEEK_SET) == 0 ? 0 : errno;
  if (error == 0) error = write_all(file_.number(), state.dump() + '\n');
  if (error != 0)
    throw std::runtime_error(std::string("cannot write ") + kStateName + ": " + std::strerror(error));
}

std::expected<RunningStage, std::string> running_stage(const std::filesystem::path& folder) {
  const Json state = read_state(folder);
  const std::string none = "no stage is running in " + folder.string();
  if (!state.is_object()) return std::unexpected(none);
  RunningStage stage;
  try {
    stage.server = one_word(state.at("server"));
    stage.interface = one_word(state.at("interface"));
    stage.mode = one_word(state.at("mode"));
    stage.attempt = state.at("attempt");
    stage.stage_process = state.at("stage_process");
    stage.stage_start = state.at("stage_start");
    stage.server_process = state.at("server_process");
    stage.server_start = state.at("server_start");
    stage.is_private = state.at("is_private");
  } catch (const Json::exception&) {
    return std::unexpected(none);
  }
  // One that is only beginning has named nothing but its folder.
  if (stage.stage_process == 0) return std::unexpected(none + " yet");
  if (start_time_of(stage.stage_process) != stage.stage_start ||
      start_time_of(stage.server_process) != stage.server_start) {
    return std::unexpected(none + " any more: the last one was ended without a good-bye");
  }
  return stage;
}

}  // namespace plaintalk::stage
