// The file that a student hands in: a zip of answers, tries, capture and who it is from. No key is in it,
// because there is none.
#pragma once

#include <filesystem>
#include <string>
#include <vector>

#include "labs/workspace/workspace.hpp"

namespace plaintalk::labs {

// Writes it into the workspace under a name that is free, and returns the name. Throws std::runtime_error.
std::string write_hand_in(const Workspace& workspace, const Lab& lab);

// What may be in one, beside the capture that lab.json names and the student's description of a protocol.
inline constexpr std::string_view kHandInFiles[] = {"lab.json", "answers.txt", "tries.jsonl"};

}  // namespace plaintalk::labs
