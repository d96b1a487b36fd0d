#include "labs/lab/catalogue.hpp"

#include <cstdlib>
#include <stdexcept>
#include <utility>

#include "base/front_door.hpp"
#include "base/text.hpp"
#include "labs/course/lab_file.hpp"
#include "labs/course/lab_folders.hpp"

namespace plaintalk::labs {
namespace {

std::string two_digits(std::string_view number) {
  return number.size() == 1 ? '0' + std::string(number) : std::string(number);
}

}  // namespace

std::filesystem::path shipped_labs() {
  std::error_code error;
  const auto program = std::filesystem::read_symlink("/proc/self/exe", error);
  const auto bin = program.parent_path();
  // build/PRESET/bin in a checkout; bin beside share in an installation.
  for (const auto& candidate :
       {bin.parent_path() / "share/plaintalk/labs", bin.parent_path().parent_path().parent_path() / "labs"})
    if (!lab_folders(candidate).empty()) return candidate;
  const char* told = std::getenv("PLAINTALK_LABS");  // a build folder outside the checkout: ./plaintalk tells
  if (told != nullptr && !lab_folders(told).empty()) return told;
  throw std::runtime_error("the labs are not beside the program (" + bin.string() +
                           "): say where with --labs DIR");
}

Lab find_lab(const std::filesystem::path& labs, std::string_view wanted) {
  std::string names;
  for (const auto& folder : lab_folders(labs)) {
    const std::string name = folder.filename().string();
    names += (names.empty() ? "" : ", ") + name;
    if (name != wanted && name.substr(3) != wanted && name.substr(0, 2) != two_digits(wanted)) continue;
    LabFile file = read_lab(folder);
    if (!file.faults.empty())
      throw std::runtime_error(folder.string() + " cannot be used: " + file.faults.front() +
                               " (all of it: " + front_door("lab lint ") + folder.string() + ')');
    return std::move(file.lab);
  }
  throw std::runtime_error("there is no lab '" + terminal_safe(wanted) + "'" +
                           (names.empty() ? " in " + labs.string() : "; there are: " + names));
}

}  // namespace plaintalk::labs
