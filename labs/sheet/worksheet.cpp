#include "labs/sheet/worksheet.hpp"

#include <algorithm>
#include <memory>
#include <sstream>
#include <string_view>

#include <cmark-gfm.h>

#include "base/front_door.hpp"
#include "base/number.hpp"
#include "labs/files/text_file.hpp"

namespace plaintalk::labs {
namespace {

constexpr std::uintmax_t kSizeMax = 1U << 20;

struct FreeNode {
  void operator()(cmark_node* node) const { cmark_node_free(node); }
};
struct FreeText {
  void operator()(char* text) const { cmark_get_default_mem_allocator()->free(text); }
};
using Document = std::unique_ptr<cmark_node, FreeNode>;
using Text = std::unique_ptr<char, FreeText>;

// Raw HTML in a sheet stays out (CMARK_OPT_UNSAFE is not set): a lab may come from anybody.
constexpr int kOptions = CMARK_OPT_DEFAULT | CMARK_OPT_VALIDATE_UTF8;

Document parse(const std::string& markdown) {
  return Document(cmark_parse_document(markdown.data(), markdown.size(), kOptions));
}

constexpr std::string_view kStyle = R"(
:root{color-scheme:light dark;--text:#1a1a1a;--back:#fff;--quiet:#f1f1ee;--line:#8a8a85;--link:#0b57a4}
@media (prefers-color-scheme:dark){:root{--text:#ececea;--back:#161615;--quiet:#262624;--line:#8d8d88;--link:#8ec2ff}}
html{background:var(--back);color:var(--text);font:1.05rem/1.6 system-ui,sans-serif}
main{max-width:44rem;margin:0 auto;padding:1rem;overflow-wrap:break-word}
pre{background:var(--quiet);border-left:.25rem solid var(--line);padding:.6rem .8rem;white-space:pre-wrap;overflow-wrap:anywhere}
code{font-family:ui-monospace,monospace;font-size:.95em}
a{color:var(--link)}
h1,h2,h3{line-height:1.25}
blockquote{border-left:.25rem solid var(--line);margin-left:0;padding-left:.8rem}
@media print{html{font-size:11pt}pre{border:1px solid #888}h2,h3{break-after:avoid}}
)";

std::string escape_html(std::string_view text) {
  std::string safe;
  for (const char c : text) {
    switch (c) {
      case '&': safe += "&amp;"; break;
      case '<': safe += "&lt;"; break;
      case '>': safe += "&gt;"; break;
      case '"': safe += "&quot;"; break;
      default: safe += c;
    }
  }
  return safe;
}

std::string how_to_write(const Question& question) {
  switch (question.kind) {
    case AnswerKind::integer:
      return question.unit.empty() ? "a whole number" : "a whole number of " + question.unit;
    case AnswerKind::decimal: return question.unit.empty() ? "a number" : "a number, in " + question.unit;
    case AnswerKind::text: return "a word or a text";
    case AnswerKind::choice: return "the letter of your choice";
    case AnswerKind::set: return "all of them, with commas between";
    case AnswerKind::address: return "an address";
    case AnswerKind::packet: return "a packet number, as Wireshark shows it";
    case AnswerKind::bytes: return "bytes in hexadecimal, such as 48 65 6c";
    case AnswerKind::sha256: return "a SHA-256; its first 16 digits are enough";
    case AnswerKind::free_text: return "two to four sentences, read by a person";
  }
  return {};
}

// "{question 3}" -> the question.
std::string put_questions(const Lab& lab, std::string_view text, const Values& values) {
  constexpr std::string_view kMark = "{question ";
  std::string result;
  while (!text.empty()) {
    const std::size_t at = text.find(kMark);
    const std::size_t close = at == text.npos ? at : text.find('}', at);
    if (close == text.npos) break;
    result += text.substr(0, at);
    const std::string id(text.substr(at + kMark.size(), close - at - kMark.size()));
    const Question* question = lab.find(id);
    result +=
        question != nullptr ? question_markdown(lab, *question, values) : "(there is no question " + id + ')';
    text.remove_prefix(close + 1);
  }
  return result + std::string(text);
}

}  // namespace

std::string question_markdown(const Lab& lab, const Question& question, const Values& values) {
  std::string text = "**" + lab.id + '.' + question.id + "** " + fill_in(question.text, values) + "\n\n";
  if (!question.choices.empty()) {
    for (std::size_t place = 0; place < question.choices.size(); ++place)
      text += "- " + std::string(1, static_cast<char>('a' + place)) + ") " +
              fill_in(question.choices[place], values) + '\n';
    text += '\n';
  }
  const std::string points = std::to_string(question.points) + (question.points == 1 ? " point" : " points");
  return text + "*Answer: " + how_to_write(question) + ". " + points + ".*";
}

Values words_for(const Lab& lab, const std::string& student) {
  Values words = draw_variant(lab, student);
  if (student.empty()) {
    for (auto& [name, value] : words) {
      value.clear();
      for (const char c : name) value += c >= 'a' && c <= 'z' ? static_cast<char>(c - 'a' + 'A') : c;
    }
    words["student"] = "YOUR-ID";
  }
  words["plaintalk"] = front_door("");
  words["plaintalk"].pop_back();  // the blank before the words that are not there
  words["lab"] = lab.id;
  return words;
}

unsigned count_steps(const std::string& markdown) {
  unsigned last = 0;
  bool is_doing = false;
  std::istringstream lines(markdown);
  for (std::string line; std::getline(lines, line);) {
    if (line.starts_with("## ")) is_doing = line.starts_with("## Do");
    const std::size_t dot = line.find(". ");
    if (!is_doing || dot == line.npos) continue;
    if (const auto number = parse_decimal<unsigned>(std::string_view(line).substr(0, dot)))
      last = std::max(last, *number);
  }
  return last;
}

std::string read_worksheet(const Lab& lab, const Values& values) {
  const std::string text = read_text_file(lab.folder / "worksheet.md", kSizeMax);
  return fill_in(put_questions(lab, text, values), values);
}

std::string markdown_to_text(const std::string& markdown, int width) {
  const Document document = parse(markdown);
  const Text text(cmark_render_plaintext(document.get(), kOptions, width));
  return text.get();
}

std::string markdown_to_html(const std::string& markdown, const std::string& title) {
  const Document document = parse(markdown);
  const Text body(cmark_render_html(document.get(), kOptions, nullptr));
  return "<!doctype html>\n<html lang=\"en\">\n<head>\n<meta charset=\"utf-8\">\n"
         "<meta name=\"viewport\" content=\"width=device-width, initial-scale=1\">\n<title>" +
         escape_html(title) + "</title>\n<style>" + std::string(kStyle) +
         "</style>\n</head>\n<body>\n<main>\n" + body.get() + "</main>\n</body>\n</html>\n";
}

}  // namespace plaintalk::labs
