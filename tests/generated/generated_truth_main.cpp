// Many generated captures against their truth: generated_truth [--seeds N] [--first SEED] [--write FILE]
// [--keep FOLDER] A plan that shows a difference is shrunk and printed; its capture goes to FILE when asked
// for. Exit status 1 when there was one. PLAINTALK_SEED_COUNT is the same as --seeds.
#include <cstdlib>
#include <fstream>
#include <iostream>
#include <string>

#include <CLI/CLI.hpp>

#include "tests/generated/judge.hpp"

namespace {

namespace generated = plaintalk::generated;

void tell(const generated::Plan& plan, const std::string& file) {
  // A smaller plan that shows the same first difference, or the cause may change on the way.
  const auto kind = [](const std::string& text) { return text.substr(text.find(": ") + 1, 24); };
  const std::string first = kind(generated::judge(plan).front());
  const generated::Plan small = generated::shrink(plan, [&](const generated::Plan& candidate) {
    const auto differences = generated::judge(candidate);
    return !differences.empty() && kind(differences.front()) == first;
  });
  std::cout << generated::describe(plan) << "\n  shrunk to " << generated::describe(small) << '\n';
  for (const std::string& difference : generated::judge(small)) std::cout << "    " << difference << '\n';
  if (file.empty()) return;
  std::ofstream(file, std::ios::binary) << generated::make_capture(small).file;
  std::cout << "  capture: " << file << '\n';
}

}  // namespace

int main(int argc, char** argv) {
  CLI::App app{"Generated captures against their truth."};
  std::uint32_t seed_count = 2000;
  if (const char* const wanted = std::getenv("PLAINTALK_SEED_COUNT"))
    seed_count = static_cast<std::uint32_t>(std::strtoul(wanted, nullptr, 10));
  std::uint32_t first = 1;
  std::uint32_t told_max = 5;
  std::string file;
  app.add_option("--seeds", seed_count, "how many plans")->capture_default_str();
  app.add_option("--first", first, "the first seed")->capture_default_str();
  app.add_option("--tell", told_max, "shrink and print at most so many")->capture_default_str();
  app.add_option("--write", file, "where the capture of the last shrunk plan goes");
  std::string folder;
  app.add_option("--keep", folder, "write every capture into this folder, as SEED.pcapng");
  CLI11_PARSE(app, argc, argv);
  std::uint32_t wrong_count = 0;
  for (std::uint32_t seed = first; seed < first + seed_count; ++seed) {
    const generated::Plan plan = generated::make_plan(seed);
    const generated::Generated made = generated::make_capture(plan);
    if (!folder.empty())
      std::ofstream(folder + '/' + std::to_string(seed) + ".pcapng", std::ios::binary) << made.file;
    if (generated::judge(plan, made).empty()) continue;
    if (++wrong_count <= told_max) tell(plan, file);
  }
  std::cout << seed_count << " captures, " << wrong_count << " judged wrongly\n";
  return wrong_count == 0 ? 0 : 1;
}
