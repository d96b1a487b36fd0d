#include <algorithm>
#include <array>
#include <cctype>

#include "tests/tidy/tidy.hpp"

namespace plaintalk::tidy {
namespace {

struct Ban {
  std::string word;
  std::string_view why;
};

// Written in pieces, so that this file does not break its own rules.
const std::array kBannedAnywhere = {
    Ban{"FIX"
        "ME",
        "finish it or open an issue"},
    Ban{"/wor"
        "k/",
        "a path of one machine"},
};

const std::array kBannedInCode = {
    Ban{"std::endl", "write '\\n'; flush where it matters"},
    Ban{"using namespace", "name what is used"},
    Ban{"atoi", "use parse_decimal()"},
    Ban{"atol", "use parse_decimal()"},
    Ban{"sprintf", "use std::snprintf"},
    Ban{"strcpy", "no bounds"},
    Ban{"strcat", "no bounds"},
    Ban{"gets", "no bounds"},
};

// Where the headers of a library may be included; nowhere else, tests apart.
struct ThirdParty {
  std::string_view header;
  std::vector<std::string_view> folders;
};
const std::array kThirdParty = {
    ThirdParty{"zlib.h", {"capture/compressed/"}},
    ThirdParty{"zstd.h", {"capture/compressed/"}},
    ThirdParty{"lz4", {"capture/compressed/"}},
    ThirdParty{"boost/", {"messenger/net/", "messenger/client/", "labs/relay/", "analyzer/web/"}},
    ThirdParty{"pcap", {"capture/live/"}},
    ThirdParty{"openssl/", {"base/crypto/", "messenger/net/"}},
    ThirdParty{"sqlite3.h", {"base/sqlite/", "analyzer/report/"}},
    ThirdParty{"histedit.h", {"messenger/client/"}},
    ThirdParty{"re2/", {"analyzer/protocols/"}},
    ThirdParty{"libmnl/", {"labs/session/"}},
    ThirdParty{"jsc/", {"analyzer/draw/"}},
    ThirdParty{"cairo", {"analyzer/draw/"}},
    ThirdParty{"librsvg/", {"analyzer/draw/"}},
};
// These hold for themselves what the design says of them: no third-party code at all.
constexpr std::array<std::string_view, 6> kPureFolders = {
    "base/", "protocol/", "messenger/core/", "analyzer/wire/", "analyzer/stream/", "analyzer/talk/"};
constexpr std::array<std::string_view, 5> kThirdPartyPrefixes = {"boost/", "fmt/", "CLI/", "nlohmann/",
                                                                 "toml++/"};

bool is_word_character(char c) { return std::isalnum(static_cast<unsigned char>(c)) != 0 || c == '_'; }

bool has_word(std::string_view line, std::string_view word) {
  for (std::size_t at = line.find(word); at != line.npos; at = line.find(word, at + 1)) {
    const bool starts = at == 0 || !is_word_character(line[at - 1]) || !is_word_character(word.front());
    const std::size_t end = at + word.size();
    const bool ends = end == line.size() || !is_word_character(line[end]) || !is_word_character(word.back());
    if (starts && ends) return true;
  }
  return false;
}

// A to-do without its issue, such as (#12).
bool has_unfinished_mark(std::string_view line) {
  constexpr std::string_view kMark =
      "TO"
      "DO";
  for (std::size_t at = line.find(kMark); at != line.npos; at = line.find(kMark, at + 1)) {
    const std::string_view rest = line.substr(at + kMark.size());
    const bool alone =
        (at == 0 || !is_word_character(line[at - 1])) && (rest.empty() || !is_word_character(rest.front()));
    const bool has_issue =
        rest.size() > 3 && rest.starts_with("(#") && std::isdigit(static_cast<unsigned char>(rest[2])) != 0;
    if (alone && !has_issue) return true;
  }
  return false;
}

// Calls `visit(line number, line)` for each line.
template <typename Visit>
void for_each_line(std::string_view text, Visit visit) {
  std::size_t number = 1;
  while (!text.empty()) {
    const std::size_t end = std::min(text.find('\n'), text.size());
    visit(number++, text.substr(0, end));
    text.remove_prefix(std::min(end + 1, text.size()));
  }
}

bool is_cpp(std::string_view path) { return path.ends_with(".cpp") || path.ends_with(".hpp"); }

// The end of a literal or comment that starts at `at`, past its closing mark.
std::size_t end_of_literal(std::string_view text, std::size_t at) {
  if (text.substr(at, 2) == "//") return std::min(text.find('\n', at), text.size());
  if (text.substr(at, 2) == "/*") return std::min(text.find("*/", at + 2), text.size() - 2) + 2;
  if (text.substr(at, 2) == "R\"") {
    const std::size_t open = text.find('(', at);
    if (open == text.npos) return text.size();
    const std::string close = ')' + std::string(text.substr(at + 2, open - at - 2)) + '"';
    const std::size_t found = text.find(close, open);
    return found == text.npos ? text.size() : found + close.size();
  }
  const char quote = text[at];
  for (++at; at < text.size() && text[at] != quote && text[at] != '\n'; ++at) {
    if (text[at] == '\\') ++at;
  }
  return std::min(at + 1, text.size());
}

}  // namespace

std::string code_only(std::string_view text) {
  std::string code(text);
  for (std::size_t at = 0; at < text.size(); ++at) {
    const std::string_view two = text.substr(at, 2);
    const bool inside_word = at > 0 && is_word_character(text[at - 1]);
    const bool digit_separator = text[at] == '\'' && inside_word;
    const bool raw = two == "R\"" && !inside_word;
    if (two != "//" && two != "/*" && !raw && text[at] != '"' && (text[at] != '\'' || digit_separator))
      continue;
    const std::size_t end = end_of_literal(text, at);
    for (std::size_t inside = at; inside < end; ++inside) {
      if (code[inside] != '\n') code[inside] = ' ';
    }
    at = end - 1;
  }
  return code;
}

void check_words(const std::string& path, std::string_view text, std::vector<Problem>& problems) {
  for_each_line(text, [&](std::size_t number, std::string_view line) {
    for (const Ban& ban : kBannedAnywhere) {
      if (line.find(ban.word) != line.npos)
        problems.push_back({path, number, ban.word + " is banned: " + std::string(ban.why)});
    }
    if (has_unfinished_mark(line))
      problems.push_back({path, number, "a to-do without its issue, such as (#12)"});
  });
  if (!is_cpp(path)) return;
  const bool is_main = path.ends_with("_main.cpp");
  const std::string code = code_only(text);
  for_each_line(code, [&](std::size_t number, std::string_view line) {
    for (const Ban& ban : kBannedInCode) {
      if (has_word(line, ban.word))
        problems.push_back({path, number, ban.word + " is banned: " + std::string(ban.why)});
    }
    if (!is_main && (has_word(line, "argv") || has_word(line, "int main(")))
      problems.push_back({path, number, "only *_main.cpp has a main() and reads argv"});
  });
}

bool may_include_third_party(std::string_view path, std::string_view header) {
  if (path.starts_with("tests/")) return true;
  for (const ThirdParty& library : kThirdParty) {
    if (!header.starts_with(library.header)) continue;
    return std::any_of(library.folders.begin(), library.folders.end(), [path](std::string_view folder) {
      return path.starts_with(folder) || path.ends_with(folder);
    });
  }
  const auto starts = [](std::string_view text) {
    return [text](std::string_view prefix) { return text.starts_with(prefix); };
  };
  const bool pure = std::any_of(kPureFolders.begin(), kPureFolders.end(), starts(path));
  const bool third_party =
      std::any_of(kThirdPartyPrefixes.begin(), kThirdPartyPrefixes.end(), starts(header));
  return !(pure && third_party) || path.ends_with("_main.cpp");
}

}  // namespace plaintalk::tidy
