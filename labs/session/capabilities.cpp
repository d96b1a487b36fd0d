#include "labs/session/capabilities.hpp"

#include <array>

#include <linux/capability.h>
#include <sys/prctl.h>
#include <sys/syscall.h>
#include <unistd.h>

namespace plaintalk::session {

void keep_capture_rights_over_exec() {
  // glibc has no wrapper for these two calls, and libcap would be a library for ten lines.
  __user_cap_header_struct header{_LINUX_CAPABILITY_VERSION_3, 0};
  std::array<__user_cap_data_struct, _LINUX_CAPABILITY_U32S_3> sets{};
  if (syscall(SYS_capget, &header, sets.data()) != 0) return;
  constexpr unsigned wanted = 1U << CAP_NET_RAW | 1U << CAP_NET_ADMIN;
  sets[0].inheritable |= sets[0].permitted & wanted;
  if (syscall(SYS_capset, &header, sets.data()) != 0) return;
  for (const unsigned long capability : {0UL + CAP_NET_RAW, 0UL + CAP_NET_ADMIN}) {
    prctl(PR_CAP_AMBIENT, PR_CAP_AMBIENT_RAISE, capability, 0UL, 0UL);
  }
}

}  // namespace plaintalk::session
