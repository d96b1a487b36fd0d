#include "labs/grade/hand_in_worker.hpp"

#include <algorithm>
#include <cerrno>
#include <cstring>
#include <iostream>
#include <stdexcept>

#include <nlohmann/json.hpp>
#include <sys/resource.h>
#include <unistd.h>

#include "base/number.hpp"
#include "base/program_path.hpp"
#include "labs/files/text_file.hpp"
#include "labs/workspace/json_text.hpp"

namespace plaintalk::labs {
namespace {

namespace fs = std::filesystem;
using Json = nlohmann::json;

constexpr std::string_view kWorkerWord = "work-on-hand-in";
constexpr rlim_t kMiB = rlim_t{1} << 20;
constexpr rlim_t kFileSizeMax = 256 * kMiB;
constexpr rlim_t kOpenFilesMax = 64;
// Of addresses, which threads and libraries take much more of than of memory.
constexpr rlim_t kAddressSpaceMax = 1024 * kMiB;
constexpr const char* kAnalysisMemoryMiB = "128";

#if defined(__SANITIZE_ADDRESS__) || defined(__SANITIZE_THREAD__)
constexpr bool kIsSanitized = true;  // its shadow alone takes terabytes of addresses
#else
constexpr bool kIsSanitized = false;
#endif

void bound(__rlimit_resource resource, rlim_t most, rlim_t more = 0) {
  rlimit bounds{};
  if (::getrlimit(resource, &bounds) != 0) bounds.rlim_max = RLIM_INFINITY;
  // A limit that is lower already stays.
  bounds = {std::min(most, bounds.rlim_max), std::min(most + more, bounds.rlim_max)};
  if (::setrlimit(resource, &bounds) != 0)
    throw std::runtime_error(std::string("cannot bound what a hand-in may take: ") + std::strerror(errno));
}

void bound_this_process(const WorkOrder& order) {
  // Ended by SIGXCPU, which says why; by SIGKILL a second later.
  bound(RLIMIT_CPU, static_cast<rlim_t>(order.time_max.count()), 1);
  bound(RLIMIT_FSIZE, kFileSizeMax);
  bound(RLIMIT_NOFILE, kOpenFilesMax);
  bound(RLIMIT_CORE, 0);
  if (!kIsSanitized) bound(RLIMIT_AS, kAddressSpaceMax);
}

fs::path found_file(const WorkOrder& order) { return order.folder / "found.json"; }
fs::path answers_file(const WorkOrder& order) { return order.folder / "answers"; }

void tell(const WorkOrder& order, const HandIn& hand_in) {
  write_text_file(answers_file(order), hand_in.answers);
  const Json found{{"lab", hand_in.lab},
                   {"student", hand_in.student},
                   {"capture", hand_in.capture.string()},
                   {"fault", hand_in.fault}};
  write_text_file(found_file(order), found.dump(-1, ' ', false, Json::error_handler_t::replace));
}

[[noreturn]] void become(std::vector<std::string> words) {
  std::vector<char*> arguments;
  for (std::string& word : words) arguments.push_back(word.data());
  arguments.push_back(nullptr);
  ::execv(arguments.front(), arguments.data());
  throw std::runtime_error("cannot start " + words.front() + ": " + std::strerror(errno));
}

}  // namespace

std::vector<std::string> worker_arguments(const WorkOrder& order) {
  return {std::string(kWorkerWord),
          order.hand_in.string(),
          order.root.string(),
          order.folder.string(),
          std::to_string(order.time_max.count()),
          order.only_student,
          order.described_labs};
}

std::optional<WorkOrder> parse_worker_arguments(const std::vector<std::string>& words) {
  constexpr std::size_t kWordCount = 7;
  if (words.size() != kWordCount || words[0] != kWorkerWord) return std::nullopt;
  const auto seconds = parse_decimal<unsigned>(words[4]);
  if (!seconds) return std::nullopt;
  return WorkOrder{.hand_in = words[1],
                   .root = words[2],
                   .folder = words[3],
                   .only_student = words[5],
                   .described_labs = words[6],
                   .time_max = std::chrono::seconds(*seconds)};
}

int work_on_hand_in(const WorkOrder& order) {
  try {
    const auto analyzer = find_program("plaintalk-analyze");
    if (!analyzer) throw std::runtime_error("plaintalk-analyze is neither beside this program nor on PATH");
    bound_this_process(order);
    const HandIn hand_in = open_hand_in(order.hand_in, order.root, order.folder / "hand-in");
    tell(order, hand_in);
    if (!hand_in.fault.empty()) return 0;
    if (!order.only_student.empty() && hand_in.student != order.only_student) return 0;
    std::vector<std::string> command{
        analyzer->string(), "--quiet",          "--no-html", "--show-secrets",
        "--memory-max",     kAnalysisMemoryMiB, "--out",     analysis_folder(order).string()};
    // In any other lab a description could only make rows up.
    const bool is_described = !hand_in.lab.empty() && !hand_in.lab.contains(' ') &&
                              (' ' + order.described_labs).contains(' ' + hand_in.lab + ' ');
    if (is_described && !hand_in.description.empty())
      command.insert(command.end(), {"--protocol", hand_in.description.string()});
    command.insert(command.end(), {"--", hand_in.capture.string()});
    become(std::move(command));
  } catch (const std::bad_alloc&) {
    std::cerr << "it takes more memory than a hand-in may\n";
    return 1;
  } catch (const std::exception& error) {
    std::cerr << error.what() << '\n';
    return 1;
  }
}

std::expected<HandIn, std::string> read_found_hand_in(const WorkOrder& order) {
  constexpr std::uintmax_t kSizeMax = 2U << 20;
  std::error_code error;
  if (!fs::exists(found_file(order), error)) return std::unexpected("it could not be unpacked");
  const Json found = Json::parse(read_text_file(found_file(order), kSizeMax), nullptr, false);
  if (!found.is_object()) return std::unexpected("it could not be unpacked");
  return HandIn{.source = order.hand_in.lexically_relative(order.root).string(),
                .lab = text_of(found, "lab"),
                .student = text_of(found, "student"),
                .answers = read_text_file(answers_file(order), kSizeMax),
                .capture = text_of(found, "capture"),
                .fault = text_of(found, "fault")};
}

fs::path analysis_folder(const WorkOrder& order) { return order.folder / "analysis"; }

}  // namespace plaintalk::labs
