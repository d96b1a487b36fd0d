#include "messenger/core/account_table.hpp"

namespace plaintalk::messenger::core {

Account& AccountTable::add(std::string_view name) {
  Account& account = accounts_.add(name);
  become_another(account);
  return account;
}

void AccountTable::remove(Account& account) {
  note_back(account);
  accounts_.remove(account);
}

Account* AccountTable::first_departed() {
  return find(departed_.oldest([&](AccountHandle handle) -> UsePlace& { return at(handle).departed_place; }));
}

Account* AccountTable::first_departed_of(const IpAddress& address) {
  return find(departed_.oldest_of(
      address, [&](AccountHandle handle) -> UsePlace& { return at(handle).departed_place; }));
}

void AccountTable::await_return(const Account& account, Instant due) {
  if (!returns_.empty() && returns_.back().due == due && returns_.back().account == account.handle) return;
  returns_.push_back({due, account.handle});
}

Account* AccountTable::take_due_return(Instant now) {
  while (!returns_.empty() && returns_.front().due <= now) {
    Account* account = find(returns_.front().account);
    returns_.pop_front();
    if (account != nullptr) return account;
  }
  return nullptr;
}

}  // namespace plaintalk::messenger::core
