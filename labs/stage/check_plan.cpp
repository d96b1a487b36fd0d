#include <algorithm>
#include <cctype>
#include <filesystem>
#include <set>
#include <stdexcept>
#include <string>

#include "base/number.hpp"
#include "base/text.hpp"
#include "labs/stage/stage_plan.hpp"

namespace plaintalk::stage {
namespace {

[[noreturn]] void refuse(const std::string& what) {
  throw std::runtime_error("this is no stage plan: " + what);
}

void check_address(const std::string& name, const std::string& address) {
  constexpr std::string_view kNetwork = "10.0.0.";
  const auto last = address.starts_with(kNetwork)
                        ? parse_decimal<unsigned>(std::string_view(address).substr(kNetwork.size()))
                        : std::nullopt;
  if (!last || *last < 2 || *last > 254) {
    refuse(name + " has the address '" + terminal_safe(address) +
           "': it must lie between 10.0.0.2 and 10.0.0.254");
  }
}

void check_files(const std::vector<StageFile>& files) {
  for (const StageFile& file : files) {
    const std::filesystem::path path(file.path);
    bool leads_out = path.empty() || path.is_absolute() || !path.has_filename();
    for (const auto& part : path) leads_out = leads_out || part == "..";
    if (leads_out) refuse("the file '" + terminal_safe(file.path) + "' does not lie in its folder");
  }
}

}  // namespace

void check_plan(const StagePlan& plan) {
  std::set<std::string> names;
  std::set<std::string> addresses;
  const auto check_person = [&](const std::string& name, const std::string& address, bool registers,
                                const std::string& password, bool is_program = false) {
    // It is part of file names, and of a command line. The client knows the rule in full.
    const auto is_plain = [](char c) {
      return std::isalnum(static_cast<unsigned char>(c)) != 0 || c == '_' || c == '-';
    };
    if (name.empty() || name.front() == '-' || !std::ranges::all_of(name, is_plain)) {
      refuse('\'' + terminal_safe(name) + "' is no name: a letter, then letters, digits, _ and -");
    }
    if (!names.insert(name).second) refuse("two are called " + terminal_safe(name));
    if (is_program) return;
    check_address(terminal_safe(name), address);
    if (!addresses.insert(address).second) refuse("two have the address " + address);
    if (registers && password.empty()) refuse(terminal_safe(name) + " registers without a password");
    if (password.contains('\n')) refuse("the password of " + terminal_safe(name) + " has several lines");
  };
  check_person(plan.student_name, plan.student_address, plan.student_registers, plan.student_password);
  for (const Person& person : plan.people) {
    const bool is_program = !person.is_client() && person.address.empty();
    check_person(person.name, person.address, person.registers, person.password, is_program);
    if (person.starts_after_text.contains('\n'))
      refuse(terminal_safe(person.name) + " waits for several lines");
  }
  check_files(plan.files);
  check_files(plan.people_files);
  if (const auto faults = link::faults_of(plan.link); !faults.empty()) refuse(faults.front());
  if (!plan.link.address.empty() && !addresses.contains(plan.link.address))
    refuse("nobody has the address " + terminal_safe(plan.link.address) + " of the link");
}

}  // namespace plaintalk::stage
