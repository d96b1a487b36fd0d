#include "messenger/core/login.hpp"

#include <algorithm>
#include <chrono>
#include <utility>

#include "base/check.hpp"
#include "base/crypto/digest.hpp"
#include "base/text.hpp"
#include "messenger/core/accounts.hpp"
#include "messenger/core/routing.hpp"
#include "messenger/core/session_end.hpp"
#include "messenger/core/timers.hpp"
#include "messenger/core/unheard.hpp"
#include "protocol/limits.hpp"
#include "protocol/names.hpp"

namespace plaintalk::messenger::core {
namespace {

constexpr std::size_t kTokenSize = 16;
constexpr Milliseconds kTokenLifetime = std::chrono::hours(24 * 30);
constexpr Milliseconds kLoginRetry{1'000};
// Whoever holds a name and has said something so lately is there; who has not is asked, and answers so soon.
constexpr Milliseconds kSeenLately{5'000};
constexpr Milliseconds kTimeToAnswer{2'000};

struct LoginRequest {
  std::string account;
  std::string device;  // empty: the server chooses
  std::optional<std::string> display;
  std::string_view id;
  std::string_view method;  // a literal
};

bool is_display_name(std::string_view text) {
  const auto is_control = [](char c) { return static_cast<unsigned char>(c) < 0x20 || c == 0x7f; };
  return text.size() <= kDisplaySizeMax && is_utf8(text) && std::ranges::none_of(text, is_control);
}

// What LOGIN and REGISTER have in common; nothing when they are not well-formed.
std::optional<LoginRequest> read_login(const Frame& frame) {
  auto account = fold_account(frame.argument(0));
  if (!account || frame.argument_count() != 1) return std::nullopt;
  LoginRequest request{std::move(*account), "", std::nullopt, id_of(frame), ""};
  if (const auto device = frame.parameter("device")) {
    auto folded = fold_device(*device);
    if (!folded) return std::nullopt;
    request.device = std::move(*folded);
  }
  if (const auto display = frame.parameter("display")) {
    request.display = unescape(*display);
    if (!request.display || !is_display_name(*request.display)) return std::nullopt;
  }
  return request;
}

Refusal refuse_login(World& world, const Connection& connection, const Account* account, Refusal refusal) {
  // A name that nobody has may be a password typed in the wrong place.
  world.log(LoginRefused{connection.id, account == nullptr ? std::string_view{} : account->name,
                         text_of(refusal.error)});
  return refusal;
}

Refusal bad_login(World& world, const Connection& connection, const Account* account, std::string text) {
  return refuse_login(world, connection, account, refusal(ErrorName::bad_login, std::move(text)));
}

// False when it is known already whether the connections of the name are still there.
bool ask_whether_still_there(World& world, const Account& account) {
  if (!world.config.ping_interval) return false;
  bool is_asked = false;
  for (const ConnectionHandle handle : account.connections) {
    Connection& connection = world.connections.at(handle);
    if (connection.ping_count > 0 || connection.last_seen + kSeenLately > world.now.instant) continue;
    send_ping(world, connection);
    arm_timer(world, connection);
    is_asked = true;
  }
  return is_asked;
}

// How long the name of a guest stays out of reach of whoever has no token: until its silent connection is
// given up, at the first tick that sees it, and the time to come back is over. Nothing while it has just said
// something.
std::optional<Nanoseconds> time_until_free(const World& world, const Account& account) {
  Instant free_at = account.reserved_until;
  for (const ConnectionHandle handle : account.connections) {
    const Connection& connection = world.connections.at(handle);
    if (!world.config.ping_interval || connection.ping_count == 0) return std::nullopt;
    const Instant given_up =
        connection.last_seen + *world.config.ping_interval * (world.config.ping_miss_count_max + 1);
    free_at = std::max(free_at, given_up + kTickInterval + world.config.presence_grace);
  }
  return std::max(free_at - world.now.instant, Nanoseconds{0});
}

// Whether a guest has the name, or had it a moment ago and may come back with its token.
bool is_held_by_guest(const World& world, const Account& account) {
  return !account.is_registered() &&
         (!account.connections.empty() || account.reserved_until > world.now.instant);
}

Refusal name_taken(World& world, const Connection& connection, const Account& account) {
  if (account.is_registered())
    return refuse_login(world, connection, &account,
                        refusal(ErrorName::name_taken,
                                "this name is registered: LOGIN name :password, or choose another one"));
  if (ask_whether_still_there(world, account))
    return refuse_login(
        world, connection, &account,
        try_later(
            ErrorName::name_taken,
            "this name is in use, perhaps by a connection that was lost, which is being asked; come back "
            "with its token, or try again in 2 s",
            kTimeToAnswer));
  const auto wait = time_until_free(world, account);
  if (!wait)
    return refuse_login(
        world, connection, &account,
        refusal(ErrorName::name_taken,
                "this name is in use; come back with its token if it is yours, or choose another one"));
  const auto seconds = std::chrono::ceil<std::chrono::seconds>(*wait).count();
  const std::string what = account.connections.empty()
                               ? "the connection of this name was lost and its owner may come back"
                               : "this name is in use by a connection that may be lost";
  return refuse_login(
      world, connection, &account,
      try_later(ErrorName::name_taken,
                what + "; come back with its token, or wait " + std::to_string(seconds) + " s", *wait));
}

TokenHash hash_of(std::string_view token) {
  TokenHash hash{};
  sha256(token).copy(hash.data(), hash.size());
  return hash;
}

bool is_same(const TokenHash& a, const TokenHash& b) {
  return equal_in_constant_time({a.data(), a.size()}, {b.data(), b.size()});
}

// The new token, of which the device keeps only the hash.
std::string replace_token(World& world, Device& device) {
  std::string token = hex(world.services.random.bytes(kTokenSize));
  device.token_hash = hash_of(token);
  device.token_time = world.now.instant;
  return token;
}

void send_login_ok(World& world, Connection& connection, std::string_view id) {
  const Account& account = world.account_of(connection);
  Device& device = world.device_of(connection);
  const std::string token = replace_token(world, device);
  connection.token_is_new = true;
  FrameWriter writer = begin_ok(world, id);
  writer.parameter("user", account.name).parameter("device", device.name).parameter("token", token);
  if (!account.is_registered()) writer.parameter("guest", std::uint64_t{1});
  writer.end();
  send(world, connection);
}

void take_over(World& world, Connection& old_connection) {
  end_with_bye(world, old_connection, "replaced", Leaving::replaced, ErrorName::replaced,
               "this device has logged in again on another connection");
}

Answer enter(World& world, Connection& connection, Account& account, const LoginRequest& request) {
  const std::string name =
      request.device.empty() ? unused_device_name(account, connection.id) : request.device;
  Device* const opened = open_device(world, account, name);
  if (opened == nullptr) {
    Refusal refused =
        refusal(ErrorName::rate, "all devices of this account are connected; end one, or take over its name");
    refused.max = kDeviceCountMax;
    return refused;
  }
  Device& device = *opened;
  flush_conversations_of(world, account);
  if (Connection* replaced = world.connections.find(device.connection)) take_over(world, *replaced);
  if (!account.connections.empty()) give_up_waiting_for_signs(world, account);  // this one did not get them
  device.connection = connection.handle;
  device.last_used = world.now.instant;
  connection.account = account.handle;
  connection.phase = Phase::in;
  account.connections.push_back(connection.handle);
  account.reserved_until = {};
  world.accounts.note_back(account);
  if (request.display) account.display.made() = *request.display;
  stop_counting_login(world, connection);
  world.log(LoggedIn{connection.id, account.name, device.name, request.method});
  if (request.method != "token") device.replaced_token_hash.reset();
  send_login_ok(world, connection, request.id);
  tell_unheard(world, connection);
  arm_timer(world, connection);
  return kAnswered;
}

Answer login_as_guest(World& world, Connection& connection, const LoginRequest& request) {
  if (!world.config.guests_allowed)
    return refusal(ErrorName::denied, "no guests here: LOGIN name :password, or REGISTER name :password");
  Account* account = world.accounts.find(request.account);
  if (account == nullptr) {
    account = make_account(world, connection.client.address, request.account);
    if (account == nullptr)
      return try_later(ErrorName::busy, "too many accounts; try again later", kLoginRetry);
  }
  if (account->is_registered())
    return bad_login(world, connection, account, "this name needs its password: LOGIN name :password");
  if (is_held_by_guest(world, *account)) return name_taken(world, connection, *account);
  start_afresh(world, *account);
  return enter(world, connection, *account, request);
}

Answer login_by_token(World& world, Connection& connection, const LoginRequest& request,
                      std::string_view token) {
  Account* account = world.accounts.find(request.account);
  Device* device = account == nullptr ? nullptr : find_device(*account, request.device);
  const TokenHash hash = hash_of(token);
  if (device != nullptr) {
    const bool is_current = is_same(hash, device->token_hash);
    const Connection* user =
        device->connection.is_none() ? nullptr : &world.connections.at(device->connection);
    const bool is_in_use = user != nullptr && !user->token_is_new;
    const bool is_replaced =
        !is_in_use && device->replaced_token_hash && is_same(hash, *device->replaced_token_hash);
    if (is_current || is_replaced) {
      if (device->token_time + kTokenLifetime < world.now.instant)
        return refusal(ErrorName::expired, "this token is too old; log in with the password");
      if (is_current) device->replaced_token_hash = std::make_unique<TokenHash>(hash);
      return enter(world, connection, *account, request);
    }
  }
  return bad_login(world, connection, account,
                   "wrong name, device or token; log in with the password, or afresh as a guest");
}

Answer start_password(World& world, Connection& connection, const Frame& frame, const LoginRequest& request,
                      bool registers) {
  if (!world.config.clear_passwords_allowed)
    return refusal(ErrorName::need_tls, "passwords are not taken in clear on this address");
  if (frame.body.size() > kPasswordSizeMax)
    return too_large("a password has at most 128 bytes", kPasswordSizeMax);
  const IpAddress& address = connection.client.address;
  if (world.guesses) {
    const Nanoseconds wait = world.guesses->wait(address, request.account, world.now.instant);
    if (wait > Nanoseconds{0})
      return try_later(ErrorName::rate, "too many passwords tried from your address; wait and try again",
                       wait);
  }
  if (world.addresses.of(address).password_count >= world.config.password_jobs_per_address_max)
    return try_later(ErrorName::busy, "too many logins at once; try again", kLoginRetry);
  const Account* account = world.accounts.find(request.account);
  auto pending = std::make_unique<PendingLogin>();
  pending->ticket = ++world.last_ticket;
  pending->registers = registers;
  pending->account = request.account;
  pending->device = request.device;
  pending->display = request.display.value_or("");
  pending->has_display = request.display.has_value();
  pending->id = request.id;
  // A name that nobody has costs the same time, so that the time does not tell which names there are.
  const bool is_known = !registers && account != nullptr && account->is_registered();
  pending->salt = is_known ? account->verifier->salt : world.services.random.bytes(kSaltSize);
  pending->iteration_count =
      is_known ? account->verifier->iteration_count : world.config.password_iteration_count;
  PasswordJob job{connection.id, pending->ticket, std::string(frame.body), pending->salt,
                  pending->iteration_count};
  if (!world.services.passwords.submit(std::move(job)))
    return try_later(ErrorName::busy, "too many logins at once; try again", kLoginRetry);
  world.addresses.password_submitted(address, pending->ticket);
  if (world.guesses) world.guesses->take(address, request.account, world.now.instant);
  connection.pending_login = std::move(pending);
  world.connections.touch(connection);
  return kAnswered;
}

// Registered accounts stay until the server ends: one address must not have all of them.
Answer check_share_of_accounts(const World& world, const Connection& connection) {
  const std::size_t share =
      share_of(world.config.account_count_max, world.config.account_percent_per_address);
  if (world.addresses.of(connection.client.address).registered_count < share) return std::nullopt;
  Refusal refused =
      refusal(ErrorName::denied,
              "as many accounts were registered from your address as one may have; LOGIN with one of "
              "them, or as a guest");
  refused.max = share;
  return refused;
}

Answer finish_register(World& world, Connection& connection, const LoginRequest& request, Verifier verifier) {
  Account* account = world.accounts.find(request.account);
  if (account != nullptr && (account->is_registered() || is_held_by_guest(world, *account)))
    return name_taken(world, connection, *account);
  if (const Answer refused = check_share_of_accounts(world, connection)) return refused;
  if (account == nullptr) account = make_account(world, connection.client.address, request.account);
  if (account == nullptr)
    return try_later(ErrorName::busy, "too many accounts; try again later", kLoginRetry);
  start_afresh(world, *account);
  account->verifier = std::make_unique<Verifier>(std::move(verifier));
  world.addresses.account_registered(connection.client.address);
  return enter(world, connection, *account, request);
}

Answer finish_login(World& world, Connection& connection, const LoginRequest& request,
                    std::string_view salted_password) {
  Account* account = world.accounts.find(request.account);
  const bool is_registered = account != nullptr && account->is_registered();
  const bool is_right = matches(is_registered ? *account->verifier : Verifier{}, salted_password);
  if (!is_registered || !is_right) return bad_login(world, connection, account, "wrong name or password");
  if (world.guesses) world.guesses->give_back(connection.client.address, request.account, world.now.instant);
  return enter(world, connection, *account, request);
}

Refusal logged_in_already(const World& world, const Connection& connection) {
  return refusal(ErrorName::denied, "you are logged in already, as " + world.account_of(connection).name +
                                        "; QUIT and connect again to log in anew");
}

}  // namespace

Answer handle_login(World& world, Connection& connection, const Frame& frame) {
  auto request = read_login(frame);
  if (!request) return wrong_form(Verb::login);
  if (connection.phase == Phase::in) return logged_in_already(world, connection);
  if (frame.body_kind != BodyKind::none) {
    request->method = "password";
    return start_password(world, connection, frame, *request, false);
  }
  if (const auto token = frame.parameter("token")) {
    request->method = "token";
    return login_by_token(world, connection, *request, *token);
  }
  request->method = "guest";
  return login_as_guest(world, connection, *request);
}

Answer handle_register(World& world, Connection& connection, const Frame& frame) {
  const auto request = read_login(frame);
  if (!request || frame.body.empty()) return wrong_form(Verb::register_);
  if (connection.phase == Phase::in) return logged_in_already(world, connection);
  const Account* account = world.accounts.find(request->account);
  if (account != nullptr && (account->is_registered() || is_held_by_guest(world, *account)))
    return name_taken(world, connection, *account);
  if (const Answer refused = check_share_of_accounts(world, connection)) return refused;
  return start_password(world, connection, frame, *request, true);
}

void finish_password(World& world, Connection& connection, std::string_view salted_password) {
  const std::unique_ptr<PendingLogin> pending = std::move(connection.pending_login);
  check(pending != nullptr, "nobody waits for this password");
  world.connections.touch(connection);
  LoginRequest request{pending->account, pending->device, std::nullopt, pending->id,
                       pending->registers ? "register" : "password"};
  if (pending->has_display) request.display = pending->display;
  const Answer answer =
      pending->registers
          ? finish_register(world, connection, request,
                            make_verifier(pending->salt, pending->iteration_count, salted_password))
          : finish_login(world, connection, request, salted_password);
  if (answer) refuse(world, connection, *answer, pending->registers ? "REGISTER" : "LOGIN", pending->id);
}

void heard_after_login(const World& world, Connection& connection) {
  connection.token_is_new = false;
  if (!connection.account.is_none()) world.account_of(connection).has_token_holder = true;
}

}  // namespace plaintalk::messenger::core
