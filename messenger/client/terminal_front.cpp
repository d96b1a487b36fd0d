#include "messenger/client/terminal_front.hpp"

#include <cstdlib>
#include <iostream>
#include <utility>

#include <termios.h>
#include <unistd.h>

namespace plaintalk::messenger::client {
namespace {

// Keeps the terminal from showing what is typed, and shows it again whatever happens.
class NoEcho {
 public:
  NoEcho() {
    active_ = ::tcgetattr(STDIN_FILENO, &before_) == 0;
    if (!active_) return;
    termios silent = before_;
    silent.c_lflag &= ~static_cast<tcflag_t>(ECHO);
    ::tcsetattr(STDIN_FILENO, TCSAFLUSH, &silent);
  }
  NoEcho(const NoEcho&) = delete;
  NoEcho& operator=(const NoEcho&) = delete;
  ~NoEcho() {
    if (active_) ::tcsetattr(STDIN_FILENO, TCSAFLUSH, &before_);
  }

 private:
  bool active_ = false;
  termios before_{};
};

}  // namespace

std::optional<std::string> ask_on_terminal(const std::string& question, bool secret) {
  std::cout << question << std::flush;
  std::optional<NoEcho> silence;
  if (secret) silence.emplace();
  std::string answer;
  const bool answered = static_cast<bool>(std::getline(std::cin, answer));
  silence.reset();
  if (secret) std::cout << '\n' << std::flush;
  if (!answered) return std::nullopt;
  return answer;
}

TerminalFront::TerminalFront(TalkTarget target)
    : history_(HistoryFile::default_path()), target_(std::move(target)) {
  const char* no_colour = std::getenv("NO_COLOR");
  style_.colours = no_colour == nullptr || *no_colour == '\0';
}

void TerminalFront::start(Application& application) {
  application_ = &application;
  style_.user = application.session().user();
  editor_ = std::make_unique<LineEditor>(application.io());
  for (const std::string& line : history_.load()) editor_->add_to_history(line);
  for (const std::string& room : application.options().rooms) {
    const Request request{.verb = Verb::join, .target = room};
    target_.asked(request);
    application.submit(request);
  }
  update_prompt();
}

void TerminalFront::run(boost::asio::io_context&) {
  while (!application_->finished()) {
    const auto line = editor_->read_line();
    if (line) {
      run_line(*line);
      continue;
    }
    // Ctrl-D, or the end of the input: leave in good order, but wait for the goodbye only while there is
    // somebody to say it.
    if (std::exchange(asked_to_leave_, true) || application_->finished() || !online_) break;
    application_->submit({.verb = Verb::quit});
    while (!application_->finished() && application_->io().run_one() > 0) {
    }
  }
  editor_.reset();
}

void TerminalFront::show(const std::string& text) {
  if (!text.empty()) editor_->print(text);
}

void TerminalFront::update_prompt() {
  std::string prompt;
  if (transfer_) prompt = progress_bar(*transfer_) + "  ";
  if (!online_) prompt += "(offline) ";
  prompt += target_.now() + "> ";
  editor_->set_prompt(prompt);
}

void TerminalFront::run_line(const std::string& line) {
  auto parsed = parse_command(line, target_.now(), false);
  editor_->remember_entered_line();
  asked_to_leave_ = false;
  if (!parsed) {
    show("! " + parsed.error() + "\n");
    return;
  }
  history_.append(line);
  Command& command = *parsed;
  switch (command.kind) {
    case Command::Kind::request: {
      Request& request = command.request;
      // The message comes back from the server with its number; shown twice it would only confuse.
      if (request.verb == Verb::say && online_) editor_->erase_entered_line();
      if (request.verb == Verb::put && request.path.starts_with("~/")) {
        if (const char* home = std::getenv("HOME"); home != nullptr) request.path.replace(0, 1, home);
      }
      target_.asked(request);
      if (!online_ && request.verb != Verb::quit)
        show("* not connected: this waits until the server is back\n");
      application_->submit(std::move(request));
      break;
    }
    case Command::Kind::talk_to: target_.talk_to(command.text); break;
    case Command::Kind::help: show(command_help(command.text)); break;
    case Command::Kind::drop: application_->drop(); break;
    default: break;
  }
  update_prompt();
}

void TerminalFront::on_event(const Event& event) {
  if (const auto* login = std::get_if<LoggedIn>(&event)) style_.user = login->user;
  if (const auto* progress = std::get_if<TransferProgress>(&event)) {
    transfer_ = *progress;
    update_prompt();
    return;
  }
  if (const auto* done = std::get_if<Answered>(&event)) {
    target_.answered(*done);
    if (transfer_ && transfer_->request == done->request) transfer_.reset();
    update_prompt();
  }
  show(render(event, style_));
}

void TerminalFront::on_ready() {
  online_ = true;
  update_prompt();
}

void TerminalFront::on_status(const ConnectionStatus& status) {
  online_ = false;
  show("* " + status.text + "\n");
  update_prompt();
}

void TerminalFront::on_interrupt() {
  // Twice in a row: whatever was typed since, and erased again, makes this the first time.
  if (editor_->key_count() != keys_at_interrupt_) asked_to_leave_ = false;
  keys_at_interrupt_ = editor_->key_count();
  if (editor_->clear_line()) {
    ++keys_at_interrupt_;  // the key that clears it
    asked_to_leave_ = false;
    return;
  }
  if (std::exchange(asked_to_leave_, true)) {
    if (online_)
      application_->submit({.verb = Verb::quit});
    else
      application_->finish(kExitOk);
    return;
  }
  show("* press Ctrl-C once more, Ctrl-D, or type /quit to leave\n");
}

}  // namespace plaintalk::messenger::client
