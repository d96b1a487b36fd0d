#include "analyzer/page/story.hpp"

#include <algorithm>
#include <memory>
#include <string_view>

#include <cmark-gfm-core-extensions.h>
#include <cmark-gfm.h>

namespace plaintalk::analyzer {
namespace {

struct FreeParser {
  void operator()(cmark_parser* parser) const { cmark_parser_free(parser); }
};
struct FreeStoryNode {
  void operator()(cmark_node* node) const { cmark_node_free(node); }
};
struct FreeStoryText {
  void operator()(char* text) const { cmark_get_default_mem_allocator()->free(text); }
};

// CMARK_OPT_UNSAFE is not set: no raw HTML, no javascript: address.
constexpr int kOptions = CMARK_OPT_DEFAULT | CMARK_OPT_VALIDATE_UTF8;

// A picture or a link would be a request or a way out of the page. Our summary has none; a stranger's text in
// it shall not make one.
void take_references_out(cmark_node* root) {
  const std::unique_ptr<cmark_iter, void (*)(cmark_iter*)> nodes(cmark_iter_new(root), &cmark_iter_free);
  std::vector<cmark_node*> references;
  for (cmark_event_type event = cmark_iter_next(nodes.get()); event != CMARK_EVENT_DONE;
       event = cmark_iter_next(nodes.get())) {
    cmark_node* const node = cmark_iter_get_node(nodes.get());
    const bool refers =
        cmark_node_get_type(node) == CMARK_NODE_IMAGE || cmark_node_get_type(node) == CMARK_NODE_LINK;
    if (event == CMARK_EVENT_EXIT && refers) references.push_back(node);
  }
  for (cmark_node* const node : references) {
    while (cmark_node* const child = cmark_node_first_child(node)) cmark_node_insert_before(node, child);
    cmark_node_free(node);
  }
}

std::string html_of(std::string_view markdown) {
  cmark_gfm_core_extensions_ensure_registered();
  const std::unique_ptr<cmark_parser, FreeParser> parser(cmark_parser_new(kOptions));
  cmark_parser_attach_syntax_extension(parser.get(), cmark_find_syntax_extension("table"));
  cmark_parser_feed(parser.get(), markdown.data(), markdown.size());
  const std::unique_ptr<cmark_node, FreeStoryNode> document(cmark_parser_finish(parser.get()));
  take_references_out(document.get());
  const std::unique_ptr<char, FreeStoryText> text(
      cmark_render_html(document.get(), kOptions, cmark_parser_get_syntax_extensions(parser.get())));
  return text.get();
}

// A wide table scrolls in itself and not the page; so one can get to it by keyboard.
std::string with_scrolling_tables(std::string html, std::string_view title) {
  constexpr std::string_view kBegin = "<table>";
  constexpr std::string_view kEnd = "</table>";
  const std::string open =
      "<div class=\"scroll\" tabindex=\"0\" role=\"group\" aria-label=\"" + std::string(title) + "\"><table>";
  for (std::size_t at = html.find(kBegin); at != html.npos; at = html.find(kBegin, at + open.size()))
    html.replace(at, kBegin.size(), open);
  const std::string close = std::string(kEnd) + "</div>";
  for (std::size_t at = html.find(kEnd); at != html.npos; at = html.find(kEnd, at + close.size()))
    html.replace(at, kEnd.size(), close);
  return html;
}

}  // namespace

std::vector<StorySection> story_of(const std::string& summary_markdown) {
  std::vector<StorySection> sections;
  std::string_view rest = summary_markdown;
  while (!rest.empty()) {
    const std::size_t next = rest.find("\n## ", 1);
    std::string_view part = rest.substr(0, next);
    rest.remove_prefix(next == rest.npos ? rest.size() : next + 1);
    StorySection section;
    for (const std::string_view mark : {"## ", "# "}) {
      if (!part.starts_with(mark)) continue;
      const std::size_t end = std::min(part.find('\n'), part.size());
      section.title = part.substr(mark.size(), end - mark.size());
      part.remove_prefix(end);
      break;
    }
    section.html = with_scrolling_tables(html_of(part), section.title);
    sections.push_back(std::move(section));
  }
  return sections;
}

}  // namespace plaintalk::analyzer
