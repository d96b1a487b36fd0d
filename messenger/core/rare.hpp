// Something that most of its owners leave empty: it takes one pointer, and more only once there is something.
#pragma once

#include <memory>

namespace plaintalk::messenger::core {

template <class T>
class Rare {
 public:
  const T& operator*() const { return value_ ? *value_ : kEmpty; }
  const T* operator->() const { return &**this; }

  // For whoever puts something in.
  T& made() {
    if (!value_) value_ = std::make_unique<T>();
    return *value_;
  }
  // For whoever takes something out: change(T&) is called if there is anything.
  template <class Change>
  void reduce(Change change) {
    if (!value_) return;
    change(*value_);
    if (value_->empty()) value_.reset();
  }
  void clear() { value_.reset(); }

 private:
  inline static const T kEmpty{};
  std::unique_ptr<T> value_;
};

}  // namespace plaintalk::messenger::core
