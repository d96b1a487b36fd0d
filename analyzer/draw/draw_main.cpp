// plaintalk-draw: documents of figures on standard input, pictures on standard output. It opens no file of
// the user's and no connection; what it may take is bounded, by itself and by its caller
// (analyzer/figures/draw.hpp).
//
// For each document a line "picture SIZE" or "error SIZE", then so many bytes, then a line feed.
#include <algorithm>
#include <cstdlib>
#include <fstream>
#include <iostream>
#include <iterator>
#include <stdexcept>
#include <string>

#include <CLI/CLI.hpp>
#include <sys/resource.h>
#include <unistd.h>

#include "analyzer/draw/picture.hpp"
#include "analyzer/draw/script_engine.hpp"
#include "base/write_all.hpp"

namespace {

namespace analyzer = plaintalk::analyzer;

constexpr std::size_t kRequestSizeMax = std::size_t{512} << 20;
constexpr std::size_t kPictureSizeMax = std::size_t{64} << 20;
constexpr rlim_t kDrawingMemoryMax = rlim_t{2} << 30;

struct Options {
  std::string format = "svg";
  double scale = 1;
  unsigned cpu_seconds = 60;
};

void limit(int resource, rlim_t most) {
  struct rlimit bounds {};
  if (::getrlimit(static_cast<__rlimit_resource>(resource), &bounds) != 0) return;
  bounds.rlim_cur = std::min(bounds.rlim_cur, most);
  ::setrlimit(static_cast<__rlimit_resource>(resource), &bounds);
}

// The engine reserves gigabytes of addresses that it never touches: what counts is what comes on top of them.
void limit_memory_from_here() {
  std::ifstream status("/proc/self/status");
  for (std::string line; std::getline(status, line);)
    if (line.starts_with("VmData:"))
      limit(RLIMIT_DATA,
            (std::strtoull(line.c_str() + line.find(':') + 1, nullptr, 10) << 10U) + kDrawingMemoryMax);
}

std::string read_request() {
  std::string text;
  std::string block(1 << 16, '\0');
  while (std::cin.read(block.data(), static_cast<std::streamsize>(block.size())) || std::cin.gcount() > 0) {
    text.append(block, 0, static_cast<std::size_t>(std::cin.gcount()));
    if (text.size() > kRequestSizeMax) throw std::runtime_error("the figures have too many rows");
  }
  return text;
}

std::string picture(const analyzer::ScriptEngine& engine, std::size_t document, const Options& options) {
  const std::string svg = engine.svg(document);
  std::string bytes = options.format == "png"   ? analyzer::png_of(svg, options.scale)
                      : options.format == "pdf" ? analyzer::pdf_of(svg)
                                                : svg;
  if (bytes.size() > kPictureSizeMax) throw std::runtime_error("the picture is too large");
  return bytes;
}

bool tell(const std::string& what, const std::string& bytes) {
  return plaintalk::write_all(STDOUT_FILENO,
                              what + ' ' + std::to_string(bytes.size()) + '\n' + bytes + '\n') == 0;
}

int run(const Options& options) {
  limit(RLIMIT_CPU, options.cpu_seconds);
  limit(RLIMIT_CORE, 0);
  const analyzer::ScriptEngine engine(read_request());
  limit_memory_from_here();
  for (std::size_t document = 0; document < engine.document_count(); ++document) {
    bool told = false;
    try {
      told = tell("picture", picture(engine, document, options));
    } catch (const std::exception& error) {
      told = tell("error", error.what());
    }
    if (!told) return 1;
  }
  return 0;
}

}  // namespace

int main(int argc, char** argv) {
  CLI::App app{
      "Draws the figures that plaintalk-report and plaintalk-analyze ask for; nothing that people start."};
  app.set_version_flag("--version", "plaintalk-draw " PLAINTALK_VERSION);
  Options options;
  app.add_option("--format", options.format, "svg, png or pdf")->check(CLI::IsMember({"svg", "png", "pdf"}));
  app.add_option("--scale", options.scale, "pixels of a PNG for each of the figure's")
      ->check(CLI::Range(0.1, 20.0));
  app.add_option("--cpu-limit", options.cpu_seconds, "end after so many seconds of computing")
      ->check(CLI::Range(1, 100'000));
  try {
    app.parse(argc, argv);
  } catch (const CLI::ParseError& error) {
    return app.exit(error) == 0 ? 0 : 2;
  }
  int status = 1;
  try {
    status = run(options);
  } catch (const std::exception& error) {
    std::cerr << "plaintalk-draw: " << error.what() << '\n';
  }
  // The engine gives nothing back at its end and need not: the process is over.
  std::_Exit(status);
}
