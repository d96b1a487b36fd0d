#include "tests/sim/client_judge.hpp"

namespace plaintalk::sim {
namespace {

// What a room has that nobody has seen anything of.
const Numbered& numbered_in(const std::map<std::string, Numbered>& rooms, const std::string& room) {
  static const Numbered kNothing;
  const auto found = rooms.find(room);
  return found == rooms.end() ? kNothing : found->second;
}

}  // namespace

void ClientJudge::shown(const std::string& user, Screen& screen,
                        const messenger::client::MessageCame& message) {
  if (message.from_history) return;
  const std::string where = message.room + " " + std::to_string(message.seq);
  const auto [text, is_first] = texts_[message.room].emplace(message.seq, message.text);
  if (text->second != message.text) broken(where + " is different for " + user);
  const auto [number, is_new] = numbers_.emplace(message.text, message.seq);
  if (number->second != message.seq) broken(where + " was said twice: " + message.text);
  if (!screen[message.room].emplace(message.seq, message.text).second)
    broken(user + " sees " + where + " twice");
}

void ClientJudge::shown(const std::string& user, Screen& screen, const messenger::client::FileCame& file) {
  texts_[file.room].emplace(file.seq, file.file);
  if (announced_files_.emplace(file.name, file.file).first->second != file.file)
    broken(file.name + " was announced twice");
  if (!screen[file.room].emplace(file.seq, file.file).second) broken(user + " sees a file twice");
}

void ClientJudge::acknowledged(const std::string& text, const std::string& room, std::uint64_t seq) {
  acknowledged_[text] = {room, seq};
}

void ClientJudge::judge_answers() {
  for (const auto& [text, place] : acknowledged_) {
    const auto& [room, seq] = place;
    const Numbered& texts = numbered_in(texts_, room);
    const auto found = texts.find(seq);
    if (found != texts.end() && found->second != text)
      broken("'" + text + "' was answered as " + room + " " + std::to_string(seq) + ", where '" +
             found->second + "' is");
    const auto number = numbers_.find(text);
    if (number != numbers_.end() && number->second != seq)
      broken("'" + text + "' was answered with another number than it has");
  }
}

void ClientJudge::judge_holes(const std::string& user, const Screen& screen) {
  for (const auto& [room, seen] : screen) {
    if (seen.empty()) continue;
    const std::uint64_t first = seen.begin()->first;
    const std::uint64_t last = seen.rbegin()->first;
    if (last - first + 1 != seen.size())
      broken(user + " has a hole in " + room + " between " + std::to_string(first) + " and " +
             std::to_string(last));
  }
}

void ClientJudge::judge_end(const std::string& user, const Screen& screen, const std::string& room,
                            bool must_see_all) {
  const Numbered& seen = numbered_in(screen, room);
  const Numbered& all = numbered_in(texts_, room);
  if (all.empty()) return broken("nothing was said in " + room);
  const std::uint64_t last = all.rbegin()->first;
  if (seen.empty() || seen.rbegin()->first != last) broken(user + " does not see the end of " + room);
  if (must_see_all && seen.size() != last)
    broken(user + " sees " + std::to_string(seen.size()) + " of " + std::to_string(last) + " in " + room);
}

void ClientJudge::server_restarted() {
  texts_.clear();
  numbers_.clear();
  acknowledged_.clear();
  announced_files_.clear();
}

}  // namespace plaintalk::sim
