#include <algorithm>
#include <fstream>
#include <iostream>
#include <stdexcept>

#include <sys/ioctl.h>
#include <unistd.h>

#include "labs/course/variant.hpp"
#include "labs/lab/commands.hpp"
#include "labs/sheet/worksheet.hpp"
#include "labs/workspace/workspace.hpp"

namespace plaintalk::labs {
namespace {

constexpr int kWidthMax = 100;  // longer lines are hard to read

int terminal_width() {
  winsize size{};
  const bool is_known = ::ioctl(STDOUT_FILENO, TIOCGWINSZ, &size) == 0 && size.ws_col > 0;
  return std::min<int>(is_known ? size.ws_col : 80, kWidthMax);
}

}  // namespace

int read_sheet(const Places& places, const Lab& lab, const ReadOptions& options) {
  // Before the first start nobody knows whose sheet it is.
  // Before the first start nobody knows whose sheet it is.
  const bool has_begun = Workspace::exists(places.workspaces, lab);
  const Values values =
      words_for(lab, has_begun ? Workspace::open(places.workspaces, lab).student() : std::string());
  const std::string markdown = read_worksheet(lab, values);
  const std::string title = "Lab " + lab.id + ": " + lab.title;
  const std::string text =
      options.html ? markdown_to_html(markdown, title)
                   : markdown_to_text(markdown, options.width > 0 ? options.width : terminal_width());
  if (options.out.empty()) {
    std::cout << text << std::flush;
    return 0;
  }
  if (std::filesystem::exists(options.out))
    throw std::runtime_error(options.out + " exists already: choose another name");
  std::ofstream file(options.out, std::ios::binary);
  file << text << std::flush;
  if (!file) throw std::runtime_error(options.out + " cannot be written");
  std::cout << "written: " << options.out << '\n';
  return 0;
}

}  // namespace plaintalk::labs
