#include "base/privileges/privileges.hpp"

#include <algorithm>
#include <array>
#include <cstdint>
#include <cstdlib>
#include <fstream>
#include <optional>
#include <stdexcept>
#include <string_view>

#include <grp.h>
#include <linux/capability.h>
#include <pwd.h>
#include <sys/prctl.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "base/number.hpp"

namespace plaintalk {
namespace {

constexpr uid_t kNobody = 65534;

template <typename Id>
std::optional<Id> id_from_environment(const char* name) {
  const char* text = std::getenv(name);
  const auto id = parse_decimal<Id>(text != nullptr ? text : "");
  // sudo run by root itself names root: that is no lower right.
  return id && *id != 0 ? id : std::nullopt;
}

// In a user namespace only the mapped ids exist; setuid() to another fails.
bool is_mapped(const char* map_file, std::uint64_t id) {
  std::ifstream map(map_file);
  std::uint64_t inside = 0;
  std::uint64_t outside = 0;
  std::uint64_t count = 0;
  while (map >> inside >> outside >> count)
    if (id >= inside && id - inside < count) return true;
  return false;
}

bool is_mapped(const Invoker& invoker) {
  return is_mapped("/proc/self/uid_map", invoker.user) && is_mapped("/proc/self/gid_map", invoker.group);
}

bool take_groups(const Invoker& invoker) {
  const passwd* person = ::getpwuid(invoker.user);
  return person != nullptr ? ::initgroups(person->pw_name, invoker.group) == 0 : ::setgroups(0, nullptr) == 0;
}

bool become(const Invoker& invoker, bool with_groups) {
  if (!is_mapped(invoker)) return false;
  const bool has_groups = with_groups ? take_groups(invoker) : ::setgroups(0, nullptr) == 0;
  return has_groups && ::setresgid(invoker.group, invoker.group, invoker.group) == 0 &&
         ::setresuid(invoker.user, invoker.user, invoker.user) == 0;
}

struct Capabilities {
  __user_cap_header_struct header{_LINUX_CAPABILITY_VERSION_3, 0};
  std::array<__user_cap_data_struct, _LINUX_CAPABILITY_U32S_3> sets{};
};

// What an exec could give back. Needs a right itself; without it no_new_privs does the same.
void empty_bounding_set() {
  for (unsigned long capability = 0; ::prctl(PR_CAPBSET_DROP, capability, 0, 0, 0) == 0; ++capability) {
  }
}

// All but those in `kept`, a mask over the first 32.
void clear_capabilities(std::uint32_t kept) {
  ::prctl(PR_CAP_AMBIENT, PR_CAP_AMBIENT_CLEAR_ALL, 0, 0, 0);
  Capabilities left;
  left.sets[0].effective = left.sets[0].permitted = kept;
  ::syscall(SYS_capset, &left.header, left.sets.data());
}

bool has_capabilities(std::uint32_t besides) {
  Capabilities now;
  if (::syscall(SYS_capget, &now.header, now.sets.data()) != 0) return true;
  const auto& [low, high] = now.sets;
  return ((low.effective | low.permitted) & ~besides) != 0 || low.inheritable != 0 ||
         (high.effective | high.permitted | high.inheritable) != 0;
}

// The capabilities of this set that are there to be kept.
std::uint32_t held_of(std::uint32_t wanted) {
  Capabilities now;
  if (::syscall(SYS_capget, &now.header, now.sets.data()) != 0) return 0;
  return now.sets[0].permitted & wanted;
}

}  // namespace

Invoker find_invoker() {
  if (::geteuid() != 0) return {::getuid(), ::getgid()};
  const auto user = id_from_environment<uid_t>("SUDO_UID");
  const auto group = id_from_environment<gid_t>("SUDO_GID");
  if (user && group) return {*user, *group};
  const passwd* nobody = ::getpwnam("nobody");
  return nobody != nullptr ? Invoker{nobody->pw_uid, nobody->pw_gid} : Invoker{kNobody, kNobody};
}

AsInvoker::AsInvoker() {
  if (::geteuid() != 0 || !id_from_environment<uid_t>("SUDO_UID")) return;
  const Invoker invoker = find_invoker();
  if (!is_mapped(invoker)) return;
  group_ = ::getegid();
  groups_.resize(static_cast<std::size_t>(std::max(0, ::getgroups(0, nullptr))));
  if (::getgroups(static_cast<int>(groups_.size()), groups_.data()) < 0) groups_.clear();
  if (!take_groups(invoker) || ::setegid(invoker.group) != 0 || ::seteuid(invoker.user) != 0)
    throw std::runtime_error("cannot open the file as user " + std::to_string(invoker.user));
  has_changed_ = true;
}

AsInvoker::~AsInvoker() {
  // The saved user is still root. drop_privileges() says so if this did not work.
  if (has_changed_)
    static_cast<void>(::seteuid(0) == 0 && ::setegid(group_) == 0 &&
                      ::setgroups(groups_.size(), groups_.data()) == 0);
}

std::string drop_privileges(const PrivilegeDrop& how) {
  ::prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0);
  const bool was_root = ::geteuid() == 0;
  const bool stays = was_root && how.needs_files && !id_from_environment<uid_t>("SUDO_UID");
  const std::uint32_t kept = stays && how.signals_child ? held_of(1U << CAP_KILL) : 0;
  empty_bounding_set();
  const bool has_become = was_root && !stays && become(find_invoker(), how.needs_files);
  clear_capabilities(kept);
  if (has_capabilities(kept))
    throw std::runtime_error("the privileges could not be dropped; refusing to go on with them");
  if (kept != 0) return "still as user 0, without capabilities except to end the capture";
  if (was_root && !has_become) return "still as user 0, without capabilities";
  return "running as user " + std::to_string(::getuid()) + ", without capabilities";
}

}  // namespace plaintalk
