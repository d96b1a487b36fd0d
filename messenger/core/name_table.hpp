// The owner of all objects of one kind that are found by a name, which is kept once: in the object.
#pragma once

#include <cstddef>
#include <functional>
#include <string>
#include <string_view>
#include <unordered_set>

#include "base/check.hpp"
#include "messenger/core/slot_table.hpp"

namespace plaintalk::messenger::core {

// T has a `handle` and a `name`, which are set here and never change.
template <class T>
class NameTable {
 public:
  NameTable() : names_(0, NameHash{&objects_}, SameName{&objects_}) {}
  NameTable(const NameTable&) = delete;
  NameTable& operator=(const NameTable&) = delete;

  // REQUIRES: nothing has this name.
  T& add(std::string_view name) {
    const Handle<T> handle = objects_.add();
    T& object = objects_.at(handle);
    object.handle = handle;
    object.name = name;
    check(names_.insert(handle).second, "two things have one name");
    return object;
  }
  void remove(const T& object) {
    names_.erase(object.handle);
    objects_.remove(object.handle);
  }

  // nullptr when it is not there.
  T* find(std::string_view name) const {
    const auto found = names_.find(name);
    return found == names_.end() ? nullptr : &objects_.at(*found);
  }
  T* find(Handle<T> handle) const { return objects_.find(handle); }
  T& at(Handle<T> handle) const { return objects_.at(handle); }
  std::size_t count() const { return objects_.count(); }
  template <class Visit>
  void for_each(Visit visit) const {
    objects_.for_each([&](T& object, Handle<T>) { visit(object); });
  }

 private:
  // The table of objects is of the same NameTable as the set that asks.
  struct NameHash {
    using is_transparent = void;
    const SlotTable<T>* objects;
    std::size_t operator()(std::string_view name) const { return std::hash<std::string_view>{}(name); }
    std::size_t operator()(Handle<T> handle) const {
      return (*this)(std::string_view(objects->at(handle).name));
    }
  };
  struct SameName {
    using is_transparent = void;
    const SlotTable<T>* objects;
    bool operator()(Handle<T> a, Handle<T> b) const {
      return a == b || objects->at(a).name == objects->at(b).name;
    }
    bool operator()(std::string_view name, Handle<T> handle) const {
      return objects->at(handle).name == name;
    }
    bool operator()(Handle<T> handle, std::string_view name) const {
      return objects->at(handle).name == name;
    }
  };

  SlotTable<T> objects_;
  std::unordered_set<Handle<T>, NameHash, SameName> names_;
};

}  // namespace plaintalk::messenger::core
