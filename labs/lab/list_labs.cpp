#include <iostream>

#include "base/front_door.hpp"
#include "base/text.hpp"
#include "labs/course/lab_file.hpp"
#include "labs/course/lab_folders.hpp"
#include "labs/lab/commands.hpp"
#include "labs/lab/progress.hpp"
#include "labs/workspace/workspace.hpp"

namespace plaintalk::labs {

int list_labs(const Places& places) {
  int status = 0;
  for (const auto& folder : lab_folders(places.labs)) {
    const LabFile file = read_lab(folder);
    const Lab& lab = file.lab;
    if (!file.faults.empty()) {
      std::cout << lab.id << "  (cannot be used: " << file.faults.front() << ")\n";
      status = 1;
      continue;
    }
    std::cout << lab.id << "  " << lab.title << " (" << lab.minutes << " minutes)\n";
    for (const std::string& goal : lab.learn) std::cout << "      " << goal << '\n';
    if (Workspace::exists(places.workspaces, lab))
      std::cout << "      you: " << describe(progress_of(lab, Workspace::open(places.workspaces, lab)))
                << '\n';
  }
  std::cout << "\nBegin with: " << front_door("lab start 01 --student YOUR-ID") << '\n'
            << "Your folders: " << places.workspaces.string() << '\n';
  return status;
}

}  // namespace plaintalk::labs
