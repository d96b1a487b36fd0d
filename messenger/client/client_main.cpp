// plaintalk-client: reads the command line, picks the face (terminal, script, pipe or JSON) and runs the
// application.
#include <clocale>
#include <csignal>
#include <cstdio>
#include <cstdlib>
#include <deque>
#include <exception>
#include <fstream>
#include <iostream>
#include <memory>
#include <optional>
#include <stdexcept>
#include <string>
#include <string_view>
#include <vector>

#include <CLI/CLI.hpp>
#include <boost/asio/io_context.hpp>
#include <langinfo.h>
#include <unistd.h>

#include "messenger/client/application.hpp"
#include "messenger/client/hand_over_front.hpp"
#include "messenger/client/json_front.hpp"
#include "messenger/client/line_front.hpp"
#include "messenger/client/terminal_front.hpp"
#include "protocol/limits.hpp"
#include "protocol/names.hpp"

namespace {

namespace client = plaintalk::messenger::client;

constexpr unsigned kPasswordTryCountMax = 3;

struct CommandLine {
  std::string server = "127.0.0.1:7777";
  std::string user;
  std::string password_file;
  bool register_account = false;
  bool guest = false;
  std::vector<std::string> rooms;
  std::string source_address;
  std::string device;
  std::string download_folder = ".";
  std::string script;
  std::string first_script;
  bool json = false;
  bool no_retry = false;
  unsigned timeout_s = 30;
};

struct UsageError : std::runtime_error {
  using std::runtime_error::runtime_error;
};

// Line editing knows only the characters of the locale, and the protocol speaks UTF-8.
void use_utf8_locale() {
  const auto is_utf8 = [] { return ::nl_langinfo(CODESET) == std::string_view("UTF-8"); };
  std::setlocale(LC_CTYPE, "");
  if (is_utf8()) return;
  for (const char* name : {"C.UTF-8", "C.utf8", "en_US.UTF-8"})
    if (std::setlocale(LC_CTYPE, name) != nullptr && is_utf8()) return;
  std::setlocale(LC_CTYPE, "");
  if (::isatty(STDIN_FILENO) == 1)
    std::cerr
        << "plaintalk-client: there is no UTF-8 locale, so only ASCII can be typed; install one and set "
           "LC_ALL to it\n";
}

void describe(CLI::App& app, CommandLine& line) {
  // As with most programs, the last of a repeated option counts.
  app.option_defaults()->multi_option_policy(CLI::MultiOptionPolicy::TakeLast);
  app.set_version_flag("--version", "plaintalk-client " PLAINTALK_VERSION);
  app.add_option("server", line.server, "HOST:PORT of the server")
      ->envname("PLAINTALK_SERVER")
      ->capture_default_str();
  app.add_option("--user", line.user, "your name: a-z first, then a-z 0-9 _ -");
  app.add_option("--password-file", line.password_file, "file whose first line is the password");
  app.add_flag("--register", line.register_account, "make the account if it does not exist yet");
  app.add_flag("--guest", line.guest, "log in without a password");
  auto* rooms = app.add_option("--room", line.rooms, "join this room at the start (may be repeated)");
  rooms->allow_extra_args(false)->multi_option_policy(CLI::MultiOptionPolicy::TakeAll);
  app.add_option("--bind", line.source_address, "address to connect from");
  app.add_option("--device", line.device,
                 "name of this device; a second login with it takes the first one over");
  app.add_option("--download-dir", line.download_folder, "where /get saves files")->capture_default_str();
  auto* script =
      app.add_option("--script", line.script, "run the commands in this file (- for standard input)");
  auto* json = app.add_flag("--json", line.json, "JSON lines in, JSON lines out (docs/CLIENT.md)");
  json->excludes(script);
  app.add_option("--begin-with", line.first_script,
                 "run the commands in this file first, as a script, and go on here when they are done")
      ->excludes(script)
      ->excludes(json)
      ->excludes(rooms);
  app.add_flag("--no-retry", line.no_retry, "end when the connection fails or is lost");
  app.add_option("--timeout", line.timeout_s,
                 "seconds a script waits for one line, and anything but a terminal for the first login")
      ->check(CLI::Range(1U, 86'400U))
      ->capture_default_str();
}

std::string read_password(const std::string& path) {
  std::ifstream file(path);
  std::string password;
  if (!file || !std::getline(file, password))
    throw std::runtime_error(path + ": no password could be read: it must be the first line of that file");
  if (password.ends_with('\r')) password.pop_back();
  return password;
}

client::ClientOptions options_from(const CommandLine& line, bool terminal) {
  client::ClientOptions options;
  const auto server = plaintalk::parse_host_port(line.server, plaintalk::kDefaultPort);
  if (!server) throw UsageError(line.server + ": " + server.error());
  options.server = *server;
  std::string user = line.user;
  if (user.empty() && terminal) user = client::ask_on_terminal("Your name: ", false).value_or("");
  if (user.empty()) throw UsageError("no user name: give one with --user NAME");
  const auto account = plaintalk::fold_account(user);
  if (!account) throw UsageError("\"" + user + "\" is no user name: a letter, then up to 31 of a-z 0-9 _ -");
  options.user = *account;
  for (const std::string& room : line.rooms) {
    const auto folded = plaintalk::fold_room(room);
    if (!folded)
      throw UsageError("\"" + room + "\" is no room: # and 1 to 48 of a-z 0-9 _ -, such as '#lab'");
    options.rooms.push_back(*folded);
  }
  if (!line.device.empty()) {
    const auto device = plaintalk::fold_device(line.device);
    if (!device) throw UsageError("\"" + line.device + "\" is no device name: 1 to 32 of a-z 0-9 _ -");
    options.device = *device;
  }
  if (!line.source_address.empty() && !plaintalk::parse_address(line.source_address))
    throw UsageError("\"" + line.source_address +
                     "\" is no address to connect from: write one such as 127.0.0.2");
  if (line.guest && (line.register_account || !line.password_file.empty()))
    throw UsageError("--guest goes without --register and --password-file");
  if (!line.password_file.empty()) options.password = read_password(line.password_file);
  if (line.register_account && !options.password) {
    if (terminal) options.password = client::ask_on_terminal("New password for " + options.user + ": ", true);
    if (options.password.value_or("").empty())
      throw UsageError("--register needs a password: give it with --password-file FILE");
  }
  options.register_account = line.register_account;
  options.source_address = line.source_address;
  options.download_folder = line.download_folder;
  options.retry = !line.no_retry;
  options.timeout = std::chrono::seconds{line.timeout_s};
  return options;
}

std::deque<std::string> read_script(const std::string& path) {
  std::ifstream file(path);
  if (!file) throw std::runtime_error(path + ": the script cannot be read");
  std::deque<std::string> lines;
  for (std::string text; std::getline(file, text);) lines.push_back(std::move(text));
  if (!lines.empty()) client::drop_byte_order_mark(lines.front());
  return lines;
}

int run_on_terminal(client::ClientOptions options, bool may_ask) {
  for (unsigned tries = 0;; ++tries) {
    boost::asio::io_context io;
    int code = client::kExitOk;
    bool password_refused = false;
    {
      client::TerminalFront front;
      client::Application application(io, options, front);
      code = application.run();
      password_refused = application.password_was_refused();
    }
    if (!password_refused || !may_ask || tries == kPasswordTryCountMax) return code;
    const auto password = client::ask_on_terminal("Password for " + options.user + ": ", true);
    if (password.value_or("").empty()) return code;
    options.password = *password;
  }
}

std::unique_ptr<client::FrontEnd> make_front(const CommandLine& line) {
  if (line.json) return std::make_unique<client::JsonFront>(STDIN_FILENO);
  if (line.script.empty() || line.script == "-")
    return std::make_unique<client::LineFront>(client::LineFrontOptions{
        .input = STDIN_FILENO, .script = !line.script.empty(), .name = "standard input"});
  return std::make_unique<client::LineFront>(
      client::LineFrontOptions{.input = -1, .script = true, .name = line.script}, read_script(line.script));
}

std::unique_ptr<client::FrontEnd> make_hand_over(const CommandLine& line, bool to_terminal) {
  return std::make_unique<client::HandOverFront>(
      line.first_script, read_script(line.first_script),
      [to_terminal](const client::TalkTarget& target) -> std::unique_ptr<client::FrontEnd> {
        if (to_terminal) return std::make_unique<client::TerminalFront>(target);
        return std::make_unique<client::LineFront>(
            client::LineFrontOptions{.input = STDIN_FILENO, .name = "standard input", .target = target});
      });
}

int run(const CommandLine& line) {
  const char* kind = std::getenv("TERM");
  const bool can_edit = kind != nullptr && kind != std::string_view("dumb") && *kind != '\0';
  const bool people =
      line.script.empty() && !line.json && ::isatty(STDIN_FILENO) == 1 && ::isatty(STDOUT_FILENO) == 1;
  const client::ClientOptions options = options_from(line, people);
  const bool hands_over = !line.first_script.empty();
  if (people && can_edit && !hands_over)
    return run_on_terminal(options, line.password_file.empty() && !line.guest);
  boost::asio::io_context io;
  const auto front = hands_over ? make_hand_over(line, people && can_edit) : make_front(line);
  return client::Application(io, options, *front).run();
}

}  // namespace

int main(int argc, char** argv) {
  // Character widths and conversions of what is typed; numbers stay as they are.
  use_utf8_locale();
  std::signal(SIGPIPE, SIG_IGN);
  CommandLine line;
  CLI::App app{"Talk on a Plaintalk server: a person at a terminal, a script, or JSON lines."};
  describe(app, line);
  try {
    app.parse(argc, argv);
  } catch (const CLI::ParseError& error) {
    const int code = app.exit(error);
    return code == 0 ? client::kExitOk : client::kExitUsage;
  }
  try {
    return run(line);
  } catch (const UsageError& error) {
    std::cerr << "plaintalk-client: " << error.what() << '\n';
    return client::kExitUsage;
  } catch (const std::exception& error) {
    std::cerr << "plaintalk-client: " << error.what() << '\n';
    return client::kExitFailure;
  }
}
