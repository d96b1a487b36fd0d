#include "analyzer/check/word_rules.hpp"

#include <algorithm>
#include <map>
#include <optional>
#include <set>
#include <string_view>
#include <tuple>

#include "analyzer/check/known_words.hpp"
#include "analyzer/check/toml_text.hpp"
#include "base/text.hpp"

namespace plaintalk::analyzer {
namespace {

constexpr std::size_t kWordCountMax = 6;

// The places where words begin, at most kWordCountMax of them.
std::vector<std::size_t> word_places(std::string_view unit, char separator) {
  std::vector<std::size_t> places;
  std::size_t at = 0;
  while (places.size() < kWordCountMax) {
    while (separator == ' ' && at < unit.size() && unit[at] == ' ') ++at;
    if (at >= unit.size()) break;
    places.push_back(at);
    const std::size_t end = unit.find(separator, at);
    if (end == unit.npos) break;
    at = end + 1;
  }
  return places;
}

std::string_view word_at(std::string_view unit, const std::vector<std::size_t>& places, std::size_t index,
                         char separator) {
  if (index >= places.size()) return {};
  return unit.substr(places[index], unit.find(separator, places[index]) - places[index]);
}

bool looks_like_verb(std::string_view word) {
  return !word.empty() && word.size() <= 24 && std::ranges::all_of(word, [](char c) {
    return (c >= 'A' && c <= 'Z') || (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c == '_' ||
           c == '-' || c == '/' || c == '+';
  });
}

// How many units of the clients have a first word that others have too, and further words.
std::size_t verb_count(const std::vector<UnitSample>& conversations, char separator) {
  std::map<std::string_view, std::size_t> words;
  std::size_t with_more = 0;
  for (const UnitSample& conversation : conversations)
    for (const std::string& unit : conversation.client) {
      const auto places = word_places(unit, separator);
      const std::string_view word = word_at(unit, places, 0, separator);
      if (!looks_like_verb(word) || places.size() < 2) continue;
      ++words[word];
      ++with_more;
    }
  return words.size() * 2 <= with_more + 2 ? with_more : 0;
}

struct Verb {
  std::size_t count = 0;
  std::size_t first = 0;  // units that began a conversation
  std::size_t words_min = kWordCountMax;
};
using Verbs = std::map<std::string, Verb>;

struct Route {  // the text of a client's command came out again
  std::string in_verb;
  std::size_t in_word = 0;  // from which it begins, from 0
  std::string out_verb;
  std::size_t out_word = 0;
  std::size_t count = 0;
  std::optional<std::size_t> in_room;  // words of the same value in both
  std::optional<std::size_t> out_room;
  std::optional<std::size_t> out_user;
};

class WordEvidence {
 public:
  WordEvidence(const std::vector<UnitSample>& conversations, char separator)
      : conversations_(conversations), separator_(separator) {
    for (const UnitSample& conversation : conversations) {
      for (std::size_t i = 0; i < conversation.client.size(); ++i)
        count(conversation.client[i], client, i == 0);
      for (std::size_t i = 0; i < conversation.server.size(); ++i)
        count(conversation.server[i], server, i == 0);
    }
  }

  std::optional<Route> route() const {
    // Ends of the server's units, and where they begin.
    std::map<std::string_view, std::set<std::pair<std::string_view, std::size_t>>> tails;
    constexpr std::size_t kTailCountMax = 20'000;
    for (const UnitSample& conversation : conversations_)
      for (const std::string& unit : conversation.server) {
        const auto places = word_places(unit, separator_);
        for (std::size_t word = 1; word < places.size() && tails.size() < kTailCountMax; ++word)
          tails[std::string_view(unit).substr(places[word])].insert(
              {word_at(unit, places, 0, separator_), word});
      }
    std::map<std::tuple<std::string_view, std::size_t, std::string_view, std::size_t>, std::size_t> hits;
    for (const UnitSample& conversation : conversations_)
      for (const std::string& unit : conversation.client) {
        const auto places = word_places(unit, separator_);
        for (std::size_t word = 1; word < places.size(); ++word) {
          const std::string_view tail = std::string_view(unit).substr(places[word]);
          const auto found = tail.size() < 2 ? tails.end() : tails.find(tail);
          if (found == tails.end()) continue;
          for (const auto& [verb, place] : found->second)
            if (looks_like_verb(verb)) ++hits[{word_at(unit, places, 0, separator_), word, verb, place}];
        }
      }
    Route best;
    for (const auto& [key, times] : hits) {
      const auto& [in_verb, in_word, out_verb, out_word] = key;
      if (!known_meaning(in_verb).empty()) continue;  // a JOIN is announced as well
      if (times < best.count || (times == best.count && in_word >= best.in_word)) continue;
      best = {std::string(in_verb), in_word, std::string(out_verb), out_word, times, {}, {}, {}};
    }
    if (best.count == 0) return std::nullopt;
    find_places(best);
    return best;
  }

  Verbs client;
  Verbs server;

 private:
  void count(std::string_view unit, Verbs& verbs, bool is_first) const {
    constexpr std::size_t kVerbCountMax = 40;
    const auto places = word_places(unit, separator_);
    const std::string word(word_at(unit, places, 0, separator_));
    if (!looks_like_verb(word) || (verbs.size() >= kVerbCountMax && !verbs.contains(word))) return;
    Verb& verb = verbs[word];
    ++verb.count;
    verb.first += std::size_t{is_first};
    verb.words_min = std::min(verb.words_min, places.size());
  }

  // Which word in front of the text is the same in command and copy, and which is somebody's name.
  void find_places(Route& route) const {
    std::set<std::string_view> names;
    for (const UnitSample& conversation : conversations_)
      for (const std::string& unit : conversation.client) {
        const auto places = word_places(unit, separator_);
        if (known_meaning(word_at(unit, places, 0, separator_)) == "login")
          names.insert(word_at(unit, places, 1, separator_));
      }
    std::map<std::string_view, std::string_view> rooms;  // of a text
    for (const UnitSample& conversation : conversations_)
      for (const std::string& unit : conversation.client) {
        const auto places = word_places(unit, separator_);
        if (word_at(unit, places, 0, separator_) == route.in_verb && route.in_word == 2 && places.size() > 2)
          rooms[std::string_view(unit).substr(places[2])] = word_at(unit, places, 1, separator_);
      }
    for (const UnitSample& conversation : conversations_)
      for (const std::string& unit : conversation.server) {
        const auto places = word_places(unit, separator_);
        if (word_at(unit, places, 0, separator_) != route.out_verb || places.size() <= route.out_word)
          continue;
        const auto room = rooms.find(std::string_view(unit).substr(places[route.out_word]));
        for (std::size_t word = 1; word < route.out_word; ++word) {
          const std::string_view value = word_at(unit, places, word, separator_);
          if (names.contains(value)) {
            route.out_user = word;
          } else if (room != rooms.end() && room->second == value) {
            route.in_room = 1;
            route.out_room = word;
          }
        }
      }
  }

  const std::vector<UnitSample>& conversations_;
  char separator_;
};

std::string rule_head(std::string_view from, const std::string& verb, std::string_view is,
                      const std::string& why) {
  return "\n# " + why + "\n[[rule]]\nfrom = \"" + std::string(from) +
         "\"\nwhen = { verb = " + toml_text(verb) + " }\nis = \"" + std::string(is) + "\"\n";
}

std::string word_field(std::string_view name, std::size_t word) {
  return std::string(name) + " = { word = " + std::to_string(word + 1) + " }\n";
}

std::string rules_of_commands(const std::vector<UnitSample>& conversations, char separator) {
  const WordEvidence evidence(conversations, separator);
  const auto route = evidence.route();
  std::string toml = "# Units begin with a word that says what they are.\n";
  if (separator != ' ') toml += "[split]\nwords = " + toml_text(std::string_view(&separator, 1)) + "\n\n";
  toml += "[fields]\nverb = { word = 1 }\nsecond = { word = 2 }\nthird = { word = 3 }\n";
  if (route) {
    toml += "said = { from_word = " + std::to_string(route->in_word + 1) + " }\n";
    toml += "copy = { from_word = " + std::to_string(route->out_word + 1) + " }\n";
    if (route->out_user) toml += word_field("sender", *route->out_user);
    if (route->out_room) toml += word_field("copy_room", *route->out_room);
  }
  if (!route || !route->out_room)
    toml += "\n# No word was found that names a room: all are in one.\n[rooms]\neveryone = \"chat\"\n";
  for (const auto& [verb, seen] : evidence.client) {
    const std::string known = known_meaning(verb);
    const std::string count = plural(seen.count, "unit");
    if (route && verb == route->in_verb) {
      toml += rule_head("client", verb, "message",
                        count + "; what stands from word " + std::to_string(route->in_word + 1) +
                            " on came out of the server again, " + std::to_string(route->count) + " times");
      if (route->in_room) toml += "room = \"second\"\n";
      toml += "text = \"said\"\n";
    } else if (known == "login") {
      toml += rule_head("client", verb, "login", count + ", by its name") + "user = \"second\"\n";
      if (seen.words_min >= 3) toml += "secret = \"third\"  # always there\n";
    } else if ((known == "join" || known == "leave") && seen.words_min >= 2) {
      toml += rule_head("client", verb, known, count + ", by its name") + "room = \"second\"\n";
    } else {
      toml += rule_head("client", verb, "nothing", count + "; what it means is not known");
    }
  }
  for (const auto& [verb, seen] : evidence.server) {
    const std::string known = known_meaning(verb);
    const std::string count = plural(seen.count, "unit");
    if (route && verb == route->out_verb) {
      toml += rule_head(
          "server", verb, "delivery",
          count + "; from word " + std::to_string(route->out_word + 1) + " on what a client had said");
      if (route->out_room) toml += "room = \"copy_room\"\n";
      if (route->out_user) toml += "user = \"sender\"\n";
      toml += "text = \"copy\"\n";
    } else if (known == "accepted" || known == "refused" || known == "ack") {
      toml += rule_head("server", verb, known, count + ", by its name");
    } else {
      toml += rule_head("server", verb, "nothing", count + "; what it means is not known");
    }
  }
  return toml;
}

// "alice: hello" of a chat in which everybody gets everything.
std::string rules_of_lines(const std::vector<UnitSample>& conversations) {
  const auto name_of = [](std::string_view unit) {
    const std::size_t end = unit.find(": ");
    const std::string_view name = unit.substr(0, end == unit.npos ? 0 : end);
    return looks_like_verb(name) ? name : std::string_view();
  };
  std::size_t named = 0;
  std::size_t all = 0;
  std::size_t names_first = 0;
  std::size_t own = 0;
  std::set<std::string_view> said;
  for (const UnitSample& conversation : conversations) {
    std::string_view name;
    for (const std::string& unit : conversation.client) {
      ++all;
      if (name_of(unit).empty()) continue;
      name = name_of(unit);
      ++named;
      said.insert(unit);
    }
    names_first +=
        std::size_t{!conversation.client.empty() && !name.empty() && conversation.client.front() == name};
    for (const std::string& unit : conversation.server)
      own += std::size_t{!name.empty() && name_of(unit) == name};
  }
  if (named * 3 < all || named == 0)
    return "# What the units mean could not be told: add [fields] and [[rule]] (docs/PROTOCOLS.md).\n";
  std::size_t copies = 0;
  for (const UnitSample& conversation : conversations)
    for (const std::string& unit : conversation.server) copies += std::size_t{said.contains(unit)};
  std::string toml = "# " + std::to_string(named) + " of " + plural(all, "unit") +
                     " of the clients are NAME: TEXT, and the server sent " + std::to_string(copies) +
                     " copies" + ".\n";
  toml += "[fields]\nname = { regex = '^([A-Za-z0-9_-]+): ' }\n\n[rooms]\neveryone = \"chat\"\n";
  toml += std::string("echo = ") + (own > 0 ? "true  # senders got their own messages back\n" : "false\n");
  if (names_first > 0)
    toml += "\n# In " + plural(names_first, "connection") +
            " the first unit is the name that its messages bear.\n[[rule]]\nfrom = \"client\"\nwhen = { "
            "number = 1 }\nis = "
            "\"login\"\nuser = \"unit\"\n";
  for (const std::string_view from : {"client", "server"})
    toml += "\n[[rule]]\nfrom = \"" + std::string(from) +
            "\"\nwhen = { unit = { matches = '^[A-Za-z0-9_-]+: ' } }\nis = \"" +
            (from == "client" ? "message" : "delivery") + "\"\nuser = \"name\"\ntext = \"unit\"\n";
  return toml + "\n# Announcements and the like.\n[[rule]]\nfrom = \"server\"\nis = \"nothing\"\n";
}

}  // namespace

std::string word_rules(const std::vector<UnitSample>& conversations) {
  char best = '\0';
  std::size_t best_count = 0;
  std::size_t all = 0;
  for (const UnitSample& conversation : conversations) all += conversation.client.size();
  for (const char separator : {' ', '|', ':', ';', ','}) {
    const std::size_t count = verb_count(conversations, separator);
    if (count <= best_count) continue;
    best = separator;
    best_count = count;
  }
  const bool is_commands = best != '\0' && best_count * 2 >= all;
  const std::string lines = rules_of_lines(conversations);
  if (lines.find("[[rule]]\nfrom") != lines.npos) return lines;
  return is_commands ? rules_of_commands(conversations, best) : lines;
}

}  // namespace plaintalk::analyzer
