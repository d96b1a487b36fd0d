// Who is logged in, and with which secrets.
#include <algorithm>
#include <utility>

#include "analyzer/talk/described/unit_interpreter.hpp"
#include "analyzer/talk/frame_text.hpp"
#include "base/text.hpp"

namespace plaintalk::analyzer::described {

void UnitInterpreter::set_user(const std::shared_ptr<Session>& session, const std::string& user,
                               Moment seen) {
  if (user.size() > kNameSizeMax || session->user == user) return;
  Server& server = *session->server;
  if (const auto old = server.people.find(session->user); old != server.people.end()) {
    person_count_ -= std::erase(old->second, session);
    if (old->second.empty()) server.people.erase(old);
  }
  session->user = user;
  if (user.empty()) return;
  tables_.users.seen(user, seen.time);
  if (server.people.size() > 2 * server.people_kept + 1024) forget_people(server);
  if (person_count_ >= kPersonCountMax || !may_grow_) return limit(people_reported_, seen.time, "people");
  auto& same = server.people[user];
  if (same.size() >= Server::kSessionsPerNameMax) return;
  same.push_back(session);
  ++person_count_;
  // Who is in very many rooms and changes names all the time would be a lot of work.
  constexpr std::size_t kRoomsTold = 64;
  if (session->rooms.size() > kRoomsTold) return;
  for (const auto& [name, known] : session->rooms) presence(*session, user, name, seen.time);
}

// Those that ended before any message that is still open.
void UnitInterpreter::forget_people(Server& server) {
  const WallTime oldest = board_.oldest();
  for (auto& [name, sessions] : server.people)
    person_count_ -= std::erase_if(
        sessions, [&](const auto& session) { return session->closed_at && *session->closed_at < oldest; });
  std::erase_if(server.people, [](const auto& entry) { return entry.second.empty(); });
  server.people_kept = server.people.size();
}

void UnitInterpreter::login(const std::shared_ptr<Session>& session, const Rule& rule,
                            const UnitFields& fields, const UnitPlace& place) {
  const auto user = fields.value(rule, Role::user);
  const auto secret = fields.value(rule, Role::secret);
  if (secret)
    add_secret(*session, user.value_or(std::string()), *secret, Direction::client_to_server, place.last);
  if (!user || user->empty()) return;
  set_user(session, *user, place.last);
  tables_.users.logged_in_with(session->user, session->has_password ? "password" : "name", session->client,
                               place.last.time);
  publish(LiveEvent::Kind::login, place.last, *session, {}, {});
  if (!description_.rooms.everyone.empty()) enter(session, description_.rooms.everyone, place.last, false);
}

void UnitInterpreter::accepted(const std::shared_ptr<Session>& session,
                               const std::optional<std::string>& user, Moment seen) {
  if (user && !user->empty()) set_user(session, *user, seen);
  session->accepted_user = session->user;
  answer_secrets(*session, "yes");
  if (!description_.rooms.everyone.empty()) enter(session, description_.rooms.everyone, seen, true);
}

void UnitInterpreter::refused(const std::shared_ptr<Session>& session, Moment seen) {
  answer_secrets(*session, "no");
  if (UserResult* const user = tables_.users.seen(session->user, seen.time)) ++user->refused_logins;
  tables_.findings.add("refused-login", seen.time, session->id, {seen.packet},
                       "the server refused " +
                           (session->user.empty() ? std::string("somebody") : terminal_safe(session->user)));
  publish(LiveEvent::Kind::refused_login, seen, *session, {}, {});
  set_user(session, session->accepted_user, seen);
}

void UnitInterpreter::add_secret(Session& session, const std::string& user, const std::string& secret,
                                 Direction direction, Moment seen) {
  if (secret.empty()) return;
  session.has_password = true;
  if (session.secrets.size() >= Session::kSecretCountMax) answer_secrets(session, {});
  constexpr std::size_t kSecretSizeMax = 1024;
  session.secrets.push_back(
      {user.substr(0, kNameSizeMax), secret.substr(0, kSecretSizeMax), seen, direction});
}

void UnitInterpreter::answer_secrets(Session& session, std::string_view accepted) {
  for (const SeenSecret& secret : std::exchange(session.secrets, {})) tell_secret(session, secret, accepted);
}

void UnitInterpreter::tell_secret(const Session& session, const SeenSecret& secret,
                                  std::string_view accepted) {
  CredentialResult row;
  row.seen = secret.seen;
  row.connection = session.id;
  row.user = secret.user.empty() ? session.user : secret.user;
  row.protocol = description_.name;
  row.method = "described-password";
  row.secret = shown_secret(secret.secret, tables_.show_secrets);
  row.accepted = accepted;
  row.direction = secret.direction;
  tables_.sink.credential(row);
  const std::string who = row.user.empty() ? "of somebody" : "of " + terminal_safe(row.user);
  tables_.findings.add("readable-password", secret.seen.time, session.id, {secret.seen.packet},
                       "the password " + who + " (" + description_.name + ") can be read in packet " +
                           std::to_string(secret.seen.packet) +
                           (accepted == "yes"  ? "; the server accepted it"
                            : accepted == "no" ? "; the server refused it"
                                               : ""));
}

}  // namespace plaintalk::analyzer::described
