// What `lab solve --keep` leaves behind, for proofs by programs that share no code with this one: the
// capture, and keys.json with the variant and, for each question, its accepted answers and where its mistakes
// lead.
#pragma once

#include <filesystem>

#include "labs/course/lab.hpp"
#include "labs/course/variant.hpp"
#include "labs/marking/answer_key.hpp"

namespace plaintalk::labs {

// `folder` is made. Throws std::runtime_error when it holds a capture or keys already.
void keep_keys(const std::filesystem::path& folder, const Lab& lab, const Values& values,
               const AnswerKey& key, const std::filesystem::path& capture);

}  // namespace plaintalk::labs
