// report.html of a small session: what is in it, and what must never be.
#include "analyzer/page/page.hpp"

#include <sys/stat.h>

#include "analyzer/page/html_text.hpp"
#include "analyzer/page/page_file.hpp"
#include "tests/analyzer_report/model.hpp"

namespace plaintalk::analyzer {
namespace {

std::size_t count_of(const std::string& text, const std::string& word) {
  std::size_t count = 0;
  for (std::size_t at = text.find(word); at != text.npos; at = text.find(word, at + 1)) ++count;
  return count;
}

bool has(const std::string& text, const std::string& word) { return text.find(word) != text.npos; }

std::string text_between(const std::string& text, const std::string& begin, const std::string& end) {
  const std::size_t at = text.find(begin);
  if (at == text.npos) return {};
  const std::size_t start = at + begin.size();
  return text.substr(start, text.find(end, start) - start);
}

// Analysed once; every test asks for its own page.
class PageOfASession : public testing::Test {
 protected:
  std::string analysed(bool show_secrets = false) {
    AnalysisOptions options = into(folder_ / (show_secrets ? "shown" : "masked"));
    options.show_secrets = show_secrets;
    analyse_bytes(session_capture(), options);
    return options.folder;
  }
  TemporaryFolder folder_;
};

TEST_F(PageOfASession, TellsTheStoryAndEverySection) {
  const std::string analysis = analysed();
  const Page page = make_page(analysis);
  EXPECT_EQ(what_is_missing(page), "");
  for (const std::string id :
       {"story", "ladder", "people", "listener", "delivery", "connections", "timeline", "findings"})
    EXPECT_EQ(count_of(page.html, "<h2 id=\"" + id + "\">"), 1u) << id;
  // The words are those of the summary.
  EXPECT_TRUE(has(read_text(analysis + "/summary.md"), "2 messages went in; 4 were due, 4 were seen."));
  EXPECT_TRUE(has(page.html, "2 messages went in; 4 were due, 4 were seen."));
  EXPECT_TRUE(has(page.html, "../../etc/passwd"));
  EXPECT_TRUE(has(page.html, "complete, SHA-256 as announced"));
  EXPECT_GE(count_of(page.html, "<svg aria-label=\""), 2u) << "the ladder and the graph";
  EXPECT_TRUE(has(page.html, "alice to bob, in #lab: 2 messages"));
  EXPECT_TRUE(has(page.html, "#lab 1: 2 copies"));
}

TEST_F(PageOfASession, IsTheSameEachTime) {
  const std::string analysis = analysed();
  EXPECT_EQ(make_page(analysis).html, make_page(analysis + "/analysis.sqlite").html);
}

TEST_F(PageOfASession, NeverHasSecretsThatWereNotAskedFor) {
  for (const bool shown : {false, true}) {
    const std::string html = make_page(analysed(shown)).html;
    EXPECT_TRUE(has(html, "******"));
    for (const std::string secret : {"tulip9", "K3V5", "=T7"}) EXPECT_FALSE(has(html, secret)) << secret;
  }
  const std::string html = make_page(folder_ / "shown", {.show_secrets = true}).html;
  for (const std::string secret : {"tulip9", "K3V5"}) EXPECT_TRUE(has(html, secret)) << secret;
  EXPECT_THROW(make_page(folder_ / "masked", {.show_secrets = true}), std::runtime_error);
}

TEST_F(PageOfASession, LetsNothingRunButItsOwnScriptAndAsksNobody) {
  const std::string html = make_page(analysed()).html;
  EXPECT_EQ(count_of(html, "<script"), 2u);
  const std::size_t last = html.rfind("<script>");
  ASSERT_NE(last, html.npos);
  const std::string script = html.substr(last + 8, html.rfind("</script>") - last - 8);
  const std::string policy = text_between(html, "Content-Security-Policy\" content=\"", "\"");
  EXPECT_TRUE(has(policy, "default-src 'none'; script-src " + policy_hash(script) + "; style-src " +
                              policy_hash(text_between(html, "<style>", "</style>"))))
      << policy;
  EXPECT_FALSE(has(policy, "unsafe"));
  const std::string body = html.substr(0, last);
  for (const std::string mark :
       {" style=\"", "<link", "<img", "<iframe", "src=\"", "href=\"http", "url(http", "<b>|"})
    EXPECT_FALSE(has(body, mark)) << mark;
  EXPECT_TRUE(has(body, escape_html("=HYPERLINK(\"http://x\") <b>|`")));
  EXPECT_FALSE(has(text_between(html, "id=\"data\">", "</script>"), "<"));
}

TEST_F(PageOfASession, IsWrittenWithTheAnalysisAndGoesWithIt) {
  AnalysisOptions options = into(folder_ / "a");
  options.make_page = [](const std::string& database) { return WrittenPage{make_page(database).html, ""}; };
  EXPECT_EQ(analyse_bytes(session_capture(), options).page_trouble, "");
  const std::string path = folder_ / "a/report.html";
  EXPECT_EQ(read_text(path), make_page(folder_ / "a").html) << "and made again it is the same";
  struct stat status {};
  ASSERT_EQ(::stat(path.c_str(), &status), 0);
  EXPECT_EQ(status.st_mode & 0777U, 0600U);
  EXPECT_TRUE(has(read_text(folder_ / "a/summary.md"), "`report.html`"));
  // Another analysis without a page leaves none of the one before.
  options.make_page = nullptr;
  analyse_bytes(session_capture(), options);
  EXPECT_FALSE(std::filesystem::exists(path));
  EXPECT_FALSE(has(read_text(folder_ / "a/summary.md"), "`report.html`"));
}

TEST_F(PageOfASession, ThatFailsLeavesTheTablesAndSaysSo) {
  AnalysisOptions options = into(folder_ / "a");
  options.make_page = [](const std::string&) -> WrittenPage { throw std::runtime_error("no ink"); };
  EXPECT_EQ(analyse_bytes(session_capture(), options).page_trouble, "report.html was left out: no ink");
  EXPECT_TRUE(std::filesystem::exists(folder_ / "a/analysis.sqlite"));
  EXPECT_FALSE(std::filesystem::exists(folder_ / "a/report.html"));
  EXPECT_FALSE(has(read_text(folder_ / "a/summary.md"), "`report.html`"));
}

TEST_F(PageOfASession, IsNotMadeForTablesAlone) {
  AnalysisOptions options = into(folder_ / "a");
  options.tables = {"messages"};
  options.make_page = [](const std::string&) -> WrittenPage { throw std::runtime_error("nobody asked"); };
  EXPECT_EQ(analyse_bytes(session_capture(), options).page_trouble, "");
}

TEST_F(PageOfASession, SaysThatTheCaptureIsSyntheticOrEmpty) {
  analyse_bytes(session_capture("synthetic: recorded by a test"), into(folder_ / "synthetic"));
  EXPECT_TRUE(has(make_page(folder_ / "synthetic").html, "<p class=\"warn\">Synthetic headers:"));
  SessionCapture nobody;
  nobody.finish();
  analyse_bytes(nobody.bytes, into(folder_ / "empty"));
  const std::string html = make_page(folder_ / "empty").html;
  EXPECT_TRUE(has(html, "This capture is empty"));
  EXPECT_TRUE(has(html, "No account was seen."));
}

// More rows than a page may have: which ones are there is said.
TEST_F(PageOfASession, StaysWithinItsBounds) {
  SessionCapture session;
  auto& alice = session.connect(1);
  alice.client_sent("LOGIN alice device=a1\n", session.step());
  alice.server_sent("OK user=alice device=a1 token=K3V5 guest=1\n", session.step());
  alice.client_sent("JOIN #lab\n", session.step());
  alice.server_sent("OK room=#lab members=1 last=0\n", session.step());
  for (int seq = 1; seq <= 320; ++seq) {
    const std::string number = std::to_string(seq);
    alice.client_sent("SAY #lab id=m" + number + " :text " + number + "\n", session.step());
    alice.server_sent("OK id=m" + number + " seq=" + number + " at=1\nMSG #lab " + number +
                          " alice 1 :text " + number + "\n",
                      session.step());
  }
  session.finish();
  analyse_bytes(session.bytes, into(folder_ / "long"));
  const std::string html = make_page(folder_ / "long").html;
  EXPECT_TRUE(has(html, "Without JavaScript the first 300 of 320 rows."));
  EXPECT_TRUE(has(text_between(html, "id=\"data\">", "</script>"), "text 320"));
  PageOptions tight;
  tight.figures.documents_size_max = 0;
  EXPECT_EQ(text_between(make_page(folder_ / "long", tight).html, "\"figures\":", "}}"), "{")
      << "no document has room";
  PageOptions hurried;
  hurried.figures.time = Nanoseconds::zero();
  const Page without = make_page(folder_ / "long", hurried);
  EXPECT_EQ(without.troubles.size(), 8U) << "each figure is named";
  EXPECT_TRUE(has(without.html, "there was no time left for it; plaintalk report --figure ladder draws it"));
  EXPECT_TRUE(has(without.html, "text 320")) << "the tables are there";
}

TEST(PageFile, ReplacesAPageAndNothingElse) {
  const TemporaryFolder folder;
  const std::string html = "<!doctype html>" + std::string(kPageMark) + "one";
  write_page_file(folder / "p.html", html);
  write_page_file(folder / "p.html", html + " again");
  EXPECT_EQ(read_text(folder / "p.html"), html + " again");
  write_text(folder / "mine.html", "my own page");
  EXPECT_THROW(write_page_file(folder / "mine.html", html), std::runtime_error);
  EXPECT_EQ(read_text(folder / "mine.html"), "my own page");
  EXPECT_THROW(write_page_file(folder / "no/such/p.html", html), std::runtime_error);
  const auto files =
      std::distance(std::filesystem::directory_iterator(folder / ""), std::filesystem::directory_iterator{});
  EXPECT_EQ(files, 2) << "nothing is left behind";
}

}  // namespace
}  // namespace plaintalk::analyzer
