#include "messenger/client/line_front.hpp"

#include <algorithm>
#include <cstdio>
#include <utility>

#include <fmt/format.h>

#include "base/text.hpp"

namespace plaintalk::messenger::client {
namespace {

constexpr auto kMembersPollInterval = std::chrono::milliseconds{200};

}  // namespace

LineFront::LineFront(LineFrontOptions options) : options_(std::move(options)), target_(options_.target) {}

LineFront::LineFront(LineFrontOptions options, std::deque<std::string> lines)
    : options_(std::move(options)), lines_given_(true), lines_(std::move(lines)), target_(options_.target) {}

void LineFront::start(Application& application) {
  application_ = &application;
  timer_.emplace(application.io());
  if (!lines_given_) input_ = std::make_unique<InputLines>(application.io(), options_.input);
  for (const std::string& room : application.options().rooms) first_lines_.push_back("/join " + room);
}

void LineFront::print(const std::string& text) {
  if (text.empty()) return;
  const bool written =
      std::fwrite(text.data(), 1, text.size(), stdout) == text.size() && std::fflush(stdout) == 0;
  // Nobody reads any more: there is nothing left to do for us.
  if (!written) application_->finish(kExitFailure);
}

void LineFront::on_status(const ConnectionStatus& status) {
  std::fprintf(stderr, "plaintalk-client: %s\n", status.text.c_str());
}

std::string LineFront::place() const {
  return line_number_ == 0 ? "--room" : options_.name + ", line " + std::to_string(line_number_);
}

void LineFront::on_interrupt() {
  on_terminate();
  wait_ = Wait::end;
  application_->leave(kExitInterrupted);
}

void LineFront::on_terminate() {
  if (!options_.script || wait_ == Wait::input || wait_ == Wait::ready || wait_ == Wait::end) return;
  std::fprintf(stderr, "plaintalk-client: %s: %s: stopped before this was done\n", place().c_str(),
               terminal_safe(line_).c_str());
}

void LineFront::on_ready() {
  style_.user = application_->session().user();
  if (wait_ == Wait::ready || wait_ == Wait::back_again) line_done();
}

void LineFront::wait_for(Wait what) {
  wait_ = what;
  if (options_.script) start_deadline();
}

void LineFront::start_deadline() {
  timer_->expires_after(application_->options().timeout);
  timer_->async_wait([this](const boost::system::error_code& error) {
    if (!error && !application_->finished()) timed_out();
  });
}

std::string LineFront::waiting_for() const {
  switch (wait_) {
    case Wait::expect:
      return "nobody else's message, file or notice contained \"" + terminal_safe(command_.text) + "\"";
    case Wait::members: return fmt::format("{} did not get {} members", command_.text, command_.number);
    case Wait::back_again: return "the connection did not come back";
    default: return application_->session().ready() ? "no answer" : "no connection";
  }
}

void LineFront::timed_out() {
  const std::string why =
      fmt::format("{} within {} s", waiting_for(), application_->options().timeout.count());
  if (may_fail_) {
    print("! " + why + "\n");
    line_done();
    return;
  }
  if (!application_->session().ready()) application_->set_exit_code(kExitNoConnection);
  line_failed(why);
}

void LineFront::line_failed(const std::string& why) {
  if (!options_.script || may_fail_) {
    print("! " + why + "\n");
    line_done();
    return;
  }
  std::fprintf(stderr, "plaintalk-client: %s: %s: %s\n", place().c_str(), terminal_safe(line_).c_str(),
               why.c_str());
  wait_ = Wait::end;
  timer_->cancel();
  const bool connected = application_->session().ready();
  if (!connected) {
    application_->finish(kExitNoConnection);
    return;
  }
  application_->set_exit_code(kExitFailure);
  application_->submit({.verb = Verb::quit});
}

void LineFront::line_done() {
  timer_->cancel();
  request_.reset();
  count_request_.reset();
  wait_ = Wait::input;
  // From the loop, so that a thousand short lines are no recursion.
  boost::asio::post(application_->io(), [this] {
    if (!application_->finished() && wait_ == Wait::input) next();
  });
}

void LineFront::next() {
  if (!first_lines_.empty()) {
    std::string line = std::move(first_lines_.front());
    first_lines_.pop_front();
    run_line(std::move(line));
    return;
  }
  ++line_number_;
  if (!lines_given_) {
    input_->next([this](std::optional<InputLine> line) {
      if (application_->finished() || wait_ != Wait::input) return;
      if (!line) {
        run_line("/quit");
      } else if (line->too_long) {
        may_fail_ = false;
        line_ = line->text.substr(0, 40) + "...";
        line_failed("the line is longer than 1 MiB and was not run; /send FILE sends files");
      } else {
        run_line(std::move(line->text));
      }
    });
    return;
  }
  if (lines_.empty()) {
    if (options_.at_end) {
      wait_ = Wait::end;
      options_.at_end();
    } else {
      run_line("/quit");
    }
    return;
  }
  std::string line = std::move(lines_.front());
  lines_.pop_front();
  run_line(std::move(line));
}

void LineFront::run_line(std::string line) {
  may_fail_ = options_.script && line.starts_with('-');
  line_ = may_fail_ ? line.substr(1) : std::move(line);
  auto parsed = parse_command(line_, target_.now(), options_.script);
  if (!parsed) {
    line_failed(parsed.error());
    return;
  }
  command_ = std::move(*parsed);
  run_command(command_);
}

void LineFront::run_command(const Command& command) {
  switch (command.kind) {
    case Command::Kind::nothing: line_done(); return;
    case Command::Kind::talk_to:
      target_.talk_to(command.text);
      line_done();
      return;
    case Command::Kind::help:
      print(command_help(command.text));
      line_done();
      return;
    case Command::Kind::request:
      target_.asked(command.request);
      wait_for(Wait::answer);
      request_ = application_->submit(command.request);
      return;
    case Command::Kind::drop:
      wait_for(Wait::back_again);
      application_->drop();
      return;
    case Command::Kind::expect:
      if (find_expected())
        line_done();
      else
        wait_for(Wait::expect);
      return;
    case Command::Kind::members:
      wait_for(Wait::members);
      count_members();
      return;
    case Command::Kind::sleep:
      wait_ = Wait::sleep;
      timer_->expires_after(std::chrono::milliseconds{command.number});
      timer_->async_wait([this](const boost::system::error_code& error) {
        if (!error && !application_->finished()) line_done();
      });
      return;
  }
}

bool LineFront::find_expected() {
  const auto found = std::ranges::find_if(
      seen_, [this](const std::string& text) { return text.find(command_.text) != std::string::npos; });
  if (found == seen_.end()) return false;
  seen_.erase(found);
  return true;
}

void LineFront::count_members() {
  count_request_ = application_->submit({.verb = Verb::who, .target = command_.text});
}

void LineFront::on_answered(const Answered& done) {
  target_.answered(done);
  progress_.forget(done.request);
  if (count_request_ == done.request) {
    std::set<std::string> names;
    for (const PersonEntry& person : done.people) names.insert(person.name);
    if (done.refusal && done.refusal->code != 404) {
      line_failed(render(*done.refusal).substr(2));
    } else if (names.size() >= command_.number) {
      line_done();
    } else {
      auto again = std::make_shared<boost::asio::steady_timer>(application_->io(), kMembersPollInterval);
      again->async_wait([this, again](const boost::system::error_code&) {
        if (!application_->finished() && wait_ == Wait::members) count_members();
      });
    }
    return;
  }
  if (request_ != done.request) return;
  if (done.refusal) {
    line_failed(render(*done.refusal).substr(2));
    return;
  }
  print(render(Event(done), style_));
  if (done.verb != Verb::quit) line_done();
}

void LineFront::on_event(const Event& event) {
  if (const auto* done = std::get_if<Answered>(&event)) {
    on_answered(*done);
    return;
  }
  if (const auto* progress = std::get_if<TransferProgress>(&event)) {
    print(progress_.update(*progress));
    // A transfer that moves is not stuck.
    if (request_ == progress->request && options_.script) start_deadline();
    return;
  }
  if (const auto* login = std::get_if<LoggedIn>(&event)) style_.user = login->user;
  print(render(event, style_));
  std::string text = expectable_text(event);
  if (text.empty()) return;
  seen_.push_back(std::move(text));
  if (seen_.size() > kSeenTextCountMax) seen_.pop_front();
  if (wait_ == Wait::expect && find_expected()) line_done();
}

}  // namespace plaintalk::messenger::client
