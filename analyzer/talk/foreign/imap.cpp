#include "analyzer/talk/foreign/imap.hpp"

#include <algorithm>
#include <charconv>
#include <optional>

#include "analyzer/talk/foreign/words.hpp"

namespace plaintalk::analyzer::foreign {
namespace {

constexpr std::size_t kTagSizeMax = 64;

// "... {5}" or "... {5+}" at the end of a line; the line is cut before it.
std::optional<std::uint64_t> take_literal(std::string_view& line) {
  if (!line.ends_with('}')) return std::nullopt;
  const std::size_t begin = line.rfind('{');
  if (begin == line.npos) return std::nullopt;
  std::string_view digits = line.substr(begin + 1, line.size() - begin - 2);
  if (digits.ends_with('+')) digits.remove_suffix(1);
  std::uint64_t size = 0;
  const auto [end, error] = std::from_chars(digits.data(), digits.data() + digits.size(), size);
  if (error != std::errc{} || end != digits.data() + digits.size()) return std::nullopt;
  line = line.substr(0, begin);
  return size;
}

// Atoms and quoted strings (RFC 9051, section 4).
void add_words(std::string_view line, std::size_t count_max, std::vector<std::string>& words) {
  while (words.size() < count_max) {
    line = line.substr(std::min(line.find_first_not_of(' '), line.size()));
    if (line.empty()) return;
    std::string word;
    std::size_t at = 0;
    if (line[0] == '"') {
      for (at = 1; at < line.size() && line[at] != '"'; ++at) {
        if (line[at] == '\\' && at + 1 < line.size()) ++at;
        word += line[at];
      }
      at = std::min(at + 1, line.size());
    } else {
      at = std::min(line.find(' '), line.size());
      word = line.substr(0, at);
    }
    words.push_back(std::move(word));
    line.remove_prefix(at);
  }
}

}  // namespace

void Imap::data(Direction direction, std::string_view bytes, Moment moment) {
  if (direction == Direction::client_to_server) return client_data(bytes, moment);
  while (!bytes.empty() && !over_)
    if (server_.take(bytes)) server_line(server_.line());
}

void Imap::client_data(std::string_view bytes, Moment moment) {
  while (!bytes.empty() && !over_) {
    if (literal_left_ > 0) {
      const std::string_view part = bytes.substr(0, std::min<std::uint64_t>(literal_left_, bytes.size()));
      if (literal_kept_) words_.back() += part;
      literal_left_ -= part.size();
      bytes.remove_prefix(part.size());
    } else if (client_.take(bytes)) {
      client_line(client_.line(), moment);
    }
  }
}

void Imap::client_line(std::string_view line, Moment moment) {
  if (sasl_.is_running() && words_.empty()) {
    if (auto secret = sasl_.line(line, moment)) wait(sasl_tag_, std::move(*secret));
    return;
  }
  const auto literal = take_literal(line);
  add_words(line, kWordCountMax, words_);
  if (literal) {
    literal_left_ = *literal;
    literal_kept_ = *literal <= kWordSizeMax && words_.size() < kWordCountMax;
    if (literal_kept_) words_.emplace_back();
    return;
  }
  command(moment);
  words_.clear();
}

void Imap::command(Moment moment) {
  if (words_.size() < 2 || words_[0].size() > kTagSizeMax) return;
  const std::string verb = upper(words_[1]);
  if (verb == "STARTTLS") {
    wait(words_[0], {{}, "starttls", {}, moment, {}});
  } else if (verb == "LOGIN" && words_.size() == kWordCountMax) {
    if (words_[2].size() <= kWordSizeMax && words_[3].size() <= kWordSizeMax && !words_[3].empty())
      wait(words_[0], {words_[2], "login-password", words_[3], moment, {}});
  } else if (verb == "AUTHENTICATE" && words_.size() > 2) {
    sasl_tag_ = words_[0];
    const std::string_view initial = words_.size() > 3 ? std::string_view(words_[3]) : std::string_view();
    if (auto secret = sasl_.begin(words_[2], initial, moment)) wait(sasl_tag_, std::move(*secret));
  }
}

void Imap::wait(const std::string& tag, Secret secret) {
  if (waiting_.size() >= kWaitingCountMax) answered(waiting_.front().first, kUnanswered);
  waiting_.emplace_back(tag, std::move(secret));
}

void Imap::server_line(std::string_view line) {
  const auto words = split(line, 3);
  if (words.size() < 2 || words[0] == "*" || words[0] == "+") return;
  const std::string verdict = upper(words[1]);
  if (verdict != "OK" && verdict != "NO" && verdict != "BAD") return;
  if (words[0] == sasl_tag_) sasl_.end();
  // BAD is about the form of the command, not about the password.
  answered(words[0], verdict == "OK" ? kAccepted : verdict == "NO" ? kRefused : kUnanswered);
}

void Imap::answered(std::string_view tag, std::string_view accepted) {
  const auto found = std::ranges::find(waiting_, tag, &std::pair<std::string, Secret>::first);
  if (found == waiting_.end()) return;
  Secret secret = std::move(found->second);
  waiting_.erase(found);
  if (accepted == kAccepted) over_ = true;
  if (secret.method == "starttls") return;
  secret.accepted = accepted;
  sink_.found(std::move(secret));
  if (over_) finish();
}

void Imap::lost(Direction direction, std::uint64_t size) {
  if (direction == Direction::server_to_client) return server_.lost();
  const std::uint64_t in_literal = std::min(literal_left_, size);
  literal_left_ -= in_literal;
  words_.clear();
  literal_kept_ = false;
  sasl_.end();
  if (in_literal < size) client_.lost();
}

void Imap::finish() {
  while (!waiting_.empty()) answered(waiting_.front().first, kUnanswered);
}

std::size_t Imap::held_size() const {
  std::size_t size = client_.held_size() + server_.held_size() + sasl_.held_size() + sasl_tag_.capacity();
  for (const std::string& word : words_) size += sizeof(word) + word.capacity();
  for (const auto& [tag, secret] : waiting_)
    size += sizeof(waiting_[0]) + tag.capacity() + secret.user.capacity() + secret.secret.capacity();
  return size;
}

}  // namespace plaintalk::analyzer::foreign
