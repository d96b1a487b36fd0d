#include "labs/lab/keep_keys.hpp"

#include <stdexcept>
#include <string>
#include <string_view>
#include <vector>

#include <nlohmann/json.hpp>

#include "labs/course/lab_file.hpp"
#include "labs/files/text_file.hpp"
#include "labs/marking/mark.hpp"

namespace plaintalk::labs {
namespace {

using Json = nlohmann::ordered_json;

Json mistakes_of(const Question& question, const AnswerKey& key) {
  Json all = Json::array();
  for (const Mistake& mistake : question.mistakes) {
    Json each{{"name", mistake.name}, {"values", key.ask(mistake.key)}};
    const auto packet = key.packet(mistake.packet.empty() ? question.packet : mistake.packet);
    each["packet"] = packet ? Json(*packet) : Json();
    all.push_back(std::move(each));
  }
  return all;
}

Json question_json(const Question& question, const AnswerKey& key) {
  Json json{{"id", question.id},
            {"type", render(question.kind)},
            {"unit", question.unit},
            {"points", question.points},
            {"tolerance", question.tolerance},
            {"tolerance_percent", question.tolerance_percent},
            {"choices", question.choices},
            {"any_of", question.any_of}};
  if (question.kind == AnswerKind::free_text) return json;
  json["accepted"] = accepted_answers(question, key);
  json["mistakes"] = mistakes_of(question, key);
  return json;
}

}  // namespace

void keep_keys(const std::filesystem::path& folder, const Lab& lab, const Values& values,
               const AnswerKey& key, const std::filesystem::path& capture) {
  std::filesystem::create_directories(folder);
  const std::string name = "capture" + capture.extension().string();
  for (const std::string& file : {name, std::string("keys.json")})
    if (std::filesystem::exists(folder / file))
      throw std::runtime_error((folder / file).string() + " exists already: choose another folder");
  std::filesystem::copy_file(capture, folder / name);
  Json questions = Json::array();
  for (const Question& question : lab.questions) questions.push_back(question_json(question, key));
  const Json all{{"lab", lab.id},     {"student", values.at("student")},
                 {"capture", name},   {"recorded", key.is_synthetic()},
                 {"variant", values}, {"questions", std::move(questions)}};
  write_text_file(folder / "keys.json", all.dump(1, ' ', false, Json::error_handler_t::replace) + '\n');
}

}  // namespace plaintalk::labs
