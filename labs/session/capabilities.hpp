// The two Linux capabilities that capturing needs, handed over to a child program (capabilities(7)).
#pragma once

namespace plaintalk::session {

// After a private user namespace was entered without being root, this process holds every capability in it,
// but a program it starts would hold none. This keeps CAP_NET_RAW and CAP_NET_ADMIN for the next exec
// ("ambient" capabilities). Does nothing when this process does not hold them. Async-signal-safe.
void keep_capture_rights_over_exec();

}  // namespace plaintalk::session
