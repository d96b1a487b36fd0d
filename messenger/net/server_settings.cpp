#include "messenger/net/server_settings.hpp"

#include <algorithm>
#include <concepts>
#include <cstdint>
#include <filesystem>
#include <fstream>
#include <functional>
#include <iterator>
#include <limits>
#include <stdexcept>
#include <utility>

#include <errno.h>
#include <string.h>
#include <toml++/toml.h>

#include "base/typing.hpp"
#include "protocol/limits.hpp"
#include "protocol/names.hpp"

namespace plaintalk::messenger {
namespace {

constexpr std::string_view kUnlimited = "unlimited";
constexpr std::size_t kPrefixSizeMin = 4;

// Where in the file we are, for errors.
struct Place {
  std::string file;
  std::string key;
};

[[noreturn]] void fail(const Place& place, const toml::source_region& source, const std::string& why) {
  throw std::runtime_error(place.file + ':' + std::to_string(source.begin.line) + ": " + place.key + ": " +
                           why);
}

std::string kind_of(const toml::node& node) {
  switch (node.type()) {
    case toml::node_type::table: return "a table";
    case toml::node_type::array: return "a list";
    case toml::node_type::string: return "a string";
    case toml::node_type::integer: return "an integer";
    case toml::node_type::floating_point: return "a number with a fraction";
    case toml::node_type::boolean: return "true or false";
    default: return "a date or time";
  }
}

[[noreturn]] void wrong_type(const Place& place, const toml::node& node, const std::string& expected) {
  fail(place, node.source(), "expected " + expected + ", found " + kind_of(node));
}

void read(const toml::node& node, const Place& place, std::string& value) {
  const auto* text = node.as_string();
  if (text == nullptr) wrong_type(place, node, "a string");
  if (text->get().empty()) fail(place, node.source(), "may not be empty; leave the line out instead");
  value = text->get();
}

void read(const toml::node& node, const Place& place, bool& value) {
  const auto* boolean = node.as_boolean();
  if (boolean == nullptr) wrong_type(place, node, "true or false");
  value = boolean->get();
}

void read(const toml::node& node, const Place& place, std::vector<std::string>& value) {
  value.clear();
  if (node.is_string()) {
    read(node, place, value.emplace_back());
    return;
  }
  const auto* list = node.as_array();
  if (list == nullptr) wrong_type(place, node, "a string or a list of strings");
  for (const toml::node& entry : *list) read(entry, place, value.emplace_back());
  if (value.empty()) fail(place, node.source(), "names no address; write for example [\"127.0.0.1:7777\"]");
}

// Whole numbers from 1 on: 0 would mean "nothing at all" to one reader and "no limit" to another.
template <std::integral Number>
void read(const toml::node& node, const Place& place, Number& value) {
  const auto* number = node.as_integer();
  if (number == nullptr) wrong_type(place, node, "an integer");
  const std::int64_t given = number->get();
  if (given < 1) fail(place, node.source(), "has to be at least 1");
  if (!std::in_range<Number>(given))
    fail(place, node.source(), "may be at most " + std::to_string(std::numeric_limits<Number>::max()));
  value = static_cast<Number>(given);
}

void read(const toml::node& node, const Place& place, double& value) {
  if (!node.is_number()) wrong_type(place, node, "a number");
  value = *node.value<double>();
  if (!(value > 0)) fail(place, node.source(), "has to be more than 0");
  if (value > 1e12) fail(place, node.source(), "may be at most 1e12");
}

void read(const toml::node& node, const Place& place, Milliseconds& value) {
  std::uint32_t count = 0;
  read(node, place, count);
  value = Milliseconds(count);
}

void read(const toml::node& node, const Place& place, std::optional<int>& value) {
  read(node, place, value.emplace());
}

template <class Value>
void read_limit(const toml::node& node, const Place& place, Limit<Value>& limit) {
  if (const auto* text = node.as_string()) {
    if (text->get() != kUnlimited) fail(place, node.source(), "expected a number or \"unlimited\"");
    limit.reset();
    return;
  }
  read(node, place, limit.emplace());
}

using Reader = std::function<void(const toml::node&, const Place&, ServerSettings&)>;
using Readers = std::vector<std::pair<std::string_view, Reader>>;

template <class Value>
Reader to(Value ServerSettings::*member) {
  return [member](const toml::node& node, const Place& place, ServerSettings& out) {
    read(node, place, out.*member);
  };
}
template <class Value>
Reader to(Value ServerConfig::*member) {
  return [member](const toml::node& node, const Place& place, ServerSettings& out) {
    read(node, place, out.core.*member);
  };
}
template <class Value>
Reader limit_to(Limit<Value> ServerConfig::*member) {
  return [member](const toml::node& node, const Place& place, ServerSettings& out) {
    read_limit(node, place, out.core.*member);
  };
}

const Readers& top_readers() {
  using C = ServerConfig;
  using S = ServerSettings;
  static const Readers readers{
      {"name", to(&C::name)},
      {"listen", to(&S::listen)},
      {"log", to(&S::log)},
      {"record", to(&S::record)},
      {"spool", to(&S::spool)},
      {"quiet", to(&S::quiet)},
      {"send_buffer_bytes", to(&S::send_buffer_bytes)},
      {"guests_allowed", to(&C::guests_allowed)},
      {"clear_passwords_allowed", to(&C::clear_passwords_allowed)},
      {"password_iteration_count", to(&C::password_iteration_count)},
  };
  return readers;
}

const Readers& limit_readers() {
  using C = ServerConfig;
  static const Readers readers{
      {"line_size_max", to(&C::line_size_max)},
      {"body_size_max", to(&C::body_size_max)},
      {"chunk_size_max", to(&C::chunk_size_max)},
      {"login_timeout_ms", to(&C::login_timeout)},
      {"login_frame_count_max", to(&C::login_frame_count_max)},
      {"login_bytes_max", to(&C::login_bytes_max)},
      {"login_connections_per_address_max", limit_to(&C::login_connections_per_address_max)},
      {"connection_count_max", limit_to(&C::connection_count_max)},
      {"connection_percent_per_address", to(&C::connection_percent_per_address)},
      {"ping_interval_ms", limit_to(&C::ping_interval)},
      {"ping_miss_count_max", to(&C::ping_miss_count_max)},
      {"write_stall_timeout_ms", to(&C::write_stall_timeout)},
      {"presence_grace_ms", to(&C::presence_grace)},
      {"messages_per_second", limit_to(&C::messages_per_second)},
      {"message_burst", to(&C::message_burst)},
      {"chat_bytes_per_second", limit_to(&C::chat_bytes_per_second)},
      {"command_units_per_second", limit_to(&C::command_units_per_second)},
      {"command_units_burst", to(&C::command_units_burst)},
      {"fan_out_bytes_per_second", limit_to(&C::fan_out_bytes_per_second)},
      {"fan_out_bytes_burst", to(&C::fan_out_bytes_burst)},
      {"guest_users_per_address", to(&C::guest_users_per_address)},
      {"password_guesses_per_minute", limit_to(&C::password_guesses_per_minute)},
      {"password_jobs_per_address_max", to(&C::password_jobs_per_address_max)},
      {"rooms_per_user_max", limit_to(&C::rooms_per_user_max)},
      {"transfers_per_user_max", limit_to(&C::transfers_per_user_max)},
      {"file_size_max", limit_to(&C::file_size_max)},
      {"spool_size_max", limit_to(&C::spool_size_max)},
      {"open_upload_count_max", limit_to(&C::open_upload_count_max)},
      {"file_count_max", limit_to(&C::file_count_max)},
      {"files_per_user_max", limit_to(&C::files_per_user_max)},
      {"room_queue_bytes_max", to(&C::room_queue_bytes_max)},
      {"reply_queue_bytes_max", to(&C::reply_queue_bytes_max)},
      {"transfer_credit_bytes", to(&C::transfer_credit_bytes)},
      {"history_count", to(&C::history_count)},
      {"history_bytes_max", to(&C::history_bytes_max)},
      {"room_member_announce_max", to(&C::room_member_announce_max)},
      {"room_count_max", to(&C::room_count_max)},
      {"conversation_count_max", to(&C::conversation_count_max)},
      {"room_percent_per_address", to(&C::room_percent_per_address)},
      {"remembered_request_count_max", to(&C::remembered_request_count_max)},
      {"unfinished_frames_bytes_max", to(&C::unfinished_frames_bytes_max)},
      {"remembered_request_bytes_max", to(&C::remembered_request_bytes_max)},
      {"account_count_max", to(&C::account_count_max)},
      {"account_percent_per_address", to(&C::account_percent_per_address)},
      {"remembered_request_time_ms", to(&C::remembered_request_time)},
  };
  return readers;
}

std::vector<std::string> all_names() {
  std::vector<std::string> names;
  for (const auto& entry : top_readers()) names.emplace_back(entry.first);
  for (const auto& entry : limit_readers()) names.push_back("limits." + std::string(entry.first));
  return names;
}

// The setting that was probably meant, in whichever table it stands: one that is written almost the same, or
// the only one that begins like that.
std::string nearest_setting(std::string_view typed) {
  const std::vector<std::string> names = all_names();
  std::vector<std::string_view> bare;
  for (const std::string& name : names) bare.push_back(std::string_view(name).substr(name.find('.') + 1));
  std::size_t found = names.size();
  if (const std::string_view nearest = nearest_word(typed, bare); !nearest.empty()) {
    found = static_cast<std::size_t>(std::ranges::find(bare, nearest) - bare.begin());
  } else if (typed.size() >= kPrefixSizeMin) {
    const auto begins_so = [&](std::string_view name) { return name.starts_with(typed); };
    if (std::ranges::count_if(bare, begins_so) == 1)
      found = static_cast<std::size_t>(std::ranges::find_if(bare, begins_so) - bare.begin());
  }
  return found == names.size() ? "" : names[found];
}

[[noreturn]] void no_such_setting(const Place& place, const toml::source_region& source,
                                  std::string_view key) {
  const std::string meant = nearest_setting(key);
  fail(place, source,
       "no such setting; " + (meant.empty() ? "" : "did you mean " + meant + "? ") +
           "server.example.toml lists them all");
}

void read_keys(const toml::table& table, const std::string& prefix, const Readers& readers,
               const std::string& file, ServerSettings& out) {
  for (const auto& [key, node] : table) {
    const Place place{file, prefix + std::string(key.str())};
    if (prefix.empty() && (key.str() == "limits" || key.str() == "accounts")) continue;
    const auto found = std::find_if(readers.begin(), readers.end(),
                                    [&](const auto& entry) { return entry.first == key.str(); });
    if (found == readers.end()) no_such_setting(place, key.source(), key.str());
    found->second(node, place, out);
  }
}

void read_accounts(const toml::table& table, const std::string& file, ServerSettings& out) {
  for (const auto& [key, node] : table) {
    const Place place{file, "accounts." + std::string(key.str())};
    const auto name = fold_account(key.str());
    if (!name)
      fail(place, key.source(), "not an account name: a letter, then up to 31 letters, digits, '_' or '-'");
    std::string password;
    read(node, place, password);
    if (password.size() > kPasswordSizeMax)
      fail(place, node.source(),
           "the password is longer than " + std::to_string(kPasswordSizeMax) + " bytes");
    if (!out.core.accounts.emplace(*name, std::move(password)).second)
      fail(place, key.source(), "the account stands here twice (letter case does not matter)");
  }
}

const toml::table* find_table(const toml::table& root, std::string_view name, const std::string& file) {
  const toml::node* node = root.get(name);
  if (node != nullptr && !node->is_table()) wrong_type({file, std::string(name)}, *node, "a table");
  return node == nullptr ? nullptr : node->as_table();
}

void read_table(const toml::table& root, const std::string& file, ServerSettings& out) {
  read_keys(root, "", top_readers(), file, out);
  if (const auto* limits = find_table(root, "limits", file))
    read_keys(*limits, "limits.", limit_readers(), file, out);
  if (const auto* accounts = find_table(root, "accounts", file)) read_accounts(*accounts, file, out);
}

[[noreturn]] void fail_syntax(const toml::parse_error& error, const std::string& name) {
  throw std::runtime_error(name + ':' + std::to_string(error.source().begin.line) +
                           ": not TOML: " + std::string(error.description()));
}

[[noreturn]] void fail_setting(const toml::table& table, const std::string& file, const ConfigFault& fault) {
  const toml::node* node = table.get(fault.setting);
  if (node == nullptr) node = table.at_path("limits").at_path(fault.setting).node();
  throw std::runtime_error(file + (node == nullptr ? "" : ':' + std::to_string(node->source().begin.line)) +
                           ": " + std::string(fault.setting) + ": " + fault.why);
}

}  // namespace

ServerSettings parse_settings(std::string_view text, const std::string& name) {
  ServerSettings settings;
  try {
    const toml::table table = toml::parse(text);
    read_table(table, name, settings);
    if (!settings.record.empty()) settings.existing_record = ServerSettings::Existing::number;
    if (const auto fault = find_fault(settings.core)) fail_setting(table, name, *fault);
  } catch (const toml::parse_error& error) {
    fail_syntax(error, name);
  }
  return settings;
}

ServerSettings read_settings(const std::string& path) {
  std::ifstream file(path, std::ios::binary);
  std::string text;
  if (file) text.assign(std::istreambuf_iterator<char>(file), {});
  if (!file) throw std::runtime_error("cannot read the configuration " + path + ": " + ::strerror(errno));
  return parse_settings(text, path);
}

std::string recording_path(const std::string& path, ServerSettings::Existing existing) {
  const std::filesystem::path given(path);
  std::filesystem::path candidate = given;
  std::error_code error;
  for (unsigned number = 2; existing == ServerSettings::Existing::number; ++number) {
    const auto status = std::filesystem::symlink_status(candidate, error);
    if (!std::filesystem::is_regular_file(status)) break;  // free, or a pipe, or what create() complains of
    candidate = given.parent_path() /
                (given.stem().string() + '-' + std::to_string(number) + given.extension().string());
  }
  return candidate.string();
}

void lift_rate_limits(ServerConfig& config) {
  config.messages_per_second.reset();
  config.chat_bytes_per_second.reset();
  config.command_units_per_second.reset();
  config.fan_out_bytes_per_second.reset();
}

}  // namespace plaintalk::messenger
