// plaintalk-doctor: what this machine allows, and the exact fix for each no.
#include <algorithm>
#include <exception>
#include <iostream>

#include <CLI/CLI.hpp>

#include "labs/doctor/checks.hpp"

int main(int argc, char** argv) {
  CLI::App app(
      "Says what this machine allows (programs, capture rights, private networks, tools) and the exact fix\n"
      "for each no. Exit status: 0 when nothing that Plaintalk needs is missing, else 1.");
  app.name("plaintalk-doctor");
  app.set_version_flag("--version", "plaintalk-doctor " PLAINTALK_VERSION);
  try {
    app.parse(argc, argv);
  } catch (const CLI::ParseError& error) {
    return app.exit(error) == 0 ? 0 : 2;
  }
  try {
    using plaintalk::doctor::Finding;
    const std::vector<Finding> findings = plaintalk::doctor::check_this_machine();
    for (const Finding& finding : findings) std::cout << plaintalk::doctor::render(finding);
    const bool is_complete = std::ranges::none_of(
        findings, [](const Finding& finding) { return finding.answer == Finding::Answer::no; });
    return is_complete ? 0 : 1;
  } catch (const std::exception& error) {
    std::cerr << "plaintalk-doctor: " << error.what() << '\n';
    return 1;
  }
}
