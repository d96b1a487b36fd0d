#include <gtest/gtest.h>

#include "analyzer/report/render_report.hpp"
#include "analyzer/report/report_query.hpp"
#include "tests/analyzer_report/model.hpp"

namespace plaintalk::analyzer {
namespace {

class Reports : public testing::Test {
 protected:
  static void SetUpTestSuite() {
    folder = new TemporaryFolder;
    analyse_bytes(session_capture(), into(*folder / "filled"));
    SessionCapture empty;
    empty.finish();
    analyse_bytes(empty.bytes, into(*folder / "empty"));
  }
  static void TearDownTestSuite() { delete folder; }
  static Report run(const std::string& sql, const std::string& analysis = "filled") {
    return run_report(parse_template("mine", sql), *folder / analysis);
  }
  static std::string error_of(const std::string& sql) {
    try {
      run(sql);
    } catch (const std::runtime_error& error) {
      return error.what();
    }
    return "";
  }
  static TemporaryFolder* folder;
};
TemporaryFolder* Reports::folder = nullptr;

TEST_F(Reports, EveryTemplateRunsOnAnEmptyAndOnAFilledAnalysis) {
  ASSERT_GE(builtin_templates().size(), 8u);
  for (const BuiltinTemplate& builtin : builtin_templates()) {
    SCOPED_TRACE(builtin.name);
    const ReportTemplate report_template = load_template(std::string(builtin.name));
    EXPECT_NE(report_template.title, report_template.name) << "it has a title";
    EXPECT_FALSE(report_template.description.empty());
    const Report filled = run_report(report_template, *folder / "filled");
    // In a session without trouble there is none to report.
    EXPECT_EQ(filled.rows.empty(), builtin.name == "tcp-events");
    const Report empty = run_report(report_template, *folder / "empty");
    EXPECT_EQ(empty.columns, filled.columns);
    for (const Report* report : {&filled, &empty}) {
      EXPECT_FALSE(render_csv(*report).empty());
      EXPECT_FALSE(render_markdown(*report).empty());
      EXPECT_FALSE(render_text(*report).empty());
    }
  }
}

TEST_F(Reports, TellTheStoryOfTheSession) {
  const std::string routing = render_csv(run_report(load_template("routing"), *folder / "filled"));
  EXPECT_NE(routing.find("\n#lab,1,alice,"), std::string::npos) << routing;
  EXPECT_NE(routing.find(",2,2,\"alice (packet "), std::string::npos) << routing;
  const std::string credentials = render_csv(run_report(load_template("credentials"), *folder / "filled"));
  EXPECT_NE(credentials.find("plaintalk,alice,register-password,******,yes"), std::string::npos)
      << credentials;
  const std::string files = render_csv(run_report(load_template("file-transfers"), *folder / "filled"));
  EXPECT_NE(files.find("identical to what was announced"), std::string::npos) << files;
  const std::string summary = render_text(run_report(load_template("task2-summary"), *folder / "filled"));
  EXPECT_NE(summary.find("copies delivered                 4"), std::string::npos) << summary;
}

// Goal: the rate of each way of a file, counted by hand.
// Method: steps of 5 ms. Up: 2048 bytes, the ACK, 2048 bytes: 4 KiB in 10 ms. bob's download: two halves one
// step apart, 4 KiB in 5 ms; carol's comes in one packet, which takes no time that could be measured.
TEST(FileTransfers, GivesEveryUploadAndDownloadItsOwnRate) {
  const std::string half(2048, 'h');
  SessionCapture session;
  auto& alice = session.connect(1);
  auto& bob = session.connect(2);
  auto& carol = session.connect(3);
  for (auto& [who, name] : {std::pair(&alice, "alice"), std::pair(&bob, "bob"), std::pair(&carol, "carol")}) {
    who->client_sent("LOGIN " + std::string(name) + "\n", session.step());
    who->server_sent("OK user=" + std::string(name) + " device=d token=T guest=1\n", session.step());
  }
  alice.client_sent("PUT notes.txt 4096 to=@bob\n", session.step());
  alice.server_sent("OK file=f1 next=0 chunk=16384 credit=262144\n", session.step());
  alice.client_sent(counted("DATA f1 0", half), session.step());
  alice.server_sent("ACK f1 2048\n", session.step());
  alice.client_sent(counted("DATA f1 2048", half), session.step());
  alice.server_sent("ACK f1 4096\n", session.step());
  alice.client_sent("DONE f1\n", session.step());
  alice.server_sent("OK file=f1 verified=1\n", session.step());
  for (auto* who : {&bob, &carol}) {
    who->client_sent("GET f1 from=0\n", session.step());
    who->server_sent("OK file=f1 size=4096 sha256=00 from=0 :notes.txt\n", session.step());
  }
  bob.server_sent(counted("DATA f1 0", half), session.step());
  bob.server_sent(counted("DATA f1 2048", half), session.step());
  carol.server_sent(counted("DATA f1 0", "tiny"), session.step());
  bob.server_sent("DONE f1 00\n", session.step());
  session.finish();
  const TemporaryFolder folder;
  analyse_bytes(session.bytes, into(folder / "a"));
  const Report report = run_report(load_template("file-transfers"), folder / "a");
  const auto column = [&](std::string_view name) {
    const auto found = std::find(report.columns.begin(), report.columns.end(), name);
    return static_cast<std::size_t>(found - report.columns.begin());
  };
  std::vector<std::string> rows;
  for (const auto& row : report.rows)
    rows.push_back(row.at(column("way")).text + ' ' + row.at(column("user")).text + ' ' +
                   row.at(column("bytes")).text + ' ' + row.at(column("ms")).text + ' ' +
                   row.at(column("kib_per_s")).text + ' ' + row.at(column("to_its_end")).text);
  EXPECT_EQ(rows, (std::vector<std::string>{"upload alice 4096 10 400 yes", "download bob 4096 5 800 yes",
                                            "download carol 4 0  no"}));
}

TEST_F(Reports, AreSafeInEveryFormat) {
  const Report report = run_report(load_template("conversation"), *folder / "filled");
  for (const std::string& text : {render_csv(report), render_markdown(report), render_text(report)}) {
    EXPECT_EQ(text.find('\x1b'), text.npos);
    EXPECT_EQ(text.find('\x01'), text.npos);
  }
  EXPECT_NE(render_csv(report).find("\"'=HYPERLINK"), std::string::npos);
  EXPECT_EQ(render_markdown(report).find("<b>"), std::string::npos);
  EXPECT_EQ(render_text(report).find("\xe2\x80\xae"), std::string::npos);
}

// Goal: no template can keep the program busy, or fill the memory, for ever.
// Method: endless and huge queries; the clock is passed a limit that is over at once.
TEST_F(Reports, AreStoppedWhenTheyDoNotEnd) {
  const auto error_of_limited = [](const std::string& sql, const ReportLimits& limits) -> std::string {
    try {
      run_report(parse_template("mine", sql), *folder / "filled", limits);
    } catch (const std::runtime_error& error) {
      return error.what();
    }
    return "";
  };
  const std::string endless = "WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n) SELECT ";
  ReportLimits limits;
  limits.time = Nanoseconds(1);
  EXPECT_NE(error_of_limited(endless + "max(i) FROM n", limits).find("--time-limit"), std::string::npos);
  limits = {.time = Nanoseconds::zero(), .row_count_max = 1000, .size_max = 1 << 20};
  EXPECT_NE(error_of_limited(endless + "i FROM n", limits).find("more than 1000 rows"), std::string::npos);
  limits.row_count_max = 1'000'000;
  EXPECT_NE(error_of_limited(endless + "hex(zeroblob(9999)) FROM n", limits).find("more than 1 MiB"),
            std::string::npos);
  EXPECT_NE(error_of_limited("SELECT hex(zeroblob(60000000))", limits), "");
}

TEST_F(Reports, TakeParameters) {
  ReportTemplate conversation = load_template("conversation");
  ASSERT_EQ(conversation.parameters.size(), 1u);
  conversation.parameters[0].value = "#other";
  EXPECT_TRUE(run_report(conversation, *folder / "filled").rows.empty());
  conversation.parameters[0].value = "#lab";
  EXPECT_EQ(run_report(conversation, *folder / "filled").rows.size(), 2u);
}

TEST_F(Reports, MayOnlyRead) {
  const std::string before = read_text(*folder / "filled/analysis.sqlite");
  for (const std::string sql :
       {"ATTACH 'x.db' AS x", "DELETE FROM messages", "INSERT INTO messages (room) VALUES ('x')",
        "PRAGMA journal_mode = WAL", "CREATE TEMP TABLE t (a)", "DROP TABLE messages",
        "VACUUM INTO 'copy.db'", "SELECT load_extension('x.so')",
        "UPDATE messages SET room = 'x' RETURNING room"}) {
    EXPECT_NE(error_of(sql), "") << sql;
  }
  EXPECT_EQ(read_text(*folder / "filled/analysis.sqlite"), before);
  EXPECT_FALSE(std::filesystem::exists("copy.db"));
}

TEST_F(Reports, NameTheLineOfAMistake) {
  EXPECT_NE(
      error_of("-- title: x\nSELECT\n  absent\nFROM messages").find("mine, line 3: no such column: absent"),
      std::string::npos)
      << error_of("-- title: x\nSELECT\n  absent\nFROM messages");
  EXPECT_NE(error_of("-- title: only\n").find("no query"), std::string::npos);
  EXPECT_NE(error_of("SELECT 1;\nSELECT 2;").find("line 1"), std::string::npos);
  EXPECT_EQ(error_of("SELECT 1;\n-- the end\n"), "");
}

TEST_F(Reports, SayWhatIsWrongWithTheAnalysis) {
  EXPECT_THROW(run_report(load_template("latency"), *folder / "nowhere"), std::runtime_error);
  write_text(*folder / "junk.sqlite",
             "not a database, just some text that is long enough to be looked at as one");
  EXPECT_THROW(run_report(load_template("latency"), *folder / "junk.sqlite"), std::runtime_error);
  EXPECT_THROW(load_template("no-such-template"), std::runtime_error);
}

TEST(Templates, ReadTheirLeadingComments) {
  const auto report_template =
      parse_template("t",
                     "-- title: A title\n-- description: one\n-- description: two\n-- parameter: room = #lab "
                     ": which room\n\nSELECT 1 -- title: no\n");
  EXPECT_EQ(report_template.title, "A title");
  EXPECT_EQ(report_template.description, "one two");
  ASSERT_EQ(report_template.parameters.size(), 1u);
  EXPECT_EQ(report_template.parameters[0].name, "room");
  EXPECT_EQ(report_template.parameters[0].value, "#lab");
  EXPECT_EQ(report_template.parameters[0].description, "which room");
  EXPECT_THROW(parse_template("t", "-- parameter: ROOM\nSELECT 1"), std::runtime_error);
}

TEST(RenderReport, AlignsTextAndMarksNumbersInMarkdown) {
  const Report report{
      "T", "", {"name", "n"}, {{{false, "alice"}, {true, "7"}}, {{false, "b|b"}, {true, "12"}}}};
  EXPECT_EQ(render_text(report), "T\n\nname    n\n-----  --\nalice   7\nb|b    12\n");
  EXPECT_EQ(render_markdown(report), "# T\n\n| name | n |\n|---|---:|\n| alice | 7 |\n| b\\|b | 12 |\n");
  EXPECT_EQ(render_csv(report), "name,n\nalice,7\nb|b,12\n");
}

}  // namespace
}  // namespace plaintalk::analyzer
