// The words of summary.md as parts of a page. They are rendered once, by the analysis, and kept in its
// database (table `about`), so that the page of an old analysis says what its summary said.
#pragma once

#include <string>
#include <vector>

namespace plaintalk::analyzer {

struct StorySection {
  std::string title;  // as HTML text
  std::string html;
};

// Raw HTML in it stays out, and it can refer to nothing.
std::vector<StorySection> story_of(const std::string& summary_markdown);

}  // namespace plaintalk::analyzer
