#include "messenger/client/render_json.hpp"

#include <algorithm>
#include <optional>

#include <nlohmann/json.hpp>

#include "protocol/limits.hpp"
#include "protocol/names.hpp"

namespace plaintalk::messenger::client {
namespace {

using nlohmann::json;

json object(const LoggedIn& event) {
  return {{"event", "login"},       {"server", event.server}, {"user", event.user},
          {"device", event.device}, {"guest", event.guest},   {"again", event.again}};
}

json object(const MessageCame& event) {
  return {{"event", "message"}, {"room", event.room}, {"seq", event.seq}, {"from", event.from},
          {"at", event.at_ms},  {"text", event.text}, {"own", event.own}, {"history", event.from_history}};
}

json object(const FileCame& event) {
  return {
      {"event", "file"},    {"room", event.room},           {"seq", event.seq},       {"from", event.from},
      {"file", event.file}, {"size", event.size},           {"sha256", event.sha256}, {"name", event.name},
      {"own", event.own},   {"history", event.from_history}};
}

json object(const PersonChanged& event) {
  if (event.what == PersonChanged::What::presence)
    return {{"event", "presence"}, {"user", event.name}, {"state", event.detail}, {"text", event.text}};
  if (event.what == PersonChanged::What::joined)
    return {{"event", "joined"}, {"room", event.room}, {"user", event.name}};
  return {{"event", "parted"},
          {"room", event.room},
          {"user", event.name},
          {"reason", event.detail},
          {"text", event.text}};
}

json object(const TopicSet& event) {
  return {{"event", "topic"}, {"room", event.room}, {"user", event.name}, {"text", event.text}};
}

json object(const NoticeCame& event) {
  return {{"event", "notice"}, {"kind", event.kind}, {"text", event.text}};
}

json object(const MessagesMissed& event) {
  return {{"event", "missed"}, {"room", event.room}, {"first", event.first}, {"last", event.last}};
}

json object(const TransferProgress& event) {
  return {{"event", "progress"},      {"direction", event.upload ? "send" : "get"},
          {"hashing", event.hashing}, {"name", event.name},
          {"done", event.done},       {"total", event.total}};
}

void add_lists(json& answer, const Answered& done) {
  if (done.verb == Verb::rooms) {
    answer["rooms"] = json::array();
    for (const RoomEntry& entry : done.rooms)
      answer["rooms"].push_back(
          {{"room", entry.room}, {"members", entry.members}, {"last", entry.last}, {"topic", entry.topic}});
  }
  if (done.verb == Verb::who) {
    answer["people"] = json::array();
    for (const PersonEntry& entry : done.people)
      answer["people"].push_back(
          {{"room", entry.room}, {"user", entry.name}, {"state", entry.state}, {"display", entry.display}});
  }
  if (done.verb == Verb::help) answer["lines"] = done.lines;
}

json object(const Answered& done) {
  json answer{{"event", "answer"}, {"ok", !done.refusal}};
  if (done.refusal) {
    answer["code"] = done.refusal->code;
    answer["error"] = done.refusal->name;
    answer["text"] = done.refusal->text;
    return answer;
  }
  if (!done.room.empty()) answer["room"] = done.room;
  switch (done.verb) {
    case Verb::say:
      answer["seq"] = done.seq;
      answer["at"] = done.at_ms;
      answer["repeated"] = done.repeated;
      break;
    case Verb::join:
      answer["members"] = done.members;
      answer["last"] = done.last;
      answer["topic"] = done.text.value_or("");
      break;
    case Verb::topic: answer["topic"] = done.text.value_or(""); break;
    case Verb::history:
      answer["count"] = done.shown_count;
      answer["last"] = done.last;
      answer["oldest"] = done.oldest;
      break;
    case Verb::get: answer["path"] = done.path; [[fallthrough]];
    case Verb::put:
      answer["file"] = done.file;
      answer["name"] = done.name;
      answer["size"] = done.size;
      answer["sha256"] = done.sha256;
      break;
    case Verb::ping: answer["took_us"] = done.took.count() / 1000; break;
    default: add_lists(answer, done); break;
  }
  return answer;
}

std::string string_field(const json& command, const char* key) {
  const auto found = command.find(key);
  return found != command.end() && found->is_string() ? found->get<std::string>() : std::string();
}

std::optional<std::uint64_t> number_field(const json& command, const char* key) {
  const auto found = command.find(key);
  if (found == command.end() || !found->is_number_unsigned()) return std::nullopt;
  return found->get<std::uint64_t>();
}

struct Word {
  std::string_view name;
  Verb verb;
  bool needs_target;
};
constexpr Word kWords[] = {
    {"say", Verb::say, true},         {"join", Verb::join, true},      {"part", Verb::part, true},
    {"rooms", Verb::rooms, false},    {"who", Verb::who, false},       {"topic", Verb::topic, true},
    {"history", Verb::history, true}, {"files", Verb::history, true},  {"send", Verb::put, true},
    {"get", Verb::get, false},        {"away", Verb::away, false},     {"back", Verb::away, false},
    {"ping", Verb::ping, false},      {"cancel", Verb::cancel, false}, {"help", Verb::help, false},
    {"quit", Verb::quit, false},
};

std::expected<Command, std::string> from_fields(const json& fields, const std::string& current_target) {
  const std::string name = string_field(fields, "command");
  if (name == "drop") return parse_command("/drop", current_target, true);
  const Word* word = nullptr;
  for (const Word& candidate : kWords) {
    if (candidate.name == name) word = &candidate;
  }
  if (word == nullptr) return std::unexpected("no such command: \"" + name + "\"; docs/CLIENT.md lists them");

  Command command;
  command.kind = Command::Kind::request;
  Request& request = command.request;
  request.verb = word->verb;
  std::string target = string_field(fields, "target");
  if (target.empty()) target = string_field(fields, "room");
  if (target.empty() && word->needs_target) target = current_target;
  if (!target.empty()) {
    const auto parsed = parse_target(target);
    if (!parsed) return std::unexpected("\"target\" must be #room or @user");
    request.target = parsed->kind == Target::Kind::account ? "@" + parsed->name : parsed->name;
  } else if (word->needs_target) {
    return std::unexpected("\"target\" is missing: #room or @user");
  }
  if (fields.contains("text")) request.text = string_field(fields, "text");
  if (word->verb == Verb::say && request.text.value_or("").empty())
    return std::unexpected("\"text\" is missing");
  if (name == "away" && !request.text) request.text = "away";
  if (name == "back") request.text.reset();
  if (word->verb == Verb::history) {
    request.before = number_field(fields, "before");
    request.after = number_field(fields, "after");
    request.files_only = name == "files";
    request.limit = static_cast<std::size_t>(std::min<std::uint64_t>(
        number_field(fields, "limit").value_or(request.files_only ? kPageSizeMax : 0), kPageSizeMax));
  }
  if (word->verb == Verb::put) {
    request.path = string_field(fields, "path");
    if (request.path.empty()) return std::unexpected("\"path\" is missing");
  }
  if (word->verb == Verb::cancel) request.target = string_field(fields, "file");
  if (word->verb == Verb::get) {
    const auto parsed = parse_command("/get " + string_field(fields, "file"),
                                      target.empty() ? current_target : target, false);
    if (!parsed) return std::unexpected(parsed.error());
    request.target = parsed->request.target;
    request.near = parsed->request.near;
  }
  return command;
}

}  // namespace

json to_json(const Event& event) {
  return std::visit([](const auto& one) { return object(one); }, event);
}

std::string render_line(const json& line) {
  return line.dump(-1, ' ', false, json::error_handler_t::replace) + "\n";
}

JsonCommand parse_json_command(std::string_view line, const std::string& target) {
  const json fields = json::parse(line, nullptr, false);
  if (!fields.is_object()) return {std::unexpected("not a JSON object; write one on each line"), ""};
  JsonCommand made;
  if (const auto tag = fields.find("tag"); tag != fields.end())
    made.tag = tag->dump(-1, ' ', false, json::error_handler_t::replace);
  made.command = fields.contains("line") ? parse_command(string_field(fields, "line"), target, false)
                                         : from_fields(fields, target);
  return made;
}

}  // namespace plaintalk::messenger::client
