#include "labs/lab/grade_command.hpp"

#include <algorithm>
#include <iostream>
#include <set>
#include <stdexcept>
#include <thread>

#include <unistd.h>

#include "base/text.hpp"
#include "labs/course/lab_file.hpp"
#include "labs/course/lab_folders.hpp"
#include "labs/files/text_file.hpp"
#include "labs/grade/decisions.hpp"
#include "labs/grade/evidence.hpp"
#include "labs/grade/gradebooks.hpp"
#include "labs/grade/mark_hand_ins.hpp"
#include "labs/grade/overlap.hpp"
#include "labs/grade/roster.hpp"

namespace plaintalk::labs {
namespace {

namespace fs = std::filesystem;

// A folder of marks of an earlier run is written again; one that holds anything else is left alone.
void look_at_out(const fs::path& out) {
  constexpr std::string_view kNames[] = {"moodle.csv", "canvas.csv",   "gradescope.json", "evidence.csv",
                                         "items.csv",  "free-text.md", "overlap.csv",     "changes.csv"};
  if (!fs::exists(out)) return;
  for (const auto& entry : fs::directory_iterator(out)) {
    std::string name = entry.path().filename().string();
    if (name.ends_with(".new")) name.resize(name.size() - 4);  // of a run that was killed
    if (std::ranges::find(kNames, name) == std::end(kNames))
      throw std::runtime_error(out.string() + " holds other things (" + terminal_safe(name) +
                               "): choose a new folder with --out");
  }
}

void show_progress(std::size_t done, std::size_t all) {
  if (::isatty(STDERR_FILENO) != 1) return;
  std::cerr << "\rmarked " << done << " of " << all << (done == all ? "\n" : "") << std::flush;
}

std::vector<Lab> read_labs(const fs::path& labs) {
  std::vector<Lab> all;
  for (const auto& folder : lab_folders(labs)) all.push_back(read_lab(folder).lab);
  return all;
}

}  // namespace

int grade_hand_ins(const Places& places, const GradeOptions& options) {
  if (!fs::is_directory(options.hand_ins))
    throw std::runtime_error(options.hand_ins + " is no folder: give the one with the hand-ins");
  look_at_out(options.out);
  Decisions decisions{.overrides = {}, .days_late = {}, .late_percent = options.late_percent};
  if (!options.overrides.empty()) decisions.overrides = read_overrides(options.overrides);
  if (!options.late.empty()) decisions.days_late = read_days_late(options.late);
  std::vector<RosterEntry> roster;
  if (!options.roster.empty()) roster = read_roster(options.roster);

  MarkingOptions marking;
  marking.labs = places.labs;
  marking.hand_ins = options.hand_ins;
  marking.process_count = std::max(1U, std::thread::hardware_concurrency());
  marking.progress = show_progress;
  std::vector<GradedHandIn> hand_ins = mark_hand_ins(marking);
  apply_decisions(decisions, hand_ins);
  roster = complete_roster(std::move(roster), hand_ins);

  const std::vector<Lab> labs = read_labs(places.labs);
  std::set<std::string> wanted;
  for (const GradedHandIn& hand_in : hand_ins) wanted.insert(hand_in.lab);
  std::vector<LabResults> results;
  for (const Lab& lab : labs)
    if (wanted.contains(lab.id)) results.push_back({&lab, results_of(lab.id, roster, hand_ins)});

  const fs::path out = options.out;
  std::vector<NamedText> files;
  // The earlier evidence first: it may lie in the folder that is written now.
  if (!options.earlier.empty())
    files.push_back({"changes.csv", changes_csv(fs::path(options.earlier) / "evidence.csv", hand_ins)});
  files.push_back({"evidence.csv", evidence_csv(hand_ins)});
  files.push_back({"items.csv", items_csv(hand_ins)});
  files.push_back({"free-text.md", free_text_markdown(hand_ins, labs)});
  files.push_back({"overlap.csv", overlap_csv(find_overlaps(hand_ins))});
  files.push_back({"moodle.csv", moodle_csv(results)});
  files.push_back({"canvas.csv", canvas_csv(results)});
  files.push_back({"gradescope.json", gradescope_json(results)});
  const bool is_new = fs::create_directories(out);
  try {
    write_text_files(out, files);
  } catch (const std::runtime_error&) {
    std::error_code ignored;
    if (is_new) fs::remove(out, ignored);
    throw;
  }

  const auto faulty =
      std::ranges::count_if(hand_ins, [](const GradedHandIn& each) { return each.questions.empty(); });
  std::cout << plural(hand_ins.size(), "hand-in") << " marked into " << out.string() << '\n';
  if (faulty > 0)
    std::cout << faulty
              << " of them could not be marked: evidence.csv says why, in the rows \"not marked\"\n";
  return 0;
}

}  // namespace plaintalk::labs
