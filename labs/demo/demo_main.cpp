// plaintalk-demo: a whole session on this machine, captured, analysed and summed up.
#include <algorithm>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <iostream>
#include <iterator>
#include <memory>
#include <string>

#include <CLI/CLI.hpp>
#include <unistd.h>

#include "base/crypto/digest.hpp"
#include "base/text.hpp"
#include "labs/demo/cross_check.hpp"
#include "labs/demo/demo_folder.hpp"
#include "labs/demo/demo_session.hpp"
#include "labs/demo/demo_summary.hpp"
#include "labs/demo/evidence.hpp"
#include "labs/demo/participants.hpp"
#include "labs/demo/status_line.hpp"

namespace plaintalk::demo {
namespace {

struct Options {
  std::string out = "plaintalk-demo";
  std::size_t user_count = kUserCountDefault;
  std::string mode = "auto";
  bool is_quiet = false;
};

bool wants_colour() {
  const char* refused = std::getenv("NO_COLOR");
  return isatty(STDOUT_FILENO) == 1 && (refused == nullptr || *refused == '\0');
}

std::string sha256_of_file(const std::filesystem::path& path) {
  std::ifstream file(path, std::ios::binary);
  if (!file) return {};
  return hex(sha256(std::string(std::istreambuf_iterator<char>(file), {})));
}

// The carved file is looked for where the table says; a path that leads out of the analysis is not followed.
std::string recovered_sha256(const DemoFolder& folder, const Evidence& evidence) {
  const auto file = std::ranges::find(evidence.files, kFileName, &SeenFile::name);
  if (file == evidence.files.end() || !file->complete || file->path.contains("..")) return {};
  return sha256_of_file(folder / "analysis" / file->path);
}

int run(const Options& options) {
  const auto wanted = session::parse_capture_mode(options.mode).value();
  const Participants participants = make_participants(options.user_count);
  const DemoFolder folder(options.out);
  StatusLine status(options.is_quiet);
  DemoResult result;
  std::unique_ptr<ServerLog> log;
  {
    DemoSession demo_session(folder, status);
    result.capture = demo_session.choose_capture(wanted, participants);
    demo_session.run(participants, result.capture.mode);
    demo_session.analyze();
    result.dropped_address = demo_session.address_of(participants.bob);
    log = std::make_unique<ServerLog>(demo_session.server_log());
  }
  result.evidence = read_evidence(folder / "analysis");
  result.cross_check = cross_check(*log, result.evidence);
  result.sent_sha256 = sha256_of_file(folder / "sent" / kFileName);
  result.recovered_sha256 = recovered_sha256(folder, result.evidence);
  if (!log->verified_files().empty()) result.announced_sha256 = log->verified_files().front().sha256;
  result.folder = options.out;
  result.is_coloured = wants_colour();
  status.clear();

  const std::vector<std::string> faults = find_faults(result);
  if (!options.is_quiet || !faults.empty()) {
    for (const std::string& line : render_summary(result)) std::cout << line << '\n';
  }
  std::cout.flush();
  if (faults.empty()) return 0;
  std::string all;
  for (const std::string& fault : faults) all += (all.empty() ? "" : "; ") + fault;
  throw std::runtime_error(all + " [everything is kept in " + folder.path().string() + ']');
}

}  // namespace
}  // namespace plaintalk::demo

int main(int argc, char** argv) {
  plaintalk::demo::Options options;
  CLI::App app(
      "A whole Plaintalk session on this machine: a server, clients that talk, a capture beside them, and\n"
      "what the packets gave away. Needs no root where the machine allows user namespaces.");
  app.name("plaintalk-demo");
  app.set_version_flag("--version", "plaintalk-demo " PLAINTALK_VERSION);
  app.add_option("--out", options.out,
                 "Folder for everything the demo writes; an older demo in it is replaced")
      ->capture_default_str();
  app.add_option("--user-count", options.user_count, "How many users take part")
      ->check(CLI::Range(plaintalk::demo::kUserCountMin, plaintalk::demo::kUserCountMax))
      ->capture_default_str();
  app.add_option(
         "--mode", options.mode,
         "How to get the packets: namespace (a private network), live (this machine's loopback), record "
         "(the server's own record), or auto: the first that works")
      ->check(CLI::IsMember({"auto", "namespace", "live", "record"}))
      ->capture_default_str();
  app.add_flag("--quiet", options.is_quiet, "Print nothing unless something is wrong");
  try {
    app.parse(argc, argv);
  } catch (const CLI::ParseError& error) {
    return app.exit(error) == 0 ? 0 : 2;
  }
  try {
    return plaintalk::demo::run(options);
  } catch (const plaintalk::session::Interrupted& stop) {
    std::cerr << "plaintalk-demo: " << stop.what() << '\n';
    return 128 + stop.signal();
  } catch (const std::exception& error) {
    std::cerr << "plaintalk-demo: " << error.what() << '\n';
    return 1;
  }
}
