// plaintalk-report: runs a template over an analysis and prints what it finds.
#include <chrono>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <iostream>
#include <optional>
#include <stdexcept>
#include <string>
#include <system_error>
#include <vector>

#include <CLI/CLI.hpp>
#include <sys/ioctl.h>
#include <unistd.h>

#include "analyzer/check/check_protocol.hpp"
#include "analyzer/figures/draw.hpp"
#include "analyzer/figures/figure.hpp"
#include "analyzer/figures/figure_file.hpp"
#include "analyzer/figures/figure_template.hpp"
#include "analyzer/page/page.hpp"
#include "analyzer/page/page_file.hpp"
#include "analyzer/protocols/descriptions.hpp"
#include "analyzer/report/render_report.hpp"
#include "analyzer/report/report_query.hpp"
#include "analyzer/report/report_template.hpp"
#include "analyzer/tables/describe_tables.hpp"
#include "analyzer/wireshark/dissector.hpp"
#include "base/front_door.hpp"
#include "base/number.hpp"
#include "base/text.hpp"

namespace {

namespace analyzer = plaintalk::analyzer;

constexpr int kExitDamagedInput = 3;
constexpr int kExitDoesNotFit = 4;

struct Options {
  std::string name;
  std::string figure;
  std::string analysis;
  std::string checked_capture;  // check-protocol
  std::string capture;
  std::string format = "text";
  std::string out;
  std::vector<std::string> settings;
  double time_limit_s = 60;
  std::string width;
  std::string height;
  std::string font;
  double font_size_pt = 0;
  bool dark = false;
  bool list = false;
  bool describe_tables = false;
  bool show_template = false;
  bool install = false;

  bool show_secrets = false;

  bool is_wireshark() const { return name == "wireshark" && figure.empty(); }
  bool is_page() const { return name == "html" && figure.empty(); }
  bool is_check() const { return name == "check-protocol" && figure.empty(); }
};

void list_parameters(const analyzer::ReportTemplate& report_template) {
  for (const auto& parameter : report_template.parameters)
    std::cout << "    --set " << parameter.name << '=' << parameter.value << "  " << parameter.description
              << '\n';
}

void list_templates() {
  for (const auto& builtin : analyzer::builtin_templates()) {
    const auto report_template = analyzer::parse_template(std::string(builtin.name), builtin.text);
    std::cout << report_template.name << ": " << report_template.title << '\n';
    std::cout << "    " << report_template.description << '\n';
    list_parameters(report_template);
  }
}

void list_figures() {
  for (const std::string_view name : analyzer::builtin_figures()) {
    const auto figure = analyzer::load_figure(std::string(name));
    std::cout << "--figure " << name << ": " << figure.query.title << '\n';
    std::cout << "    " << figure.query.description << '\n';
    list_parameters(figure.query);
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
  if (!options.width.empty()) return plaintalk::parse_decimal<std::size_t>(options.width).value_or(0);
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

// Size, font and colours as they were asked for.
analyzer::FigureStyle figure_style(const Options& options) {
  analyzer::FigureStyle style;
  if (!options.width.empty()) {
    style.width = analyzer::parse_length(options.width).value_or(analyzer::Length{}).pixels;
    style.height = style.width * 0.6;
  }
  if (!options.height.empty())
    style.height = analyzer::parse_length(options.height).value_or(analyzer::Length{}).pixels;
  if (!options.font.empty()) style.font = options.font;
  if (options.font_size_pt > 0) style.font_size = options.font_size_pt * 96 / 72;
  style.dark = options.dark;
  return style;
}

// A PNG whose width is given in pixels has that many; what is meant for paper has 300 for each inch.
double pixels_per_pixel(const Options& options) {
  const auto width = analyzer::parse_length(options.width);
  return width && !width->is_on_paper ? 1 : 300.0 / 96;
}

int figure(const Options& options) {
  const analyzer::FigureTemplate figure_template = analyzer::load_figure(options.figure);
  analyzer::FigureSettings settings;
  settings.capture = options.capture;
  for (const std::string& setting : options.settings) {
    const std::size_t equals = setting.find('=');
    if (equals == setting.npos)
      throw std::runtime_error("--set is written as name=value, not '" + setting + "'");
    settings.parameters.emplace_back(setting.substr(0, equals), setting.substr(equals + 1));
  }
  settings.time =
      std::chrono::duration_cast<plaintalk::Nanoseconds>(std::chrono::duration<double>(options.time_limit_s));
  const bool to_output = options.out.empty() || options.out == "-";
  const auto format = to_output
                          ? analyzer::PictureFormat::svg
                          : analyzer::picture_format(options.out).value_or(analyzer::PictureFormat::svg);
  const analyzer::Figure made = analyzer::make_figure(figure_template, options.analysis, settings);
  const auto drawings =
      analyzer::draw({made.document}, figure_style(options), format, pixels_per_pixel(options));
  if (!drawings.front().error.empty())
    throw std::runtime_error(figure_template.name +
                             " cannot be drawn: " + plaintalk::terminal_safe(drawings.front().error));
  if (to_output) {
    write(drawings.front().picture, options.out);
  } else {
    analyzer::write_picture(options.out, format, drawings.front().picture);
    std::cout << plaintalk::terminal_safe(made.title) << '\n';
    for (const std::string& words : {made.sentence, made.why_empty})
      if (!words.empty()) std::cout << plaintalk::terminal_safe(words) << '\n';
    for (const std::string& note : made.notes) std::cout << plaintalk::terminal_safe(note) << '\n';
  }
  return 0;
}

// The page beside the summary, made again.
int write_page(const Options& options) {
  namespace fs = std::filesystem;
  std::error_code error;
  const fs::path folder = fs::is_directory(options.analysis, error)
                              ? fs::path(options.analysis)
                              : fs::path(options.analysis).parent_path();
  const std::string out = options.out.empty() ? (folder / analyzer::kPageName).string() : options.out;
  analyzer::PageOptions page_options;
  page_options.show_secrets = options.show_secrets;
  const analyzer::Page page = analyzer::make_page(options.analysis, page_options);
  if (out == "-") {
    write(page.html, out);
  } else {
    analyzer::write_page_file(out, page.html);
    std::cout << "written: " << plaintalk::terminal_safe(out) << '\n';
  }
  if (const std::string missing = analyzer::what_is_missing(page); !missing.empty())
    std::cerr << "plaintalk-report: " << plaintalk::terminal_safe(missing) << '\n';
  return 0;
}

// A description of a protocol against a capture.
int check_protocol(const Options& options) {
  const auto description = analyzer::load_description(options.analysis);
  const analyzer::ProtocolCheck check = analyzer::check_protocol(description, options.checked_capture);
  write(check.text, options.out);
  if (!check.damage.empty())
    std::cerr << "plaintalk-report: damaged input: " << plaintalk::terminal_safe(check.damage)
              << "; everything that could be read was looked at\n";
  if (check.misfit_count > 0 || check.connection_count == 0) return kExitDoesNotFit;
  return check.damage.empty() ? 0 : kExitDamagedInput;
}

int run(const Options& options) {
  if (options.is_wireshark()) return wireshark(options);
  if (options.is_page()) return write_page(options);
  if (options.is_check()) return check_protocol(options);
  if (options.list) {
    if (options.figure.empty()) list_templates();
    list_figures();
    return 0;
  }
  if (!options.figure.empty()) return figure(options);
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

// With --figure the only word is the analysis.
void settle_figure(Options& options) {
  if (!options.analysis.empty() && !options.name.empty())
    throw CLI::ValidationError(
        "with --figure there is no TEMPLATE: report --figure NAME ANALYSIS --out x.svg");
  if (options.analysis.empty()) options.analysis = options.name;
  if (options.analysis.empty() && !options.list)
    throw CLI::ValidationError("give the analysis as well: report --figure NAME ANALYSIS --out x.svg");
  for (const std::string* length : {&options.width, &options.height})
    if (!length->empty() && !analyzer::parse_length(*length))
      throw CLI::ValidationError(
          "'" + *length +
          "' is no size of a figure: write 160mm, 16cm, 6.3in or 800 for pixels, between "
          "200 and 10000 pixels (53 to 2645 mm)");
  if (!options.out.empty() && options.out != "-" && !analyzer::picture_format(options.out))
    throw CLI::ValidationError("a figure is written as .svg, .png or .pdf: give --out such an ending");
  if (options.show_template || options.describe_tables || options.install || options.format != "text")
    throw CLI::ValidationError(
        "--figure draws; --format, --show, --describe-tables and --install go without it");
}

void check_text_options(const Options& options) {
  const auto columns = plaintalk::parse_decimal<std::size_t>(options.width);
  if (!options.width.empty() && (!columns || *columns > 10'000))
    throw CLI::ValidationError("--width: '" + options.width + "' is no number of columns from 0 to 10000");
  if (!options.height.empty() || !options.font.empty() || options.font_size_pt > 0 || options.dark)
    throw CLI::ValidationError("--height, --font, --font-size and --dark go with --figure");
}

}  // namespace

int main(int argc, char** argv) {
  CLI::App app{"Runs a report template over an analysis made by plaintalk-analyze."};
  app.set_version_flag("--version", "plaintalk-report " PLAINTALK_VERSION);
  app.footer("A template is an SQL file; start your own from one that is built in: " +
             plaintalk::front_door("report --show TEMPLATE > mine.sql") +
             "\nExit status: 0 done; 1 failed; 2 wrong command line; of check-protocol also 3 all fits, but "
             "the capture "
             "is damaged;\n4 something does not fit.");
  Options options;
  app.add_option("TEMPLATE", options.name,
                 "name of a built-in template, or path of an .sql file; wireshark: print the Lua dissector; "
                 "html: make report.html again; check-protocol DESCRIPTION CAPTURE: which units do not fit a "
                 "description of analyze --protocol");
  app.add_option("ANALYSIS", options.analysis, "folder that plaintalk-analyze wrote, or its analysis.sqlite");
  app.add_option("CAPTURE", options.checked_capture,
                 "with check-protocol: the capture to hold the description against");
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
  app.add_option("--figure", options.figure,
                 "draw this figure instead of a report: name of a built-in one, or path of a .figure.toml")
      ->type_name("NAME");
  app.add_option("--width", options.width,
                 "fold text to so many columns; 0: one line a row (default: the terminal's, 0 for a pipe or "
                 "file); of "
                 "a figure its width, such as 160mm (the default) or 800 for pixels")
      ->type_name("N");
  app.add_option("--height", options.height, "height of a figure, such as 95mm (default: 0.6 of its width)")
      ->type_name("N");
  app.add_option("--font", options.font,
                 "font of a figure: names separated by commas, the first that is there")
      ->type_name("NAME");
  app.add_option("--font-size", options.font_size_pt, "size of a figure's letters in points (default: 8.25)")
      ->type_name("N")
      ->check(CLI::Range(4.0, 72.0));
  app.add_flag("--dark", options.dark, "draw a figure for a dark background");
  app.add_flag(
      "--install", options.install,
      "with wireshark instead of a template: put the dissector where Wireshark looks, for this user");
  app.add_flag("--show-secrets", options.show_secrets,
               "with html: show passwords and tokens, of an analysis made with --show-secrets");
  app.add_flag("--list", options.list, "list the built-in templates");
  app.add_flag("--show", options.show_template, "print the template instead of running it");
  app.add_flag("--describe-tables", options.describe_tables,
               "print what every column of every table means, as Markdown");
  try {
    app.parse(argc, argv);
    if (!options.figure.empty()) settle_figure(options);
    const bool needs_template = options.figure.empty() && !options.list && !options.describe_tables &&
                                !options.is_wireshark() && !options.is_check();
    if (options.figure.empty()) check_text_options(options);
    if (options.install && !options.is_wireshark())
      throw CLI::ValidationError("--install goes with wireshark: report wireshark --install");
    if (options.show_secrets && !options.is_page())
      throw CLI::ValidationError("--show-secrets goes with html: report html ANALYSIS --show-secrets");
    if (options.is_check() != !options.checked_capture.empty())
      throw CLI::ValidationError(
          "check-protocol takes a description and a capture, and nothing else takes a third: "
          "report check-protocol mine.toml capture.pcapng");
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
