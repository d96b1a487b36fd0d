// A stage with a fixed plan, for the end-to-end tests: what `plaintalk lab start` and `lab shell` do.
//   e2e_stage run FOLDER [SCRIPT [LINK]]
//       plays it; without SCRIPT the student is at this terminal or pipe; LINK is JSON
//       (labs/link/link_plan.hpp)
//   e2e_stage in FOLDER SIDE COMMAND...
//       runs a command in its network; SIDE is people or server
//
// alice asks and waits for an answer, sends a file and says good-bye; bob, who is registered, loses his line.
#include <exception>
#include <iostream>
#include <string>
#include <vector>

#include "labs/session/supervisor.hpp"
#include "labs/stage/stage.hpp"

namespace {

using plaintalk::stage::StageOptions;

StageOptions options_for(const std::string& folder) {
  StageOptions options;
  options.folder = folder;
  options.keep_logs_in = folder + "-logs";
  options.say = [](std::string_view line) { std::cout << line << '\n' << std::flush; };
  auto& plan = options.plan;
  plan.student_name = "zed";
  plan.student_address = "10.0.0.17";
  plan.student_registers = true;
  plan.student_password = "wheel-of-cheese-42";
  plan.server_port = 4711;
  plan.files = {{"notes.txt", "what the student sends\n"}};
  plan.people_files = {{"map.bin", std::string(100'000, 'm')}};
  plan.people.push_back({.name = "alice",
                         .address = "10.0.0.11",
                         .script =
                             "/join #lab\n/expect zed joined\nWelcome, zed. How are you?\n/expect fine\n"
                             "/send map.bin\nTell me when you have it.\n/expect got it\nGood-bye, zed.\n"});
  plan.people.push_back(
      {.name = "bob",
       .address = "10.0.0.12",
       .registers = true,
       .password = "two-ravens",
       .script = "/join #lab\n/expect fine\n/drop\nI am back.\n/expect a word from the clouds\n"});
  plan.people.push_back({.name = "carol",
                         .address = "10.0.0.13",
                         .script = "/join #lab\nSorry, I am late.\n",
                         .starts_after_text = "zed: got it"});
  return options;
}

int run(const std::vector<std::string>& words) {
  StageOptions options = options_for(words[1]);
  if (words.size() > 2) options.student_script = words[2];
  if (words.size() > 3) {
    auto plan = plaintalk::link::from_json(words[3]);
    if (!plan) throw std::runtime_error(plan.error());
    options.plan.link = *std::move(plan);
  }
  const auto result = plaintalk::stage::run_stage(options);
  for (const std::string& line : plaintalk::stage::describe(result)) std::cout << line << '\n';
  std::cout << "server " << result.server << ", interface " << result.interface << ", attempt "
            << result.attempt << '\n';
  return result.is_clean() ? 0 : 1;
}

}  // namespace

int main(int argc, char** argv) {
  const std::vector<std::string> words(argv + 1, argv + argc);
  try {
    if (words.size() >= 2 && words[0] == "run") return run(words);
    if (words.size() >= 3 && words[0] == "in") {
      const auto side =
          words[2] == "server" ? plaintalk::stage::Side::server : plaintalk::stage::Side::people;
      std::cerr << plaintalk::stage::run_in_stage(words[1], {words.begin() + 3, words.end()}, side) << '\n';
      return 1;
    }
  } catch (const plaintalk::session::Interrupted& stop) {
    std::cerr << stop.what() << '\n';
    return 128 + stop.signal();
  } catch (const std::exception& error) {
    std::cerr << error.what() << '\n';
    return 1;
  }
  std::cerr << "usage: e2e_stage run FOLDER [SCRIPT] | in FOLDER SIDE COMMAND...\n";
  return 2;
}
