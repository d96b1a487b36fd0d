// All accounts by name, and what is due for some of them: guests that have left make way for others, and
// whoever has lost a connection may come back for a while.
#pragma once

#include <cstddef>
#include <cstdint>
#include <deque>
#include <string_view>

#include "base/endpoint.hpp"
#include "base/time.hpp"
#include "messenger/core/account.hpp"
#include "messenger/core/address_queue.hpp"
#include "messenger/core/handle.hpp"
#include "messenger/core/name_table.hpp"

namespace plaintalk::messenger::core {

class AccountTable {
 public:
  Account* find(std::string_view name) const { return accounts_.find(name); }
  Account* find(AccountHandle handle) const { return accounts_.find(handle); }
  Account& at(AccountHandle handle) const { return accounts_.at(handle); }
  std::size_t count() const { return accounts_.count(); }
  template <class Visit>
  void for_each(Visit visit) const {
    accounts_.for_each(visit);
  }

  // REQUIRES: nobody has this name.
  Account& add(std::string_view name);
  // REQUIRES: it has no connection, is in no room and has no conversation.
  void remove(Account& account);
  // Whoever has the name from now on is somebody else.
  void become_another(Account& account) { account.id = AccountId{++last_id_}; }

  // A guest without a connection, which came last from `address`.
  void note_departed(Account& account, const IpAddress& address) {
    departed_.add(address, account.departed_place, account.handle);
  }
  void note_back(Account& account) {
    if (account.departed_place.is_queued()) departed_.remove(account.departed_place);
  }
  // As if it had left now.
  void renew_departed(Account& account) { departed_.use(account.departed_place); }
  std::size_t departed_count_of(const IpAddress& address) const { return departed_.count_of(address); }
  // The one that left first; nullptr when there is none.
  Account* first_departed();
  Account* first_departed_of(const IpAddress& address);

  // take_due_return() gives the account then. `due` is never before that of an earlier call.
  void await_return(const Account& account, Instant due);
  // nullptr when no more are due.
  Account* take_due_return(Instant now);

 private:
  struct Return {
    Instant due;
    AccountHandle account;
  };
  NameTable<Account> accounts_;
  std::uint64_t last_id_ = 0;
  AddressQueue<Account> departed_;
  std::deque<Return> returns_;
};

}  // namespace plaintalk::messenger::core
