// Runs a fuzz target without libFuzzer, so that every test run replays it: first the seeds of its corpus
// folder, then a number of mutations of each, always the same ones. On a crash it names the input and
// writes it to crash-input; move that into the corpus under a name that tells what it was, and it is replayed
// for ever.
#include <algorithm>
#include <csignal>
#include <cstddef>
#include <cstdint>
#include <cstdio>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <random>
#include <string>
#include <string_view>
#include <vector>

#include <fcntl.h>
#include <unistd.h>

#include "base/number.hpp"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size);

// Sanitizer reports end in abort(), so that the handler below can tell which input it was.
extern "C" const char* __asan_default_options() { return "abort_on_error=1:detect_leaks=1"; }

namespace {

constexpr std::size_t kInputSizeMax = 64 * 1024;
constexpr std::uint64_t kMutationCount = 400;  // of each seed, unless told otherwise

std::string current_name;
std::string current_input;

void print(std::string_view text) {
  [[maybe_unused]] const auto size = write(STDERR_FILENO, text.data(), text.size());
}

// Only calls that are safe in a signal handler.
void on_abort(int) {
  const int file = open("crash-input", O_WRONLY | O_CREAT | O_TRUNC, 0644);
  if (file >= 0 && write(file, current_input.data(), current_input.size()) >= 0) close(file);
  print("\nthe input was ");
  print(current_name);
  print("; it is in ./crash-input\n");
  std::_Exit(1);
}

void run(std::string name, std::string input) {
  current_name = std::move(name);
  current_input = std::move(input);
  // A block of exactly this size, so that AddressSanitizer sees one byte too far.
  const std::vector<std::uint8_t> bytes(current_input.begin(), current_input.end());
  LLVMFuzzerTestOneInput(bytes.data(), bytes.size());
}

std::string mutate(std::string text, const std::vector<std::string>& seeds, std::mt19937& random) {
  const auto pick = [&](std::size_t end) { return end == 0 ? std::size_t{0} : random() % end; };
  for (std::size_t round = 1 + pick(4); round > 0; --round) {
    const std::size_t at = pick(text.size() + 1);
    const std::size_t size = std::min(text.size() - at, 1 + pick(16));
    switch (pick(7)) {
      case 0: text.insert(at, 1, static_cast<char>(random())); break;
      case 1: text.erase(at, size); break;
      case 2: text.insert(pick(text.size() + 1), text.substr(at, size)); break;
      case 3: text.insert(at, 1, " :{}%=\r\n\0\xFF"[pick(10)]); break;
      case 4: text.resize(at); break;
      case 5:
        if (at < text.size()) text[at] = static_cast<char>(text[at] ^ (1 << pick(8)));
        break;
      default: {
        const std::string& other = seeds[pick(seeds.size())];
        text.insert(at, other.substr(pick(other.size() + 1), pick(256)));
      }
    }
  }
  if (text.size() > kInputSizeMax) text.resize(kInputSizeMax);
  return text;
}

}  // namespace

int main(int argument_count, char** arguments) {
  const auto mutation_count =
      argument_count == 3 ? plaintalk::parse_decimal<std::uint64_t>(arguments[2]) : kMutationCount;
  if (argument_count < 2 || argument_count > 3 || !mutation_count)
    return std::fprintf(stderr, "usage: %s CORPUS-FOLDER [MUTATIONS-OF-EACH]\n", arguments[0]), 2;
  std::vector<std::filesystem::path> paths;
  for (const auto& entry : std::filesystem::directory_iterator(arguments[1])) paths.push_back(entry.path());
  std::sort(paths.begin(), paths.end());
  std::vector<std::string> seeds;
  for (const auto& path : paths) {
    std::ifstream file(path, std::ios::binary);
    seeds.emplace_back(std::istreambuf_iterator<char>(file), std::istreambuf_iterator<char>());
  }
  if (seeds.empty()) return std::fprintf(stderr, "no seeds in %s\n", arguments[1]), 1;

  std::signal(SIGABRT, on_abort);
  run("the empty input", "");
  for (std::size_t index = 0; index < seeds.size(); ++index) run(paths[index].filename(), seeds[index]);
  std::mt19937 random(20260912);
  for (std::size_t index = 0; index < seeds.size(); ++index) {
    for (std::uint64_t count = 0; count < *mutation_count; ++count)
      run(paths[index].filename().string() + ", mutation " + std::to_string(count),
          mutate(seeds[index], seeds, random));
  }
  std::printf("%zu seeds and %zu mutations passed\n", seeds.size(), seeds.size() * *mutation_count);
  return 0;
}
