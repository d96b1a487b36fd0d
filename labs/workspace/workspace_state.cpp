#include "labs/workspace/workspace_state.hpp"

#include <nlohmann/json.hpp>

#include "labs/course/variant.hpp"
#include "labs/workspace/json_text.hpp"

namespace plaintalk::labs {
namespace {

constexpr std::size_t kLabIdSizeMax = 64;

}  // namespace

std::expected<WorkspaceState, std::string> parse_state(std::string_view json) {
  const auto state = nlohmann::json::parse(json, nullptr, false);
  if (!state.is_object()) return std::unexpected("is damaged");
  WorkspaceState parsed{.lab = text_of(state, "lab"),
                        .student = normal_student_id(text_of(state, "student")),
                        .capture = text_of(state, "capture")};
  if (parsed.lab.size() > kLabIdSizeMax) return std::unexpected("names a lab with an id that no lab has");
  if (parsed.student.empty()) return std::unexpected("has no usable student id");
  return parsed;
}

std::string render(const WorkspaceState& state) {
  const nlohmann::ordered_json json{
      {"lab", state.lab}, {"student", state.student}, {"capture", state.capture}};
  return json.dump(2) + '\n';
}

}  // namespace plaintalk::labs
