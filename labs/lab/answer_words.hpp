// An answer is whatever stands behind its question, also when it looks like an option: "-5", "--".
#pragma once

#include <string>
#include <vector>

namespace plaintalk::labs {

struct CommandWords {
  std::vector<std::string> command;  // for the parser: up to the question, and options of the program
  std::vector<std::string> answer;   // of `answer`; empty for other commands
};

// `words` are those of the command line, without the program's name. --labs, --workspace (with their values)
// and a lonely --help are options behind the question too, up to "--", which is left out when words follow
// it.
CommandWords take_answer_out(const std::vector<std::string>& words);

}  // namespace plaintalk::labs
