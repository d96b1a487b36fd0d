// plaintalk-report: runs a template over an analysis and prints what it finds.
#include <chrono>
#include <cstdlib>
#include <fstream>
#include <iostream>
#include <optional>
#include <stdexcept>
#include <string>
#include <vector>

#include <CLI/CLI.hpp>
#include <sys/ioctl.h>
#include <unistd.h>

#include "analyzer/report/render_report.hpp"
#include "analyzer/report/report_query.hpp"
#include "analyzer/report/report_template.hpp"
#include "analyzer/tables/describe_tables.hpp"
#include "analyzer/wireshark/dissector.hpp"
#include "base/front_door.hpp"
#include "base/text.hpp"

namespace {

namespace analyzer = plaintalk::analyzer;

struct Options {
  std::string name;
  std::string analysis;
  std::string capture;
  std::string format = "text";
  std::string out;
  std::vector<std::string> settings;
  double time_limit_s = 60;
  std::optional<std::size_t> width;
  bool list = false;
  bool describe_tables = false;
  bool show_template = false;
  bool install = false;

  bool is_wireshark() const { return name == "wireshark"; }
};

void list_templates() {
  for (const auto& builtin : analyzer::builtin_templates()) {
    const auto report_template = analyzer::parse_template(std::string(builtin.name), builtin.text);
    std::cout << report_template.name << ": " << report_template.title << '\n';
    std::cout << "    " << report_template.description << '\n';
    for (const auto& parameter : report_template.parameters)
      std::cout << "    --set " << parameter.name << '=' << parameter.value << "  " << parameter.description
                << '\n';
  }
}

void apply(const std::vector<std::string>& settings, analyzer::ReportTemplate& report_template) {
  for (const std::string& setting : settings) {
    const std::size_t equals = setting.find('=');
    const std::string name = setting.substr(0, equals);
    bool known = false;
    for (auto& parameter : report_template.parameters)
      if (parameter.name == name && equals != setting.npos) {
        parameter.value = setting.substr(equals + 1);
        known = true;
      }
    if (!known)
      throw std::runtime_error("the template " + report_template.name + " has no parameter '" + name +
                               "'; see --list");
  }
}

void write(const std::string& text, const std::string& path) {
  if (path.empty() || path == "-") {
    std::cout << text << std::flush;
    if (!std::cout) throw std::runtime_error("cannot write to standard output");
    return;
  }
  std::ofstream file(path, std::ios::binary | std::ios::trunc);
  file << text << std::flush;
  if (!file) throw std::runtime_error("cannot write " + path);
}

// A terminal has a width; a file and a pipe have none, and get every row in one line.
std::size_t text_width(const Options& options) {
  if (options.width) return *options.width;
  const bool to_output = options.out.empty() || options.out == "-";
  struct winsize size {};
  if (!to_output || ::ioctl(STDOUT_FILENO, TIOCGWINSZ, &size) != 0) return 0;
  return size.ws_col;
}

// Not a template: the dissector for those who look at the packets themselves.
int wireshark(const Options& options) {
  if (!options.install) {
    write(std::string(analyzer::wireshark_dissector()), options.out);
    return 0;
  }
  const char* const home = std::getenv("HOME");
  const auto path = analyzer::install_wireshark_dissector(home == nullptr ? "" : home);
  std::cout << "installed: " << plaintalk::terminal_safe(path.string())
            << "\nWireshark and tshark load it when they start; try the filter plaintalk.verb == \"SAY\"\n";
  return 0;
}

int run(const Options& options) {
  if (options.is_wireshark()) return wireshark(options);
  if (options.list) {
    list_templates();
    return 0;
  }
  if (options.describe_tables) {
    write(analyzer::describe_tables(), options.out);
    return 0;
  }
  analyzer::ReportTemplate report_template = analyzer::load_template(options.name);
  if (options.show_template) {
    write(report_template.sql, options.out);
    return 0;
  }
  apply(options.settings, report_template);
  analyzer::ReportLimits limits;
  limits.time =
      std::chrono::duration_cast<plaintalk::Nanoseconds>(std::chrono::duration<double>(options.time_limit_s));
  const analyzer::Report report =
      analyzer::run_report(report_template, options.analysis, limits, options.capture);
  if (options.format == "csv") {
    write(analyzer::render_csv(report), options.out);
    // The table has no place for words.
    if (!report.warning.empty()) std::cerr << "plaintalk-report: " << report.warning << '\n';
    if (report.rows.empty())
      std::cerr << "plaintalk-report: " << plaintalk::terminal_safe(report.why_empty) << '\n';
  } else if (options.format == "markdown") {
    write(analyzer::render_markdown(report), options.out);
  } else {
    write(analyzer::render_text(report, text_width(options)), options.out);
  }
  return 0;
}

}  // namespace

int main(int argc, char** argv) {
  CLI::App app{"Runs a report template over an analysis made by plaintalk-analyze."};
  app.set_version_flag("--version", "plaintalk-report " PLAINTALK_VERSION);
  app.footer("A template is an SQL file; start your own from one that is built in: " +
             plaintalk::front_door("report --show TEMPLATE > mine.sql"));
  Options options;
  app.add_option("TEMPLATE", options.name,
                 "name of a built-in template, or path of an .sql file; wireshark: print the Lua dissector");
  app.add_option("ANALYSIS", options.analysis, "folder that plaintalk-analyze wrote, or its analysis.sqlite");
  app.add_option("--format", options.format, "csv, markdown or text")
      ->capture_default_str()
      ->check(CLI::IsMember({"csv", "markdown", "text"}));
  app.add_option("--out", options.out, "write to this file instead of standard output")->type_name("FILE");
  app.add_option("--set", options.settings, "value of a parameter of the template: room=#lab")
      ->type_name("NAME=VALUE")
      ->allow_extra_args(false);
  app.add_option("--capture", options.capture, "of the captures of analyze --each, only this one")
      ->type_name("NAME");
  app.add_option("--time-limit", options.time_limit_s, "stop a query after so many seconds; 0: never")
      ->type_name("SECONDS")
      ->capture_default_str()
      ->check(CLI::Range(0.0, 1e6));
  app.add_option(
         "--width", options.width,
         "fold text to so many columns; 0: one line a row (default: the terminal's, 0 for a pipe or file)")
      ->type_name("N")
      ->check(CLI::Range(0, 10'000));
  app.add_flag(
      "--install", options.install,
      "with wireshark instead of a template: put the dissector where Wireshark looks, for this user");
  app.add_flag("--list", options.list, "list the built-in templates");
  app.add_flag("--show", options.show_template, "print the template instead of running it");
  app.add_flag("--describe-tables", options.describe_tables,
               "print what every column of every table means, as Markdown");
  try {
    app.parse(argc, argv);
    const bool needs_template = !options.list && !options.describe_tables && !options.is_wireshark();
    if (options.install && !options.is_wireshark())
      throw CLI::ValidationError("--install goes with wireshark: report wireshark --install");
    if (needs_template && options.name.empty())
      throw CLI::ValidationError("give a template and an analysis, or --list");
    if (needs_template && !options.show_template && options.analysis.empty())
      throw CLI::ValidationError("give the analysis as well: a folder that plaintalk-analyze wrote");
  } catch (const CLI::ParseError& error) {
    return app.exit(error) == 0 ? 0 : 2;
  }
  try {
    return run(options);
  } catch (const std::exception& error) {
    std::cerr << "plaintalk-report: " << error.what() << '\n';
    return 1;
  }
}
