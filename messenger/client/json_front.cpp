#include "messenger/client/json_front.hpp"

#include <cstdio>
#include <utility>

#include <nlohmann/json.hpp>

#include "messenger/client/render_json.hpp"

namespace plaintalk::messenger::client {

using nlohmann::json;

void JsonFront::start(Application& application) {
  application_ = &application;
  input_ = std::make_unique<InputLines>(application.io(), fd_);
  for (const std::string& room : application.options().rooms) {
    const Request request{.verb = Verb::join, .target = room};
    target_.asked(request);
    application.submit(request);
  }
}

void JsonFront::print(const json& object) {
  const std::string line = render_line(object);
  const bool written =
      std::fwrite(line.data(), 1, line.size(), stdout) == line.size() && std::fflush(stdout) == 0;
  if (!written) application_->finish(kExitFailure);
}

void JsonFront::print_refused(const std::string& tag, const std::string& why) {
  json answer{{"event", "answer"}, {"ok", false}, {"code", 0}, {"error", "USAGE"}, {"text", why}};
  if (!tag.empty()) answer["tag"] = json::parse(tag, nullptr, false);
  print(answer);
}

void JsonFront::on_ready() {
  print({{"event", "ready"}});
  if (!std::exchange(started_, true)) read_next();
}

void JsonFront::on_status(const ConnectionStatus& status) {
  json object{{"event", "connection"}, {"text", status.text}};
  if (status.state == ConnectionStatus::State::retrying) {
    object["state"] = "retrying";
    object["retry_ms"] = status.delay.count();
    object["attempt"] = status.attempt;
  } else {
    object["state"] = "over";
  }
  print(object);
}

void JsonFront::on_interrupt() { application_->leave(kExitInterrupted); }

void JsonFront::read_next() {
  if (reading_ || at_end_ || application_->session().waiting_count() >= kJsonWaitingCountMax) return;
  reading_ = true;
  input_->next([this](std::optional<InputLine> line) {
    reading_ = false;
    if (application_->finished()) return;
    if (!line) {
      at_end_ = true;
      quit_when_done();
      return;
    }
    if (line->too_long)
      print_refused("", "the line is longer than 1 MiB and was not run");
    else
      run_line(line->text);
    read_next();
  });
}

void JsonFront::quit_when_done() {
  if (application_->session().waiting_count() == 0) application_->submit({.verb = Verb::quit});
}

void JsonFront::run_line(const std::string& line) {
  if (line.find_first_not_of(" \t\r") == std::string::npos) return;
  const JsonCommand made = parse_json_command(line, target_.now());
  if (!made.command) {
    print_refused(made.tag, made.command.error());
    return;
  }
  switch (made.command->kind) {
    case Command::Kind::request: {
      target_.asked(made.command->request);
      const RequestId id = application_->submit(made.command->request);
      if (!made.tag.empty()) tags_[id] = made.tag;
      return;
    }
    case Command::Kind::talk_to: target_.talk_to(made.command->text); return;
    case Command::Kind::drop: application_->drop(); return;
    default: print_refused(made.tag, "this command is for people"); return;
  }
}

void JsonFront::on_event(const Event& event) {
  json object = to_json(event);
  if (const auto* done = std::get_if<Answered>(&event)) {
    target_.answered(*done);
    if (const auto tag = tags_.extract(done->request))
      object["tag"] = json::parse(tag.mapped(), nullptr, false);
    progress_.forget(done->request);
  } else if (const auto* progress = std::get_if<TransferProgress>(&event)) {
    if (!progress_.is_due(*progress, read_clocks().instant)) return;
    if (const auto tag = tags_.find(progress->request); tag != tags_.end())
      object["tag"] = json::parse(tag->second, nullptr, false);
  }
  print(object);
  if (!std::holds_alternative<Answered>(event) || application_->finished()) return;
  if (at_end_)
    quit_when_done();
  else if (started_)
    read_next();
}

}  // namespace plaintalk::messenger::client
