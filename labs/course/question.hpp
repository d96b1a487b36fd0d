// One question of a worksheet, as lab.toml describes it. The right answer is never stored: `key` is SQL that
// finds it in the analysis of the student's own capture.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

namespace plaintalk::labs {

enum class AnswerKind : std::uint8_t {
  integer,
  decimal,  // with a tolerance, and usually a unit
  text,     // upper and lower case and blanks do not matter
  choice,   // one of `choices`, by its letter or its text
  set,      // words in any order
  address,  // IPv4 or IPv6, with a port if the key has one
  packet,   // a packet number
  bytes,    // in hexadecimal
  sha256,
  free_text,  // marked by a person; no key
};

// A wrong answer that people are known to give, and what it means.
struct Mistake {
  std::string name;    // "segment taken for message": short, the same in all labs, counted in statistics
  std::string key;     // SQL: the value that this mistake leads to
  std::string says;    // one sentence for the student; never the right value
  std::string packet;  // SQL: a packet that shows it; empty: the question's
};

struct Question {
  std::string id;  // "3": unique in its lab
  std::string text;
  AnswerKind kind = AnswerKind::integer;
  unsigned points = 1;
  std::string unit;      // of numbers: "bytes", "ms"; an answer in another unit of the kind is converted
  double tolerance = 0;  // of decimals: this much away from the key is right,
  double tolerance_percent = 0;  // or this share of it; the larger counts
  std::vector<std::string> choices;
  bool any_of = false;  // each row of the key is an accepted answer; else two rows are an ambiguous question
  std::string key;      // SQL with one column
  std::string packet;   // SQL: the packet to look at
  std::vector<std::string> hints;
  std::string accessible;  // how to find it without seeing colours or pictures
  std::string needs;       // what to do when the capture cannot answer
  bool needs_real_tcp = false;
  bool needs_description = false;  // its key comes of the student's protocol.toml, which has to be right
  std::string rubric;              // of free text: how a person marks it
  std::vector<Mistake> mistakes;
  std::uint32_t line = 0;  // in lab.toml, for messages
};

}  // namespace plaintalk::labs
